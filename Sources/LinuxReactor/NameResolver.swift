// The names of hosts, looked up while the reactor goes on.
import LibC
import Storage
import Synchronization

/// Looks names up on its own threads, since getaddrinfo(3) may block for any time.
///
/// There are few threads, and each ends when there are no more names to look up. Requests for a
/// name that is already being looked up share its result. Results are not cached, since names
/// change.
final class NameResolver: Sendable {
    private struct State {
        /// Names that no thread has taken yet.
        var waiting: [String] = []
        /// The tickets of the requests for each name that waits or is being looked up.
        var tickets: [String: [UInt64]] = [:]
        var threadCount = 0
        var finished: [Resolution] = []
        var isClosed = false
    }

    /// More than one, so that a slow look-up does not delay all others.
    private static let threadLimit = 8

    private let state = Mutex(State())
    private let descriptor: FileDescriptor
    private let wake: @Sendable (FileDescriptor) -> Void

    /// A resolver that makes `waking` readable when a look-up has finished.
    init(waking: FileDescriptor, wake: @escaping @Sendable (FileDescriptor) -> Void) {
        descriptor = waking
        self.wake = wake
    }

    func begin(_ name: String, ticket: UInt64) {
        let needsThread = state.withLock { state in
            state.tickets[name, default: []].append(ticket)
            guard state.tickets[name]?.count == 1 else { return false }
            state.waiting.append(name)
            guard state.threadCount < Self.threadLimit else { return false }
            state.threadCount += 1
            return true
        }
        guard needsThread else { return }
        if !WorkerThread.start("names", { self.work() }) { giveUp() }
    }

    func takeFinished() -> [Resolution] {
        state.withLock { state in
            defer { state.finished = [] }
            return state.finished
        }
    }

    /// Drops all look-ups. Running threads finish their current name and do not use `wake` any
    /// more.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.waiting = []
            state.finished = []
        }
    }

    /// A thread's work: it looks up one name after the other until none is left.
    private func work() {
        while let name = takeName() {
            let (status, addresses) = LinuxKernel.resolution(name)
            finish(name, status, addresses)
        }
    }

    private func takeName() -> String? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.threadCount -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
    }

    private func finish(_ name: String, _ status: Int32, _ addresses: [NetworkAddress]) {
        state.withLock { state in
            let tickets = state.tickets.removeValue(forKey: name) ?? []
            guard !state.isClosed else { return }
            for ticket in tickets {
                state.finished.append(
                    Resolution(ticket: ticket, status: status, addresses: addresses))
            }
            wake(descriptor)
        }
    }

    /// Handles a thread that could not be started. If no other thread runs, all waiting look-ups
    /// fail, since they would never finish.
    private func giveUp() {
        let names = state.withLock { state in
            state.threadCount -= 1
            guard state.threadCount == 0 else { return [String]() }
            defer { state.waiting = [] }
            return state.waiting
        }
        for name in names { finish(name, EAI_AGAIN, []) }
    }
}
