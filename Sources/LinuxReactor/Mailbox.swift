// The only door into the reactor from other threads.
import Synchronization

/// A queue that any thread may post to and the reactor empties once a turn.
///
/// Everything that blocks (a database, a name look-up) happens on another thread and comes back
/// through here. It is bounded: a full mailbox refuses, and says so.
public final class Mailbox<Mail: Sendable>: Sendable {
    private struct State {
        var mail: [Mail] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let limit: Int
    private let descriptor: FileDescriptor
    private let wake: @Sendable (FileDescriptor) -> Void

    /// An empty mailbox; `Server` makes its own.
    ///
    /// - Parameters:
    ///   - limit: how many letters may wait.
    ///   - descriptor: the eventfd(2) that `wake` makes readable.
    ///   - wake: makes it readable; called from the thread that posts, under the mailbox's lock.
    public init(
        limit: Int = 65_536, descriptor: FileDescriptor,
        wake: @escaping @Sendable (FileDescriptor) -> Void
    ) {
        self.limit = limit
        self.descriptor = descriptor
        self.wake = wake
    }

    /// Hands a letter to the reactor, which receives it in its next turn, in the order of posting.
    /// False if the mailbox is full or the server has stopped: the letter was not taken. May be
    /// called from any thread, and blocks for no longer than a lock is held.
    @discardableResult
    public func post(_ mail: sending Mail) -> Bool {
        state.withLock { state in
            guard !state.isClosed, state.mail.count < limit else { return false }
            state.mail.append(mail)
            // One wake-up for all that gather before the reactor looks.
            if state.mail.count == 1 { wake(descriptor) }
            return true
        }
    }

    /// Everything posted so far, oldest first. Called by the reactor.
    public func takeAll() -> [Mail] {
        state.withLock { state in
            guard !state.mail.isEmpty else { return [] }
            defer { state.mail = [] }
            return state.mail
        }
    }

    /// Refuses everything from now on; called before the descriptor is closed.
    public func close() {
        state.withLock { state in
            state.isClosed = true
            state.mail = []
        }
    }
}
