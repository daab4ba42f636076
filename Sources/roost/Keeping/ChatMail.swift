// What other threads send to the chat.
import ChatRooms

/// A message of another thread to the chat's.
enum ChatMail: Sendable {
    /// An answer of the store.
    case store(StoreAnswer)
}
