// Reads a response that is an event stream, as a peer does: the head, the chunks, the events.

/// A reader of Server-Sent Events (WHATWG HTML §9.2.6), over a chunked body (RFC 9112 §7.1).
package struct EventStreamReader {
    package struct Event: Equatable {
        /// `message` if the event has no name.
        package var name = "message"
        package var data: String
        /// What a browser would send as Last-Event-ID from now on.
        package var id = ""

        package init(name: String = "message", data: String, id: String = "") {
            (self.name, self.data, self.id) = (name, data, id)
        }
    }

    private var bytes: [UInt8] = []
    private var body: [UInt8] = []
    /// The response's head, once it is complete.
    package private(set) var head: String?
    package private(set) var events: [Event] = []
    package private(set) var commentCount = 0
    package private(set) var lastEventID = ""
    package private(set) var retry: Int?
    /// Whether the chunk that ends the body has come.
    package private(set) var hasEnded = false
    /// The size of each chunk.
    package private(set) var chunkByteCounts: [Int] = []
    private var data: [String] = []
    private var name = ""

    package init() {}

    /// A reader of a body alone.
    package init(body: [UInt8]) {
        head = ""
        read(body)
    }

    /// Bytes that have come.
    package mutating func read(_ more: [UInt8]) {
        bytes += more
        if head == nil {
            guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
            head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
            bytes.removeSubrange(..<end.upperBound)
        }
        while takeChunk() {}
        takeLines()
    }

    /// The events since the last time.
    package mutating func takeEvents() -> [Event] {
        defer { events = [] }
        return events
    }

    private mutating func takeChunk() -> Bool {
        guard !hasEnded, let line = bytes.firstRange(of: [13, 10]) else { return false }
        let digits = String(decoding: bytes[..<line.lowerBound], as: UTF8.self)
        guard let count = Int(digits, radix: 16) else {
            preconditionFailure("\(digits) is no size of a chunk")
        }
        let end = line.upperBound + count
        guard bytes.count >= end + 2 else { return false }
        precondition(bytes[end] == 13 && bytes[end + 1] == 10, "a chunk ends with a line end")
        body += bytes[line.upperBound..<end]
        bytes.removeSubrange(..<(end + 2))
        if count == 0 { hasEnded = true } else { chunkByteCounts.append(count) }
        return true
    }

    /// CR, LF and CRLF end a line.
    private mutating func takeLines() {
        var start = 0
        while let end = body[start...].firstIndex(where: { $0 == 10 || $0 == 13 }) {
            var next = end + 1
            if body[end] == 13 {
                // Whether an LF belongs to it is not known yet.
                guard next < body.count else { break }
                if body[next] == 10 { next += 1 }
            }
            take(line: String(decoding: body[start..<end], as: UTF8.self))
            start = next
        }
        body.removeSubrange(..<start)
    }

    private mutating func take(line: String) {
        guard !line.isEmpty else { return dispatch() }
        guard !line.hasPrefix(":") else {
            commentCount += 1
            return
        }
        let colon = line.unicodeScalars.firstIndex(of: ":") ?? line.endIndex
        let field = String(line[..<colon])
        var value = String(line[colon...].dropFirst())
        if value.hasPrefix(" ") { value.removeFirst() }
        switch field {
        case "data": data.append(value)
        case "event": name = value
        case "id": if !value.contains("\0") { lastEventID = value }
        case "retry": retry = Int(value)
        default: return
        }
    }

    private mutating func dispatch() {
        defer { (data, name) = ([], "") }
        guard !data.isEmpty else { return }
        events.append(
            Event(
                name: name.isEmpty ? "message" : name, data: data.joined(separator: "\n"),
                id: lastEventID))
    }
}
