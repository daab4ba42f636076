// The extensions that a client offers.

extension RequestHead {
    /// The list members of `Sec-WebSocket-Extensions`, over all its lines, in the client's order of
    /// preference (RFC 6455 §9.1, §11.3.2). Throws a rejection (400) if the list is malformed:
    /// §9.1 does not allow to just decline it.
    public func extensionOffers() throws(HandshakeRejection) -> [ExtensionItem] {
        var offers: [ExtensionItem] = []
        for index in fields.indices where isField(index, "Sec-WebSocket-Extensions") {
            let value = bytes.span.extracting(fields[index].value)
            guard let items = ExtensionItem.list(value) else {
                throw HandshakeRejection(
                    .badRequest,
                    reason: "Sec-WebSocket-Extensions must be a list of names with parameters.")
            }
            offers += items
        }
        return offers
    }
}
