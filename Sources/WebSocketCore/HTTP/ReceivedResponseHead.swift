// A response head that has been received whole; the one that is sent is ResponseHead.

/// The head of an HTTP response as a client received it (RFC 9112 §4).
public struct ReceivedResponseHead: HTTPHead, Hashable {
    /// The fields, and the bytes of the whole head.
    public let headerFields: HTTPFields
    /// The status of the response.
    public let status: HTTPStatus
    /// 0 or 1: the digit after `HTTP/1.`.
    public let minorVersion: UInt8
    private let reasonPhraseEnd: Int

    /// Takes apart exactly the bytes that ``ResponseHeadParser`` called complete. Other bytes are
    /// our own bug, and end the process.
    public init(parsing head: Span<UInt8>) {
        // `HTTP/1.1 101 ` and the phrase.
        guard head.count > 13, let lineEnd = head.firstIndex(of: 0x0D, from: 13) else {
            preconditionFailure("not a response head")
        }
        minorVersion = head[7] - UInt8(ascii: "0")
        var code: UInt16 = 0
        for index in 9..<12 { code = code * 10 + UInt16(head[index] - UInt8(ascii: "0")) }
        status = HTTPStatus(rawValue: code)
        reasonPhraseEnd = lineEnd
        headerFields = HTTPFields(parsing: head, from: lineEnd + 2)
    }

    /// What the server wrote behind the status: text for a person, perhaps empty.
    public var reasonPhrase: String { text(13..<reasonPhraseEnd) }

    /// Where the body of this response ends (RFC 9112 §6.3); nil if with the connection. This is
    /// for quoting what a server says, so framing that makes no sense counts as the latter.
    var bodyFraming: BodyFraming? {
        if status.forbidsBody { return BodyFraming.none }
        let coding = lookUp("Transfer-Encoding")
        if coding.count > 0 {
            return bytes.span.extracting(coding.first).equals("chunked") ? .chunked : nil
        }
        let length = lookUp("Content-Length")
        return length.count == 1 ? decimal(length.first).map { .contentLength($0) } : nil
    }
}
