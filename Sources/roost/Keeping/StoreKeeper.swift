// The database of a server, which one program closes and the next opens in the middle of a chat.
import ChatDatabase
import ChatRooms
import Synchronization

/// Opens and closes the database. Its answers go to the mail.
final class StoreKeeper: Sendable {
    let path: String
    let options: DatabaseOptions
    let mail = StoreMail()
    /// The database that is open.
    private let database = Mutex<ChatDatabase?>(nil)

    init(path: String, options: DatabaseOptions) {
        self.path = path
        self.options = options
    }

    /// Opens the database for a chat that begins; it waits for the disk.
    func open() throws(DatabaseError) -> KeptChat {
        let (opened, state) = try ChatDatabase.open(path: path, options: options) { [mail] in
            mail.post($0)
        }
        database.withLock { $0 = opened }
        return KeptChat(store: opened, state: state, database: opened)
    }

    /// Goes on with the database that was closed by ``leave()``, here or in the program before.
    /// Does not wait. Throws if the system has no more threads.
    func resume(_ identity: ChatDatabase.Identity) throws(DatabaseError) -> ChatDatabase {
        let resumed = try ChatDatabase.resume(identity, path: path, options: options) { [mail] in
            mail.post($0)
        }
        database.withLock { $0 = resumed }
        return resumed
    }

    /// Closes the database for another program, which goes on with it: the write-ahead log stays as
    /// it is. Waits for the commit that is under way.
    func leave() { take()?.close(checkpoint: false) }

    /// Stores everything and closes the database, for the end of the process.
    func close() { take()?.close() }

    private func take() -> ChatDatabase? { database.withLock { $0.take() } }
}
