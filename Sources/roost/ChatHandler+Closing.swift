// Connections that the chat closes, and why: the log says so when they have ended.
import ChatRooms
import WebSocketServer

extension ChatHandler {
    struct Closing {
        /// The sentence that the peer gets.
        let reason: String
        /// Whose it was then: until it has ended, the user may have signed out.
        let user: String?
    }

    /// Closes a connection, with a sentence for its peer and for the log. `user` is whose it was,
    /// if the chat does not know that any more.
    mutating func close(
        _ id: ConnectionID, _ code: CloseCode, _ reason: String, of user: String? = nil,
        _ io: inout ServerContext
    ) {
        guard io.isOpen(id) else { return }
        closing[id] = Closing(reason: reason, user: user ?? chat.userName(of: id.key))
        io.close(id, code: code, reason: reason)
    }
}
