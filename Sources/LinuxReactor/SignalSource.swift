// Signals as readable events, so that no signal handler interrupts other code.

/// The signals of a server, read from a descriptor during a turn: signalfd(2).
///
/// They are blocked for the thread that makes the source, and for threads that it starts later.
public struct SignalSource: Sendable {
    /// What epoll(7) watches.
    public let descriptor: FileDescriptor

    /// Blocks these signals for the calling thread and makes them readable. Throws if the process
    /// has no free descriptor left.
    public init<K: Kernel & ~Copyable>(
        _ signals: [Signal], _ kernel: inout K
    ) throws(SystemError) {
        descriptor = try kernel.makeSignalSource(signals.map(\.rawValue))
    }

    /// Takes the next pending signal; nil if there is none.
    public func next<K: Kernel & ~Copyable>(_ kernel: inout K) -> Signal? {
        kernel.readSignal(descriptor).map(Signal.init(rawValue:))
    }
}
