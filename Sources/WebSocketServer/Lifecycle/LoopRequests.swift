// What is asked of the loop: to stop, to let another program take its place, or to leave the
// connections to the next process.
import LinuxReactor
import Synchronization

/// A request to run another program, and who hears of its failure.
struct ReexecRequest: Sendable {
    let reexec: Reexec
    let onFailure: @Sendable (ReexecFailure) -> Void
}

/// Where other threads leave their requests, for the loop to find after its next turn.
final class LoopRequests: Sendable {
    private struct State {
        var stop: Shutdown.Request?
        /// From the request to leave the connections on; it is made once.
        var isLeaving = false
        var leavesNow = false
        var reexec: ReexecRequest?
        /// From the request to its failure: a second one is refused meanwhile.
        var isReexecuting = false
        /// Which request that is: the verdict of an earlier one comes too late.
        var reexecNumber = 0
        /// The child that checks the state.
        var check: ProgramCheck?
        var verdict: Result<Void, ReexecFailure>?
        /// No longer there once the loop has ended: its number may be another descriptor's then.
        var wakeup: FileDescriptor?
    }

    private let state: Mutex<State>
    /// Whether there may be any: the loop reads it after each turn.
    private let isAsked = Atomic(false)

    /// Where connections are left for the next process; nil if there is no such place.
    private let store: (any DescriptorStore)?

    init(waking wakeup: FileDescriptor, _ store: (any DescriptorStore)? = nil) {
        state = Mutex(State(wakeup: wakeup))
        self.store = store
    }

    /// Whether there is something to take.
    @inline(__always)
    var areAny: Bool { isAsked.load(ordering: .relaxed) }

    /// Lets the loop find nothing until something new comes. Called before it takes.
    func clear() { isAsked.store(false, ordering: .relaxed) }

    /// Lets the loop look again after its next turn.
    func lookAgain() { isAsked.store(true, ordering: .relaxed) }

    /// Changes the state and wakes the loop, unless it has ended: then it returns false.
    @discardableResult
    private func leave(_ change: (inout State) -> Void) -> Bool {
        state.withLock { state in
            guard let wakeup = state.wakeup else { return false }
            change(&state)
            isAsked.store(true, ordering: .relaxed)
            LinuxKernel.wake(wakeup)
            return true
        }
    }

    /// Nothing is asked for any more, and no child goes on. Called before the descriptor is closed.
    func close() {
        let left = state.withLock { state in
            defer { state = State() }
            state.check?.kill()
            return state.reexec
        }
        left?.onFailure(.stopping)
    }

    // MARK: The stop

    /// Requests a stop, unless the loop has ended.
    func askStop(grace: Duration, isRestart: Bool) {
        leave { state in
            state.stop = Shutdown.Request(
                grace: min(grace, state.stop?.grace ?? grace),
                isRestart: state.stop?.isRestart ?? isRestart)
        }
    }

    func takeStop() -> Shutdown.Request? { state.withLock { $0.stop.take() } }

    // MARK: The next process

    /// Requests that the connections are left for the next process. Returns false if there is no
    /// place for them: they are closed then. A second request changes nothing.
    func askLeaving() -> Bool {
        guard store != nil else { return false }
        return leave { state in
            state.leavesNow = state.leavesNow || !state.isLeaving
            state.isLeaving = true
        }
    }

    /// The store, once, if the connections are to be left there.
    func takeLeaving() -> (any DescriptorStore)? {
        let leaves = state.withLock { state in
            defer { state.leavesNow = false }
            return state.leavesNow
        }
        return leaves ? store : nil
    }

    // MARK: Another program

    /// Requests that another program takes over. The request fails at once where another is under
    /// way, or the loop has ended or is about to.
    func askReexec(_ request: ReexecRequest) {
        var (wasFree, isLeaving) = (false, false)
        let isRunning = leave { state in
            wasFree = !state.isReexecuting
            isLeaving = state.isLeaving
            guard wasFree, !isLeaving else { return }
            state.isReexecuting = true
            state.reexecNumber += 1
            state.reexec = request
        }
        if !isRunning || isLeaving {
            request.onFailure(.stopping)
        } else if !wasFree {
            request.onFailure(.underWay)
        }
    }

    func takeReexec() -> ReexecRequest? { state.withLock { $0.reexec.take() } }

    /// The next request is welcome; a child that still checks is killed.
    func endReexec() {
        state.withLock { state in
            state.isReexecuting = false
            state.verdict = nil
            state.check?.kill()
            state.check = nil
        }
    }

    /// The number of the request that is under way.
    var reexecNumber: Int { state.withLock { $0.reexecNumber } }

    /// A child checks the state for this request; it is killed if that is not under way any more.
    func began(_ check: ProgramCheck, for number: Int) {
        state.withLock { state in
            if state.isReexecuting, state.reexecNumber == number {
                state.check = check
            } else {
                check.kill()
            }
        }
    }

    /// The check for this request is over.
    func ended(_ verdict: Result<Void, ReexecFailure>, for number: Int) {
        leave { state in
            guard state.isReexecuting, state.reexecNumber == number else { return }
            state.check = nil
            state.verdict = verdict
        }
    }

    func takeVerdict() -> Result<Void, ReexecFailure>? { state.withLock { $0.verdict.take() } }
}
