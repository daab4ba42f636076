// Everything that can go wrong with the client's side of the opening handshake.

/// Why a client has no connection: its request is not valid, or the server's response does not meet
/// RFC 6455 §4.1.
public enum ClientHandshakeError: Error, Hashable, Sendable {
    /// This is not a host, an IPv6 address in brackets, with or without a port up to 65535.
    case invalidHost(String)
    /// The target doesn't begin with a slash, or has a character that must be percent-encoded.
    case invalidTarget(String)
    /// The subprotocol is not a token, or is offered twice.
    case invalidSubprotocol(String)
    /// The field's name is not a token, or the handshake writes this field itself.
    case invalidHeader(String)

    /// The TLS handshake failed: the server's certificate is not accepted, say, or the server does
    /// not speak TLS. The sentence says why.
    case encryption(String)
    /// The stream ended before the response was complete.
    case endOfStream
    /// The response is not valid HTTP/1.1; `reason` says why.
    case malformedResponse(reason: String)
    /// The server answered with a status other than 101. `body` is the beginning of the response's
    /// body, up to ``ClientHandshakeReader/quotedByteLimit`` bytes.
    case refused(ReceivedResponseHead, body: String)
    /// The response is HTTP/1.0.
    case oldVersion
    /// A required field is missing.
    case missingField(String)
    /// A field that may appear only once appears several times.
    case repeatedField(String)
    /// A field has the wrong value.
    case wrongField(String, value: String)
    /// The server chose a subprotocol that was not offered.
    case unexpectedSubprotocol(String)
    /// `Sec-WebSocket-Extensions` is malformed.
    case malformedExtensions(String)
    /// The server accepted an extension that was not offered, or accepted it twice.
    case unexpectedExtension(String)
    /// The server accepted compression with parameters that were not offered or are not allowed
    /// (RFC 7692 §7.1); `reason` says what is wrong with them.
    case unacceptableParameters(String, reason: String)

    /// The code for a Close frame, if the server believes that the connection is open: 1010 if an
    /// extension is wrong, 1002 if another part of a response with status 101 is wrong. Nil if no
    /// frame can be sent.
    public var closeCode: CloseCode? {
        switch self {
        case .unexpectedExtension, .unacceptableParameters, .malformedExtensions:
            .mandatoryExtension
        case .missingField, .repeatedField, .wrongField, .unexpectedSubprotocol: .protocolError
        default: nil
        }
    }
}

extension ClientHandshakeError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidHost(let host): "\"\(host)\" can't be a host."
        case .invalidTarget(let target):
            "\"\(target)\" is not a valid target: begin with a slash and percent-encode it."
        case .invalidSubprotocol(let name):
            "\"\(name)\" can't be offered: a subprotocol is a token, and is offered only once."
        case .invalidHeader(let name): "The field \"\(name)\" can't be added to the request."
        case .encryption(let sentence): sentence
        case .endOfStream: "The server closed the connection before its answer was complete."
        case .malformedResponse(let reason): "The answer is malformed. \(reason)"
        case .refused(let head, let body):
            "The server answered \(head.status.rawValue) \(head.reasonPhrase)"
                + (body.isEmpty ? "." : ": \(body)")
        case .oldVersion: "The server answered in HTTP/1.0."
        case .missingField(let name): "The answer has no \(name) field."
        case .repeatedField(let name): "The answer has more than one \(name) field."
        case .wrongField(let name, let value): "The answer's \(name) field is \"\(value)\"."
        case .unexpectedSubprotocol(let name):
            "The server chose the subprotocol \"\(name)\", which was not offered."
        case .malformedExtensions(let value): "The server's extensions are malformed: \"\(value)\"."
        case .unexpectedExtension(let name):
            "The extension \"\(name)\" was not offered, or the server accepted it twice."
        case .unacceptableParameters(let value, let reason):
            "The server accepted compression with \"\(value)\". \(reason)"
        }
    }
}
