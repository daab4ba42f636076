// Reads the response to a client's handshake as it arrives: interim responses, the final head, and
// the beginning of a refusal's body.
import Storage

/// Reads the response to a ``ClientHandshake``.
///
/// It keeps positions but no bytes: `bytes` always begins at the first byte that the server sent
/// and only grows.
public struct ClientHandshakeReader: Sendable {
    /// The most bytes of a refusal's body that the reader waits for and quotes.
    public static let quotedByteLimit = 1024

    private let handshake: ClientHandshake
    private let headByteLimit: Int
    private var parser = ResponseHeadParser()
    /// Where the current head begins: after the interim responses.
    private var start = 0
    /// A final head with a status other than 101, and where its body begins.
    private var refusal: (head: ReceivedResponseHead, bodyStart: Int)?

    /// A reader at the first byte. `headByteLimit` is the most bytes that the final head may have
    /// together with the interim responses before it.
    public init(_ handshake: ClientHandshake, headByteLimit: Int = 16 * 1024) {
        self.handshake = handshake
        self.headByteLimit = headByteLimit
    }

    /// Reads the new part of `bytes`. Returns the agreement and how many bytes the response has;
    /// frames follow after them. Returns nil if more bytes are needed.
    ///
    /// Interim responses (1xx other than 101) are skipped (RFC 9110 §15.2). A final status other
    /// than 101 is thrown as ``ClientHandshakeError/refused(_:body:)`` once the beginning of its
    /// body has arrived. Set `isAtEnd` when the server has closed the connection, or when waiting
    /// any longer is pointless.
    public mutating func read(
        _ bytes: Span<UInt8>, isAtEnd: Bool = false
    ) throws(ClientHandshakeError) -> (agreement: ClientAgreement, byteCount: Int)? {
        while refusal == nil {
            let limit = headByteLimit - start
            switch parser.parse(bytes.extracting(start...), limit: limit) {
            case .malformed(let reason): throw .malformedResponse(reason: reason)
            case .incomplete:
                if isAtEnd { throw .endOfStream }
                return nil
            case .complete(let byteCount):
                let end = start + byteCount
                let head = ReceivedResponseHead(parsing: bytes.extracting(start..<end))
                if head.status == .switchingProtocols {
                    return (try handshake.check(head), end)
                }
                if head.status.rawValue >= 200 {
                    refusal = (head, end)
                } else {
                    start = end
                    parser = ResponseHeadParser()
                }
            }
        }
        if let refusal { try quote(refusal.head, bytes.extracting(refusal.bodyStart...), isAtEnd) }
        return nil
    }

    /// Throws the refusal once enough of its body has arrived.
    private func quote(
        _ head: ReceivedResponseHead, _ received: Span<UInt8>, _ isAtEnd: Bool
    ) throws(ClientHandshakeError) {
        var body = ByteBuffer()
        var isWhole = isAtEnd
        let framing = head.bodyFraming
        if framing == .chunked {
            var decoder = BodyDecoder(.chunked)
            var position = 0
            let progress = decoder.next(received, from: &position, into: &body, limit: Int.max)
            if progress != .needsMore { isWhole = true }
        } else {
            var byteCount = received.count
            switch framing {
            case .contentLength(let length):
                byteCount = min(byteCount, length)
                isWhole = isWhole || byteCount == length
            case .some(.none):
                byteCount = 0
                isWhole = true
            default: break
            }
            body.append(received.extracting(first: byteCount))
        }
        guard isWhole || body.count >= Self.quotedByteLimit else { return }
        throw .refused(head, body: Self.excerpt(body.span))
    }

    /// The beginning of a text, cut at a character boundary.
    private static func excerpt(_ body: Span<UInt8>) -> String {
        if body.count < quotedByteLimit { return body.text }
        var end = quotedByteLimit
        var utf8 = UTF8Validator()
        _ = utf8.update(body.extracting(first: end))
        // In valid UTF-8 a character ends at most three bytes earlier.
        while !utf8.isComplete && end > quotedByteLimit - 3 {
            end -= 1
            utf8 = UTF8Validator()
            _ = utf8.update(body.extracting(first: end))
        }
        return body.extracting(first: end).text
    }
}
