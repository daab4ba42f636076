// Everything that can go wrong with the client's side of the opening handshake.

/// Why a client has no connection: what it was told to ask for can't be asked, or what the server
/// answered is not what RFC 6455 §4.1 demands.
public enum ClientHandshakeError: Error, Hashable, Sendable {
    /// The host is empty, or has a character that a host and port can't have.
    case invalidHost(String)
    /// The target doesn't begin with a slash, or has a character that must be percent-encoded.
    case invalidTarget(String)
    /// The subprotocol is no token, or is offered twice.
    case invalidSubprotocol(String)
    /// The field's name is no token, or is that of a field which the handshake writes itself.
    case invalidHeader(String)

    /// The stream ended before the answer did.
    case endOfStream
    /// The answer is not HTTP/1.1, and why.
    case malformedResponse(reason: String)
    /// The server answered with a status other than 101. `body` is the beginning of what it said,
    /// up to ``ClientHandshakeReader/quotedByteLimit`` bytes.
    case refused(ReceivedResponseHead, body: String)
    /// The answer is of HTTP/1.0.
    case oldVersion
    /// A field that must be there is not.
    case missingField(String)
    /// A field that must be there once, at most, is there several times.
    case repeatedField(String)
    /// A field has another value than it must have.
    case wrongField(String, value: String)
    /// The server chose a subprotocol that was not offered.
    case unexpectedSubprotocol(String)
    /// `Sec-WebSocket-Extensions` is malformed.
    case malformedExtensions(String)
    /// The server accepted an extension that was not offered, or one twice.
    case unexpectedExtension(String)
    /// The server accepted compression with parameters that were not offered, or are not allowed
    /// (RFC 7692 §7.1), and why.
    case unacceptableParameters(String, reason: String)

    /// The code for a Close frame, where the server believes that the connection is open: 1010 if
    /// it is an extension that is wrong, 1002 if it is another part of an answer of status 101. Nil
    /// where no frame can be sent.
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
            "\"\(target)\" can't be asked for: it must begin with a slash, and be percent-encoded."
        case .invalidSubprotocol(let name):
            "\"\(name)\" can't be offered: a subprotocol is a token, and offered once."
        case .invalidHeader(let name): "A field \"\(name)\" can't be added to the request."
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
        case .malformedExtensions(let value): "\"\(value)\" is no list of extensions."
        case .unexpectedExtension(let name):
            "The server accepted the extension \"\(name)\", not offered, or accepted twice."
        case .unacceptableParameters(let value, let reason):
            "The server accepted compression with \"\(value)\". \(reason)"
        }
    }
}
