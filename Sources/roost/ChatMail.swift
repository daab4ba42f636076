// What other threads send to the chat.
import ChatRooms
import WebSocketServer

/// A message of another thread to the chat's.
enum ChatMail: Sendable {
    /// An answer of the store.
    case store(StoreAnswer)
    /// A password was hashed, or compared.
    case password(PasswordResult)
}

extension ChatHandler {
    mutating func onMail(_ mail: ChatMail, _ io: inout ServerContext) {
        switch mail {
        case .store(let answer): receive(answer, &io)
        case .password(let result): take(result, &io)
        }
    }
}
