// One keep-alive HTTP/1.1 connection that asks for a room's messages, sans I/O.
import WebSocketCore

/// The requests and responses of one reader of a room. It takes the bytes that arrive, and returns
/// whole answers.
struct HTTPExchange {
    /// The contents of a response.
    struct Answer: Equatable {
        var status: Int
        /// The offset to continue after; nil if the response was not a page of history.
        var offset: Int?
        var stamps: [Stamp]
        /// Every message in it is one of the load, and came as it was sent.
        var isIntact: Bool
        var isLast: Bool
    }

    /// An answer that cannot be understood.
    struct Malformed: Error {}

    private static let offsetKey = Array(#""offset":"#.utf8)
    private static let moreKey = Array(#""more":true"#.utf8)

    private var received: [UInt8] = []
    private var parser = ResponseHeadParser()
    private var head: (byteCount: Int, status: Int, length: Int)?

    /// The request for messages after `offset`; nil asks for the newest message, to learn the
    /// current offset.
    static func request(
        room: String, host: String, after offset: Int?, waiting seconds: Double?
    ) -> [UInt8] {
        let place = offset.map { "after=\($0)&limit=200" } ?? "limit=1"
        let wait = offset == nil ? "" : seconds.map { "&wait=\(Int($0))" } ?? ""
        return Array(
            "GET /rooms/\(room)/messages?\(place)\(wait) HTTP/1.1\r\nHost: \(host)\r\n\r\n".utf8)
    }

    /// Takes in bytes. Returns the response when it is complete; bytes of the next one are kept.
    mutating func take(_ bytes: Span<UInt8>, _ payload: Payload) throws(Malformed) -> Answer? {
        received.reserveCapacity(received.count + bytes.count)
        for index in bytes.indices { received.append(bytes[index]) }
        if head == nil { try takeHead() }
        guard let head, received.count >= head.byteCount + head.length else { return nil }
        let body = Array(received[head.byteCount..<head.byteCount + head.length])
        received.removeFirst(head.byteCount + head.length)
        self.head = nil
        parser = ResponseHeadParser()
        return Self.answer(status: head.status, body, payload)
    }

    private mutating func takeHead() throws(Malformed) {
        var parser = parser
        let progress = parser.parse(received.span, limit: 16384)
        self.parser = parser
        switch progress {
        case .incomplete: return
        case .malformed: throw Malformed()
        case .complete(let byteCount):
            let parsed = ReceivedResponseHead(parsing: received.span.extracting(0..<byteCount))
            // The chat's responses are short, and each has a Content-Length.
            guard let length = parsed.header("Content-Length").flatMap({ Int($0) }), length >= 0
            else { throw Malformed() }
            head = (byteCount, Int(parsed.status.rawValue), length)
        }
    }

    private static func answer(status: Int, _ body: [UInt8], _ payload: Payload) -> Answer {
        // The room's newest offset stands first, then each message's own.
        let offsets = body.span.numbers(after: offsetKey)
        let messages = payload.all(in: body.span)
        return Answer(
            status: status, offset: offsets.count > 1 ? offsets.last : offsets.first,
            stamps: messages.map(\.stamp),
            isIntact: messages.count == max(0, offsets.count - 1)
                && messages.allSatisfy { payload.isBounded($0, in: body.span) },
            isLast: body.span.index(behind: moreKey, from: 0) == nil)
    }
}
