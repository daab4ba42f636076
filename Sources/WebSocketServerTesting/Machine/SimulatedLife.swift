// A process of the simulated machine that is killed between any two of its system calls.

/// How long the process lives. What it does after its end has no effect on the machine, and its
/// turn ends soon, since it gets nothing any more.
package struct SimulatedLife {
    /// How many more times it comes to the beginning or the end of a system call; nil without end.
    package var callCount: Int?
    /// Called in the moment when it is killed.
    package var onEnd: (() -> Void)?
    package private(set) var isOver = false

    package init() {}

    /// Called at the beginning and at the end of system calls: returns whether it is dead.
    mutating func ends() -> Bool {
        if isOver { return true }
        guard let left = callCount else { return false }
        callCount = left - 1
        guard left <= 0 else { return false }
        kill()
        return true
    }

    /// SIGKILL.
    package mutating func kill() {
        guard !isOver else { return }
        isOver = true
        onEnd?()
    }
}
