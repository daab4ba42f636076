// Signals as readable events, so that no signal handler runs the program's code.

/// The signals of a server, read during a turn from a descriptor that a signal handler makes
/// readable: it does not matter which thread of the process gets the signal, or how many servers
/// wait for it.
public struct SignalSource: Sendable {
    /// What epoll(7) watches.
    public let descriptor: FileDescriptor

    /// Makes these signals readable instead of what they did before. Throws if one of them can't be
    /// watched, or if the process has no free descriptor left.
    public init<K: Kernel & ~Copyable>(
        _ signals: [Signal], _ kernel: inout K
    ) throws(SystemError) {
        descriptor = try kernel.makeSignalSource(signals.map(\.rawValue))
        kernel.unblockSignals(of: descriptor)
    }

    /// Lets the calling thread receive them, even if it was started with these signals blocked: one
    /// thread of the process has to.
    public func unblock<K: Kernel & ~Copyable>(_ kernel: inout K) {
        kernel.unblockSignals(of: descriptor)
    }

    /// Takes the next pending signal; nil if there is none. A signal that has come several times
    /// meanwhile is one.
    public func next<K: Kernel & ~Copyable>(_ kernel: inout K) -> Signal? {
        kernel.readSignal(descriptor).map(Signal.init(rawValue:))
    }

    /// Gives the signals their former meaning, unless another source watches them.
    public func close<K: Kernel & ~Copyable>(_ kernel: inout K) {
        kernel.closeSignalSource(descriptor)
    }
}
