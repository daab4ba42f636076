// The client's side of the opening handshake (RFC 6455 §4.1): the check of the server's response.

/// What client and server have agreed on.
public struct ClientAgreement: Equatable, Sendable {
    /// The offered subprotocol that the server chose; nil if it chose none.
    public var subprotocol: String?
    /// How messages are compressed; nil if they are not.
    public var deflate: DeflateParameters?
    /// The server's response.
    public var head: ReceivedResponseHead
}

extension ClientHandshake {
    /// Checks a response with status 101 against RFC 6455 §4.1 and this request, and throws the
    /// first error found. To read responses of any status as they arrive, see
    /// ``ClientHandshakeReader``.
    public func check(
        _ head: ReceivedResponseHead
    ) throws(ClientHandshakeError) -> ClientAgreement {
        if head.status != .switchingProtocols { throw .refused(head, body: "") }
        if head.minorVersion < 1 { throw .oldVersion }
        guard let upgrade = head.header("Upgrade") else { throw .missingField("Upgrade") }
        // Another protocol in the list would be a layer around this one (RFC 9110 §7.8).
        let protocols = head.listMembers("Upgrade")
        guard !protocols.isEmpty, protocols.allSatisfy({ $0.utf8.span.equals("websocket") }) else {
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

    /// The value of a field that must appear exactly once.
    private func one(
        _ name: StaticString, in head: ReceivedResponseHead
    ) throws(ClientHandshakeError) -> String {
        let field = head.lookUp(name)
        if field.count == 0 { throw .missingField("\(name)") }
        if field.count > 1 { throw .repeatedField("\(name)") }
        return head.text(field.first)
    }

    /// The server's choice: none, or one of the offered subprotocols (RFC 6455 §4.1, §11.3.4).
    private func subprotocol(
        in head: ReceivedResponseHead
    ) throws(ClientHandshakeError) -> String? {
        if head.count(of: "Sec-WebSocket-Protocol") == 0 { return nil }
        let name = try one("Sec-WebSocket-Protocol", in: head)
        if !subprotocols.contains(name) { throw .unexpectedSubprotocol(name) }
        return name
    }

    /// The accepted parameters: the server may accept the offered extension once, in one field
    /// (RFC 6455 §4.1, §11.3.2).
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
