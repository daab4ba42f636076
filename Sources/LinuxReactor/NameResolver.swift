// UNSAFE: threads of pthread_create(3), each of which owns one reference to the resolver.
import Glibc
import Synchronization

/// Looks names up on threads of its own, since getaddrinfo(3) blocks for as long as it likes.
///
/// A thread lives while there are names to look up, and there are few of them. Who asks for a name
/// that is being looked up gets the same answer; nothing is kept beyond that, since names change.
final class NameResolver: Sendable {
    private struct State {
        /// Names that no thread has taken.
        var waiting: [String] = []
        /// Who wants to know of each name that waits or is being looked up.
        var tickets: [String: [UInt64]] = [:]
        var threadCount = 0
        var finished: [Resolution] = []
        var isClosed = false
    }

    /// One slow name shall not hold up all others.
    private static let threadLimit = 8

    private let state = Mutex(State())
    private let descriptor: FileDescriptor
    private let wake: @Sendable (FileDescriptor) -> Void

    /// A resolver that makes `waking` readable when something is done.
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
        if needsThread, !startThread() { giveUp() }
    }

    func takeFinished() -> [Resolution] {
        state.withLock { state in
            defer { state.finished = [] }
            return state.finished
        }
    }

    /// Threads that are still at work end by themselves, and wake nobody.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.waiting = []
            state.finished = []
        }
    }

    private func startThread() -> Bool {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let reference = unsafe Unmanaged.passRetained(self)
        let status = unsafe pthread_create(
            &thread, &attributes,
            { argument in
                unsafe Unmanaged<NameResolver>.fromOpaque(argument!).takeRetainedValue().work()
                return nil
            }, unsafe reference.toOpaque())
        if status != 0 { unsafe reference.release() }
        return status == 0
    }

    /// What a thread does: one name after the other, until none is left.
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

    /// No thread could be had. If none is there either, nobody would ever answer.
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
