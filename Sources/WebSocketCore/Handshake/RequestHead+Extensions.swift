// The extensions that a client offers.

extension RequestHead {
    /// The members of `Sec-WebSocket-Extensions`, over all its lines, the one that the client likes
    /// best first (RFC 6455 §9.1, §11.3.2). A malformed list earns 400, as §9.1 demands: declining
    /// it is not enough.
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
