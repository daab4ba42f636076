// What other threads send to the chat.
import ChatRooms
import WebSocketServer

/// A message of another thread to the chat's.
enum ChatMail: Sendable {
    /// An answer of the store.
    case store(StoreAnswer)
    /// A password was hashed, or compared.
    case password(PasswordResult)
    /// The server's addresses for clients: known when it has opened them, after its handler is
    /// made.
    case listening([Listener])
}

extension ChatHandler {
    mutating func onMail(_ mail: ChatMail, _ io: inout ServerContext) {
        switch mail {
        case .store(let answer): receive(answer, &io)
        case .password(let result): take(result, &io)
        case .listening(let listeners):
            clientURL = Self.clientURL(listeners, encryption.certificates)
        }
    }
}
