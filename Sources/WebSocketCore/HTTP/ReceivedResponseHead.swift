// A complete received response head. ResponseHead is the head of a response that we send.

/// The head of an HTTP response as a client received it (RFC 9112 §4).
public struct ReceivedResponseHead: HTTPHead, Hashable {
    /// The fields, and the bytes of the whole head.
    public let headerFields: HTTPFields
    /// The status of the response.
    public let status: HTTPStatus
    /// 0 or 1: the digit after `HTTP/1.`.
    public let minorVersion: UInt8
    private let reasonPhraseEnd: Int

    /// Parses exactly the bytes that ``ResponseHeadParser`` reported as complete. Other bytes are a
    /// bug of the caller and end the process.
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

    /// The text after the status code, for a person; may be empty.
    public var reasonPhrase: String { text(13..<reasonPhraseEnd) }

    /// Where the body of this response ends (RFC 9112 §6.3); nil if it ends with the connection. It
    /// is used only to quote the server's text, so invalid framing counts as nil too.
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
