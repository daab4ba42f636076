// The way of a task's result from the thread where it ran to the loop.
import Synchronization

/// Where tasks say that they have returned. It holds no more numbers than tasks were started, which
/// are counted: so there is always room for the result of a task that was started.
final class TaskResults: Sendable {
    private struct State {
        var returned: [UInt64] = []
        /// Nil once the loop has ended.
        var wake: (@Sendable () -> Void)?
    }

    private let state: Mutex<State>

    init(wake: @escaping @Sendable () -> Void) { state = Mutex(State(wake: wake)) }

    /// The task with this number has returned. May be called from any thread.
    func post(_ number: UInt64) {
        state.withLock { state in
            guard let wake = state.wake else { return }
            state.returned.append(number)
            if state.returned.count == 1 { wake() }
        }
    }

    /// Takes the numbers of the tasks that have returned, in that order.
    func take() -> [UInt64] {
        state.withLock { state in
            var taken: [UInt64] = []
            swap(&taken, &state.returned)
            return taken
        }
    }

    /// Nothing is taken any more. Called before the descriptor that wakes the loop is closed.
    func close() { state.withLock { $0 = State() } }
}

/// Where a task puts its value or its error before it says that it has returned.
final class TaskBox<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)

    func store(_ new: Result<Value, any Error>) { result.withLock { $0 = new } }

    /// What the task has returned or thrown, unless it has failed otherwise before.
    func value(unless failure: TaskFailure?) throws(TaskFailure) -> Value {
        if let failure { throw failure }
        switch result.withLock({ $0 }) {
        case .success(let value): return value
        case .failure(let error): throw .thrown(error)
        case nil: preconditionFailure("a task that has returned has a result")
        }
    }
}
