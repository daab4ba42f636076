// The only way into the reactor from other threads.
import Storage
import Synchronization

/// A queue that any thread may post to and that the reactor takes from in its turns.
///
/// Everything that blocks (a database, a name look-up) happens on another thread and returns its
/// result through a mailbox. It is bounded: when it is full, ``post(_:)`` returns false.
public final class Mailbox<Mail: Sendable>: Sendable {
    private struct State {
        var mail = Queue<Mail>()
        var isClosed = false
        var isRefusing = false
    }

    private let state = Mutex(State())
    private let limit: Int
    private let descriptor: FileDescriptor
    private let wake: @Sendable (FileDescriptor) -> Void

    /// An empty mailbox. `Server` makes its own mailbox.
    ///
    /// - Parameters:
    ///   - limit: the most items that may wait.
    ///   - descriptor: the eventfd(2) that `wake` makes readable.
    ///   - wake: makes it readable; called on the posting thread while the mailbox is locked.
    public init(
        limit: Int = 65_536, descriptor: FileDescriptor,
        wake: @escaping @Sendable (FileDescriptor) -> Void
    ) {
        self.limit = limit
        self.descriptor = descriptor
        self.wake = wake
    }

    /// Posts an item to the reactor, which receives it in one of its next turns, in the order of
    /// posting.
    /// Returns false, without taking the item, if the mailbox is full, the server has stopped, or
    /// another program is about to take its place.
    /// May be called from any thread; it waits only for a lock that is held briefly.
    @discardableResult
    public func post(_ mail: sending Mail) -> Bool {
        state.withLock { state in
            guard !state.isClosed, !state.isRefusing, state.mail.count < limit else { return false }
            state.mail.append(mail)
            // One wake-up is enough for all items until the reactor empties the mailbox.
            if state.mail.count == 1 { wake(descriptor) }
            return true
        }
    }

    /// How many items wait.
    public var count: Int { state.withLock { $0.mail.count } }

    /// Takes the oldest item; nil if none waits. Called by the reactor, which must come back by
    /// itself for what it leaves: it is not woken for that again.
    public func take() -> Mail? {
        state.withLock { $0.mail.popFirst() }
    }

    /// Whether nothing is taken any more: ``post(_:)`` has refused for that, and not because the
    /// mailbox was full.
    public var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Whether ``post(_:)`` refuses everything for now; what waits already can be taken.
    package func refuse(_ isRefusing: Bool) { state.withLock { $0.isRefusing = isRefusing } }

    /// Drops all waiting items and refuses further ones. Called before the descriptor is closed.
    public func close() {
        state.withLock { state in
            state.isClosed = true
            state.mail = Queue()
        }
    }
}
