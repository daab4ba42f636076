// Signals as readable events: no handler runs in the middle of anything.

/// The signals of a server, read from a descriptor in the course of a turn: signalfd(2).
///
/// They are blocked for the thread that makes the source, and for the threads it starts later.
public struct SignalSource: Sendable {
    /// What epoll(7) watches.
    public let descriptor: FileDescriptor

    /// Blocks these signals for the calling thread and makes them readable. Throws if no descriptor
    /// is left.
    public init<K: Kernel & ~Copyable>(
        _ signals: [Signal], _ kernel: inout K
    ) throws(SystemError) {
        descriptor = try kernel.makeSignalSource(signals.map(\.rawValue))
    }

    /// The next pending signal, or nil.
    public func next<K: Kernel & ~Copyable>(_ kernel: inout K) -> Signal? {
        kernel.readSignal(descriptor).map(Signal.init(rawValue:))
    }
}
