// Stops that other threads ask for.
import LinuxReactor
import Synchronization

/// Where other threads leave a request to stop, for the loop to find after its next turn.
final class StopRequests: Sendable {
    private struct State {
        var request: Shutdown.Request?
        /// No longer there once the loop has ended: its number may be another descriptor's then.
        var wakeup: FileDescriptor?
    }

    private let state: Mutex<State>
    /// Whether there may be one: the loop reads it after each turn.
    private let isAsked = Atomic(false)

    init(waking wakeup: FileDescriptor) {
        state = Mutex(State(wakeup: wakeup))
    }

    /// Requests a stop, unless the loop has ended.
    func ask(grace: Duration, isRestart: Bool) {
        state.withLock { state in
            guard let wakeup = state.wakeup else { return }
            state.request = Shutdown.Request(
                grace: min(grace, state.request?.grace ?? grace),
                isRestart: state.request?.isRestart ?? isRestart)
            isAsked.store(true, ordering: .relaxed)
            LinuxKernel.wake(wakeup)
        }
    }

    /// Takes the request; nil if there is none.
    @inline(__always)
    func take() -> Shutdown.Request? {
        isAsked.load(ordering: .relaxed) ? taken() : nil
    }

    @inline(never)
    private func taken() -> Shutdown.Request? {
        state.withLock { state in
            isAsked.store(false, ordering: .relaxed)
            return state.request.take()
        }
    }

    /// Nothing is asked for any more. Called before the descriptor is closed.
    func close() { state.withLock { $0 = State() } }
}
