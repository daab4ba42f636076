// UNSAFE: jobs are run with the executor's unowned reference to itself, and `local`, `lent` and
// `workOfLoop` have no lock: only the loop's thread touches them, which `isCurrent` finds out.
import LibC
import Logging
import Storage
import Synchronization
import WebSocketServer

/// What the mailbox of the loop says: jobs have come from other threads.
enum Wake: Sendable { case jobs }

/// Runs the tasks of connections on the loop's thread.
///
/// A job that a callback of the loop makes ready, such as the task that gets a message, runs before
/// that callback returns: no thread is woken, and what it sends goes out with everything else of
/// the turn. Jobs from other threads (a timer, the answer of a database) wake the loop.
@safe final class Reactor: TaskExecutor {
    @safe private struct Shared {
        /// Jobs of other threads, in their order.
        var jobs: [UnownedJob] = []
        var mailbox: Mailbox<Wake>?
        var phase = Phase.running
        var taskCount = 0
        /// Resumed when the last task has ended after the loop.
        var end: Waiter<Void>?
    }

    private enum Phase {
        case running
        /// The loop has ended, and tasks may go on: their jobs run on Swift's own threads.
        case ended
    }

    private let shared = Mutex(Shared())
    /// Whether `shared.jobs` may have any.
    private let hasForeignJobs = Atomic(false)
    /// The loop's thread: pthread_t, or 0 before and after.
    private let thread = Atomic<UInt>(0)
    /// Jobs that the loop's own thread has made ready.
    private nonisolated(unsafe) var local = Queue<UnownedJob>()
    /// Only while a callback runs jobs, and nobody has borrowed it.
    private nonisolated(unsafe) var lent: UnsafeMutablePointer<ServerContext>?
    private nonisolated(unsafe) var workOfLoop = SocketWork()
    /// Tasks that wait for the loop: only for use on its thread.
    var work: SocketWork {
        _read { yield unsafe workOfLoop }
        _modify { yield unsafe &workOfLoop }
    }

    /// Bytes of messages that tasks have not taken, of all connections.
    let unreadByteCount = Atomic(0)
    let logger: Logger

    init(_ logger: Logger) { self.logger = logger }

    /// What running a job costs beside what it does, in the units of ``Work``.
    private static var workOfJob: Int { 256 }

    // MARK: Where jobs come from

    /// Whether the calling thread is that of the loop.
    @inline(__always)
    var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent { return unsafe local.append(job) }
        let isTaken = shared.withLock { shared in
            guard shared.phase == .running else { return false }
            shared.jobs.append(job)
            hasForeignJobs.store(true, ordering: .relaxed)
            if shared.jobs.count == 1 { shared.mailbox?.post(.jobs) }
            return true
        }
        if !isTaken { runElsewhere(job) }
    }

    /// Runs a job on Swift's own threads. Not here and now: who makes it ready may hold locks.
    private func runElsewhere(_ job: UnownedJob) {
        Task.detached { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    // MARK: The loop

    /// The loop can be woken from now on.
    func attach(_ mailbox: Mailbox<Wake>) {
        shared.withLock { shared in
            shared.mailbox = mailbox
            if !shared.jobs.isEmpty { mailbox.post(.jobs) }
        }
    }

    /// The loop begins, on the calling thread.
    func begin() { thread.store(UInt(pthread_self()), ordering: .relaxed) }

    /// Runs what is ready, as much as the turn allows; the rest runs in the next one. Called at the
    /// end of each callback, on the loop's thread.
    @inline(__always)
    func runJobs(_ io: inout ServerContext) {
        if unsafe local.isEmpty && !hasForeignJobs.load(ordering: .relaxed) { return }
        runReady(&io)
    }

    @inline(never)
    private func runReady(_ io: inout ServerContext) {
        takeForeignJobs()
        unsafe withUnsafeMutablePointer(to: &io) { pointer in
            unsafe lent = pointer
            defer { unsafe lent = nil }
            while let job = unsafe local.popFirst() {
                unsafe pointer.pointee.charge(Self.workOfJob)
                unsafe job.runSynchronously(on: asUnownedTaskExecutor())
                if unsafe pointer.pointee.isTurnSpent { break }
            }
        }
        if unsafe !local.isEmpty || !work.turnWaiters.isEmpty { io.continueLater() }
    }

    private func takeForeignJobs() {
        guard hasForeignJobs.load(ordering: .relaxed) else { return }
        var jobs: [UnownedJob] = []
        shared.withLock { shared in
            swap(&jobs, &shared.jobs)
            hasForeignJobs.store(false, ordering: .relaxed)
        }
        for job in jobs { unsafe local.append(job) }
    }

    /// A new turn: tasks that have waited for it go on.
    func turned(_ io: inout ServerContext) {
        if !work.turnWaiters.isEmpty {
            let waiters = work.turnWaiters
            work.turnWaiters.removeAll(keepingCapacity: true)
            for waiter in waiters { waiter.resume() }
        }
        checkRoom(&io)
        runJobs(&io)
    }

    // MARK: What tasks use

    /// Calls `body` with the server's state, if the calling job runs in a callback of the loop and
    /// no caller further up has the state already; else returns nil.
    @inline(__always)
    func withLent<Result: ~Copyable, Failure: Error>(
        _ body: (inout ServerContext) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        guard isCurrent, let pointer = unsafe lent else { return nil }
        unsafe lent = nil
        defer { unsafe lent = pointer }
        return try unsafe body(&pointer.pointee)
    }

    /// Waits until the loop has handled other events. On the loop's thread only.
    nonisolated(nonsending) func nextTurn() async {
        try? await Waiter.wait { waiter in
            let isAsked: Void? = withLent { io in
                io.continueLater()
                work.turnWaiters.append(waiter)
            }
            if isAsked == nil { waiter.resume() }
        }
    }

    // MARK: The end

    /// A connection's task begins.
    func taskBegan() { shared.withLock { $0.taskCount += 1 } }

    /// A connection's task has ended, in the last thing that it does.
    func taskEnded() {
        let end = shared.withLock { shared -> Waiter<Void>? in
            shared.taskCount -= 1
            guard shared.taskCount == 0, shared.phase == .ended else { return nil }
            defer { shared.end = nil }
            return shared.end
        }
        end?.resume()
    }

    /// The loop has ended, on this thread or without having begun.
    func loopEnded() {
        for waiter in work.turnWaiters { waiter.resume() }
        work.turnWaiters.removeAll()
        thread.store(0, ordering: .relaxed)
        shared.withLock { $0.phase = .ended }
        takeForeignJobs()
        while let job = unsafe local.popFirst() { runElsewhere(job) }
    }

    /// Returns when the last task has ended; called after ``loopEnded()``.
    func tasksEnd() async {
        try? await Waiter.wait { waiter in
            let isOver = shared.withLock { shared in
                if shared.taskCount > 0 { shared.end = waiter }
                return shared.taskCount == 0
            }
            if isOver { waiter.resume() }
        }
    }
}
