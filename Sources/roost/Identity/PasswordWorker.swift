// Passwords are hashed on a thread of their own, one after the other: each takes a tenth of a
// second, for which the reactor does not wait.
import ChatRooms
import Storage
import Synchronization

/// A password to be hashed, or compared, for a connection.
struct PasswordJob: Sendable {
    enum Kind: Sendable {
        case hash, check
    }

    let kind: Kind
    let connection: ConnectionKey
    let work: PasswordWork
}

/// What came of a job.
enum PasswordResult: Sendable, Equatable {
    case hashed(ConnectionKey, String)
    case checked(ConnectionKey, Bool)

    /// Whose password it is.
    var connection: ConnectionKey {
        switch self {
        case .hashed(let key, _), .checked(let key, _): key
        }
    }
}

/// Hashes passwords in the order in which they come. The thread ends when there are no more, so
/// that an idle server has neither the thread nor its 32 MiB.
final class PasswordWorker: Sendable {
    private struct State {
        var waiting: [PasswordJob] = []
        var isRunning = false
        var post: (@Sendable (PasswordResult) -> Void)?
    }

    /// The most that wait: three seconds' worth.
    static let waitingLimit = 32

    private let state = Mutex(State())
    private let hasThread: Bool

    /// A worker without work. Without a thread, somebody else must take the jobs (``takeAll()``).
    init(hasThread: Bool = true) {
        self.hasThread = hasThread
    }

    /// Results go to `post` from now on, on the worker's thread. Before that, nothing is taken.
    func connect(_ post: @escaping @Sendable (PasswordResult) -> Void) {
        state.withLock { $0.post = post }
    }

    /// Takes a job. Returns false if as many wait as may.
    func begin(_ job: PasswordJob) -> Bool {
        let needsThread: Bool? = state.withLock { state in
            guard state.post != nil, state.waiting.count < Self.waitingLimit else { return nil }
            state.waiting.append(job)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard let needsThread else { return false }
        return !needsThread || !hasThread || startThread()
    }

    /// Takes all jobs that wait, from a worker without a thread.
    func takeAll() -> [PasswordJob] {
        state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    /// Drops all jobs, and posts nothing more. A thread that is hashing ends after this one.
    func close() {
        state.withLock { state in
            state.waiting = []
            state.post = nil
        }
    }

    private func startThread() -> Bool {
        guard !WorkerThread.start("roost-password", { self.work() }) else { return true }
        // Only this one can wait: there was no thread.
        state.withLock { state in
            state.waiting = []
            state.isRunning = false
        }
        return false
    }

    private func work() {
        while let job = take() {
            let result = Self.carryOut(job)
            state.withLock { $0.post }?(result)
        }
    }

    private func take() -> PasswordJob? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isRunning = false
                return nil
            }
            return state.waiting.removeFirst()
        }
    }

    static func carryOut(_ job: PasswordJob) -> PasswordResult {
        let password = job.work.password
        switch job.kind {
        case .hash: return .hashed(job.connection, PasswordHash(hashing: password).text)
        case .check:
            // Without a hash, or with an unreadable one, it takes as long, and is wrong.
            let hash = job.work.hash.flatMap { PasswordHash($0) }
            let isRight = (hash ?? .ofNothing).matches(password)
            return .checked(job.connection, isRight && hash != nil)
        }
    }
}
