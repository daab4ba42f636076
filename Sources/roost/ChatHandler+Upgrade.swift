// Which requests become WebSockets of the chat.
import WebSocketServer

extension ChatHandler {
    static let subprotocol = "roost.v1"
    /// Where the chat's WebSocket is; it is at / too, beside the page.
    static var path: StaticString { "/chat" }

    mutating func onUpgrade(
        _ request: borrowing HTTPRequest
    ) throws(HandshakeRejection) -> UpgradeReply {
        guard !request.listener.isInternal,
            request.head.pathIs(Self.path) || request.head.pathIs("/")
        else {
            throw HandshakeRejection(.notFound, reason: "The chat is at \(Self.path).")
        }
        service.clientIsActive()
        let isOffered = request.head.subprotocols.contains(Self.subprotocol)
        return UpgradeReply(subprotocol: isOffered ? Self.subprotocol : nil)
    }
}
