// Tasks that were started for connections: which are under way, and whose result is due.
import LinuxReactor
import Storage

/// All tasks that have not returned, or of which the handler has not heard yet. A connection that
/// has ended, or a task that is late, does not make the task return: its place is taken until it
/// does, so that the number of tasks has a bound whatever they do.
struct TaskTable: ~Copyable {
    private struct Entry {
        let id: ConnectionID
        /// Nil once the handler has got the outcome.
        var completion: TaskCompletion?
        /// Nil for a task that was refused.
        var task: Task<Void, Never>?
    }

    /// An outcome on its way to the handler.
    struct Ended {
        let number: UInt64
        let id: ConnectionID
        let completion: TaskCompletion
        let failure: TaskFailure?
    }

    let results: TaskResults
    /// Nil for Swift's own pool of threads.
    let executor: (any TaskExecutor)?
    private var entries: [UInt64: Entry] = [:]
    /// Tasks by the connection that waits for them, in the order of starting.
    private var numbers: [Slot: [UInt64]] = [:]
    private var deadlines: TimerTable
    /// Refused or returned, until the handler hears of it.
    private var due = Queue<UInt64>()
    private var lastNumber: UInt64 = 0
    /// Tasks that have not returned.
    private(set) var runningCount = 0
    /// The outcome that goes to the handler now.
    var ended: Ended?

    init(now: Instant, executor: (any TaskExecutor)?, wake: @escaping @Sendable () -> Void) {
        results = TaskResults(wake: wake)
        self.executor = executor
        deadlines = TimerTable(now: now)
    }

    /// When the next task is late at the earliest; nil if none is under way.
    var nextDeadline: Instant? { deadlines.nextDeadline }
    /// Whether all tasks have returned, and the handler has heard of all.
    var isEmpty: Bool { entries.isEmpty && numbers.isEmpty }
    /// Whether results wait for the handler.
    var hasDue: Bool { !due.isEmpty }

    /// Takes a place for a task that the caller starts, or, without a deadline, one for the refusal
    /// of it. Returns its number.
    mutating func add(
        for id: ConnectionID, _ completion: TaskCompletion, deadline: Instant?
    ) -> UInt64 {
        lastNumber += 1
        entries[lastNumber] = Entry(id: id, completion: completion)
        numbers[id.index, default: []].append(lastNumber)
        if let deadline {
            runningCount += 1
            let name = TimerName(rawValue: lastNumber)
            _ = deadlines.set(name, of: nil, at: deadline, limit: .max)
        } else {
            due.append(lastNumber)
        }
        return lastNumber
    }

    mutating func started(_ number: UInt64, _ task: Task<Void, Never>) {
        entries[number]?.task = task
    }

    /// Whether the connection waits for a task.
    func isWaiting(_ slot: Slot) -> Bool { numbers[slot] != nil }

    /// Takes note of the tasks that have returned.
    mutating func collectReturned() {
        for number in results.take() {
            runningCount -= 1
            deadlines.cancel(TimerName(rawValue: number), of: nil)
            if entries[number]?.completion == nil {
                entries[number] = nil
            } else {
                due.append(number)
            }
        }
    }

    /// The next outcome that the handler is to hear of because a task has returned, or was refused.
    mutating func takeDue() -> Ended? {
        while let number = due.popFirst() {
            let isRefused = entries[number]?.task == nil
            let ended = end(number, isRefused ? .tooMany : nil)
            entries[number] = nil
            if let ended { return ended }
        }
        return nil
    }

    /// The next task that is late; it is cancelled.
    mutating func takeLate(at now: Instant) -> Ended? {
        while let late = deadlines.takeDue(at: now) {
            if let ended = cancel(late.name.rawValue, .timedOut) { return ended }
        }
        return nil
    }

    /// The next task of a connection that has ended; it is cancelled.
    mutating func takeEnded(of slot: Slot) -> Ended? {
        guard let number = numbers[slot]?.first else { return nil }
        return cancel(number, .connectionEnded)
    }

    /// Cancels all tasks, whose results nobody takes any more.
    mutating func close() {
        results.close()
        for entry in entries.values { entry.task?.cancel() }
    }

    private mutating func cancel(_ number: UInt64, _ failure: TaskFailure) -> Ended? {
        entries[number]?.task?.cancel()
        return end(number, failure)
    }

    /// Takes the completion, which is called once.
    private mutating func end(_ number: UInt64, _ failure: TaskFailure?) -> Ended? {
        guard let entry = entries[number], let completion = entry.completion else { return nil }
        entries[number]?.completion = nil
        numbers[entry.id.index]?.removeAll { $0 == number }
        if numbers[entry.id.index]?.isEmpty == true { numbers[entry.id.index] = nil }
        return Ended(number: number, id: entry.id, completion: completion, failure: failure)
    }
}
