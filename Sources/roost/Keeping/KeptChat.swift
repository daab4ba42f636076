// A chat whose messages and users are kept: the open store, and what it has.
import ChatDatabase
import ChatRooms

/// The store of a chat that is about to begin.
struct KeptChat {
    let store: any MessageStore
    /// The users, and the numbers that come next.
    let state: StoredState
    /// The database behind the store, for its figures; nil if it is none.
    var database: ChatDatabase?
}

extension ChatDatabase: MessageStore {}
