// How the end of a request's body is found, with strict rules (RFC 9112 §6).

/// Where a request's body ends.
@frozen
public enum BodyFraming: BitwiseCopyable, Equatable, Sendable {
    /// There is no body.
    case none
    /// After this many bytes.
    case contentLength(Int)
    /// After the empty chunk and the trailers (RFC 9112 §7.1).
    case chunked
}

extension RequestHead {
    /// Where this request's body ends (RFC 9112 §6.3). Throws a rejection for everything that two
    /// readers could interpret differently: several Content-Lengths, a Content-Length with other
    /// characters than digits, Content-Length together with Transfer-Encoding, any coding other
    /// than `chunked`, and Transfer-Encoding in HTTP/1.0.
    public func bodyFraming() throws(HandshakeRejection) -> BodyFraming {
        let length = lookUp("Content-Length")
        let coding = lookUp("Transfer-Encoding")
        if coding.count > 0 {
            return try chunkedFraming(coding, hasLength: length.count > 0)
        }
        if length.count == 0 { return .none }
        if length.count > 1 {
            throw HandshakeRejection(
                .badRequest, reason: "There is more than one Content-Length: send one.")
        }
        guard let byteCount = decimal(length.first) else {
            throw HandshakeRejection(
                .badRequest, reason: "The Content-Length must be a number of bytes, digits only.")
        }
        return byteCount == 0 ? .none : .contentLength(byteCount)
    }

    private func chunkedFraming(
        _ coding: (first: Range<Int>, count: Int), hasLength: Bool
    ) throws(HandshakeRejection) -> BodyFraming {
        if hasLength {
            throw HandshakeRejection(
                .badRequest,
                reason: "Content-Length and Transfer-Encoding exclude each other: send one.")
        }
        if minorVersion == 0 {
            throw HandshakeRejection(
                .badRequest, reason: "HTTP/1.0 has no Transfer-Encoding: send a Content-Length.")
        }
        guard coding.count == 1, bytes.span.extracting(coding.first).equals("chunked") else {
            throw HandshakeRejection(
                .notImplemented,
                reason: "The only Transfer-Encoding that this server accepts is chunked.")
        }
        return .chunked
    }
}

extension HTTPHead {
    /// The decimal number in `range`; nil if it is empty, has a character that is not a digit, or
    /// has more than 18 digits.
    func decimal(_ range: Range<Int>) -> Int? {
        if range.isEmpty || range.count > 18 { return nil }
        var value = 0
        for index in range {
            let digit = bytes[index] &- UInt8(ascii: "0")
            if digit > 9 { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }
}
