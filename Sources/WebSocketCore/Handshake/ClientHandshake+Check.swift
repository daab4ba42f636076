// The client's side of the opening handshake (RFC 6455 §4.1): the judgement of the answer.

/// What client and server have agreed on.
public struct ClientAgreement: Equatable, Sendable {
    /// The subprotocol that the server chose of those offered; nil if it chose none.
    public var subprotocol: String?
    /// How messages are compressed; nil if they are not.
    public var deflate: DeflateParameters?
    /// The server's answer.
    public var head: ReceivedResponseHead
}

extension ClientHandshake {
    /// Checks an answer of status 101 against RFC 6455 §4.1. See ``ClientHandshakeReader`` for
    /// answers of any status, as they arrive.
    public func check(
        _ head: ReceivedResponseHead
    ) throws(ClientHandshakeError) -> ClientAgreement {
        if head.status != .switchingProtocols { throw .refused(head, body: "") }
        if head.minorVersion < 1 { throw .oldVersion }
        let upgrade = try one("Upgrade", in: head)
        if !upgrade.utf8.span.equals("websocket") {
            throw .wrongField("Upgrade", value: upgrade)
        }
        guard let connection = head.header("Connection") else {
            throw .missingField("Connection")
        }
        if !head.list("Connection", contains: "upgrade") {
            throw .wrongField("Connection", value: connection)
        }
        let accept = try one("Sec-WebSocket-Accept", in: head)
        if accept != AcceptValue(key: key.span).description {
            throw .wrongField("Sec-WebSocket-Accept", value: accept)
        }
        return ClientAgreement(
            subprotocol: try subprotocol(in: head), deflate: try parameters(in: head), head: head)
    }

    /// The value of a field that must be there once.
    private func one(
        _ name: StaticString, in head: ReceivedResponseHead
    ) throws(ClientHandshakeError) -> String {
        let field = head.lookUp(name)
        if field.count == 0 { throw .missingField("\(name)") }
        if field.count > 1 { throw .repeatedField("\(name)") }
        return head.text(field.first)
    }

    /// The server may choose none of those offered, but no other and no second one (RFC 6455 §4.1,
    /// §11.3.4).
    private func subprotocol(
        in head: ReceivedResponseHead
    ) throws(ClientHandshakeError) -> String? {
        if head.count(of: "Sec-WebSocket-Protocol") == 0 { return nil }
        let name = try one("Sec-WebSocket-Protocol", in: head)
        if !subprotocols.contains(name) { throw .unexpectedSubprotocol(name) }
        return name
    }

    /// The server may accept what was offered, once, in one field (RFC 6455 §4.1, §11.3.2).
    private func parameters(
        in head: ReceivedResponseHead
    ) throws(ClientHandshakeError) -> DeflateParameters? {
        if head.count(of: "Sec-WebSocket-Extensions") == 0 { return nil }
        let value = try one("Sec-WebSocket-Extensions", in: head)
        guard let items = ExtensionItem.list(value.utf8.span) else {
            throw .malformedExtensions(value)
        }
        var parameters: DeflateParameters?
        for item in items {
            guard let deflate, item.name == DeflateParameters.extensionName, parameters == nil
            else { throw .unexpectedExtension(item.name) }
            do throws(DeflateOffer.Mismatch) {
                parameters = try deflate.parameters(acceptedBy: item)
            } catch {
                throw .unacceptableParameters(value, reason: error.reason)
            }
        }
        return parameters
    }
}
