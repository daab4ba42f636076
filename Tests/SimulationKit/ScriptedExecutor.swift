// Tasks on the simulation's thread: they go on when the test says so, and in a known order.
import Synchronization

/// An executor whose tasks run only in ``run()``, on the thread that calls it.
final class ScriptedExecutor: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
    }

    /// Runs the tasks until each has ended or waits. False if there was nothing to run.
    @discardableResult
    func run() -> Bool {
        var hasRun = false
        while let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
            unsafe job.runSynchronously(on: asUnownedTaskExecutor())
            hasRun = true
        }
        return hasRun
    }
}

/// Answers that tasks wait for, and that the test gives.
final class ScriptedAnswers: Sendable {
    private struct State {
        var waiting: [String: CheckedContinuation<String, any Error>] = [:]
        var cancelled: [String] = []
    }

    private let state = Mutex(State())

    /// What is asked now, sorted.
    var questions: [String] { state.withLock { $0.waiting.keys.sorted() } }
    /// What was asked by tasks that were cancelled, in that order.
    var cancelled: [String] { state.withLock { $0.cancelled } }

    /// Waits for the test's answer, or, if `endsWhenCancelled`, for the task to be cancelled.
    func ask(_ question: String, endsWhenCancelled: Bool = true) async throws -> String {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                state.withLock { $0.waiting[question] = continuation }
            }
        } onCancel: {
            state.withLock { $0.cancelled.append(question) }
            if endsWhenCancelled { answer(question, .failure(CancellationError())) }
        }
    }

    /// Gives an answer or an error; nothing happens if nobody asks.
    func answer(_ question: String, _ answer: Result<String, any Error>) {
        state.withLock { $0.waiting.removeValue(forKey: question) }?.resume(with: answer)
    }
}
