// Response heads, and the chunks of a body whose length is not known in advance.
import Storage

/// The head of a response (RFC 9112 §4–6), which can be written into a byte buffer.
public struct ResponseHead: Sendable {
    /// How the receiver finds the end of the body.
    public enum Body: Equatable, Sendable {
        /// There is no body and no field about one: 1xx, 204, 304.
        case none
        /// `Content-Length`.
        case length(Int)
        /// `Transfer-Encoding: chunked`; see `ByteBuffer.appendChunk(_:)`. Only for HTTP/1.1
        /// peers.
        case chunked
        /// The body ends with the connection: for HTTP/1.0 peers. `keepsAlive` must be false.
        case untilClose
    }

    /// The status of the response.
    public var status: HTTPStatus
    /// Additional fields. Date, Connection, Content-Length and Transfer-Encoding are written
    /// automatically, and so are the fields of ``append(to:)`` that guard the content, unless they
    /// are named here.
    public var headers: [(String, String)]
    /// How the receiver finds the end of the body.
    public var body: Body
    /// Whether the connection can be used again after this response.
    public var keepsAlive: Bool
    /// The value of the `Date` field, see ``HTTPDate``; nil leaves the field out.
    public var date: String?

    /// A head; by default with an empty body and a connection that stays open.
    public init(
        _ status: HTTPStatus, headers: [(String, String)] = [], body: Body = .length(0),
        keepsAlive: Bool = true, date: String? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.keepsAlive = keepsAlive
        self.date = date
    }

    /// Appends the head and the empty line after it.
    ///
    /// If the status forbids a body, `body` is ignored. An `Upgrade` field is also named in
    /// `Connection`, as RFC 9110 §7.8 requires.
    ///
    /// Every final response has `X-Content-Type-Options: nosniff`, so that no browser takes its
    /// content for another type than it says, and `Cross-Origin-Resource-Policy: same-origin`, so
    /// that no page of another origin can embed it (Fetch §3.7). A response for pages of others
    /// names the latter in ``headers``, with the value `cross-origin`.
    public func append(to output: inout ByteBuffer) {
        output.reserve(384)
        output.append("HTTP/1.1 ")
        output.append(decimal: Int(status.rawValue))
        output.append(UInt8(ascii: " "))
        output.append(status.reasonPhrase)
        output.append("\r\n")
        if let date { output.appendField("Date", date) }
        let announcesUpgrade = appendHeaders(to: &output)
        if !status.forbidsBody { appendFraming(to: &output) }
        switch (keepsAlive, announcesUpgrade) {
        case (true, false): output.append("Connection: keep-alive\r\n\r\n")
        case (false, false): output.append("Connection: close\r\n\r\n")
        case (true, true): output.append("Connection: keep-alive, upgrade\r\n\r\n")
        case (false, true): output.append("Connection: close, upgrade\r\n\r\n")
        }
    }

    /// Appends the additional fields and the fields that guard the content. True if one of them is
    /// `Upgrade`.
    private func appendHeaders(to output: inout ByteBuffer) -> Bool {
        var announcesUpgrade = false
        var hasTypeOptions = status.rawValue < 200
        var hasResourcePolicy = hasTypeOptions
        for (name, value) in headers {
            output.appendField(name, value)
            let name = name.utf8.span
            if name.equals("Upgrade") { announcesUpgrade = true }
            if name.equals("X-Content-Type-Options") { hasTypeOptions = true }
            if name.equals("Cross-Origin-Resource-Policy") { hasResourcePolicy = true }
        }
        if !hasTypeOptions { output.append("X-Content-Type-Options: nosniff\r\n") }
        if !hasResourcePolicy { output.append("Cross-Origin-Resource-Policy: same-origin\r\n") }
        return announcesUpgrade
    }

    private func appendFraming(to output: inout ByteBuffer) {
        switch body {
        case .length(let byteCount):
            output.append("Content-Length: ")
            output.append(decimal: byteCount)
            output.append("\r\n")
        case .chunked: output.append("Transfer-Encoding: chunked\r\n")
        case .none, .untilClose: break
        }
    }
}

extension ByteBuffer {
    /// Appends a header field.
    ///
    /// The name must be a token; it comes from code, so anything else is a bug and ends the
    /// process. The value may come from anywhere, so control characters in it become spaces (RFC
    /// 9110 §5.5): no value can inject a field or a response.
    public mutating func appendField(_ name: String, _ value: String) {
        precondition(HTTPGrammar.isToken(name), "a field name must be a token")
        append(utf8: name)
        append(": ")
        appendFieldValue(value)
        append("\r\n")
    }

    /// Appends a field value, with control characters replaced by spaces.
    mutating func appendFieldValue(_ value: String) {
        let start = count
        append(utf8: value)
        var bytes = mutableSpan
        for index in start..<bytes.count where !HTTPGrammar.isFieldValue(bytes[index]) {
            bytes[index] = 0x20
        }
    }

    /// Appends one chunk of a chunked body (RFC 9112 §7.1). Empty `bytes` append nothing, since an
    /// empty chunk would end the body.
    public mutating func appendChunk(_ bytes: Span<UInt8>) {
        if bytes.isEmpty { return }
        reserve(bytes.count + 20)
        appendChunkSize(bytes.count)
        append(bytes)
        append("\r\n")
    }

    /// Ends a chunked body, without trailers.
    public mutating func appendLastChunk() {
        append("0\r\n\r\n")
    }

    mutating func appendChunkSize(_ byteCount: Int) {
        var shift = (Int.bitWidth - byteCount.leadingZeroBitCount - 1) & ~3
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: byteCount >> shift & 0xF)
            append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            shift -= 4
        }
        append("\r\n")
    }
}
