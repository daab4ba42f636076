// epoll(7), level-triggered, with the events of the last wait.

/// One epoll instance and the events of its last wait. What a token means is its owner's business.
@frozen
public struct Poller: ~Copyable {
    @usableFromInline
    let descriptor: FileDescriptor
    @usableFromInline
    var events: ReadyEvents
    @usableFromInline
    var count = 0
    @usableFromInline
    var next = 0

    /// A new epoll instance.
    @inlinable
    public init<K: Kernel & ~Copyable>(
        _ kernel: inout K, eventLimit: Int = 1024
    ) throws(SystemError) {
        descriptor = try kernel.makePoll()
        events = ReadyEvents(capacity: eventLimit)
    }

    /// Whether events of the last wait are still to be looked at.
    @inlinable
    public var hasEvents: Bool { next < count }

    /// Watches a descriptor; each of its events brings `token` back.
    @inlinable
    public func watch<K: Kernel & ~Copyable>(
        _ watched: FileDescriptor, for readiness: Readiness, token: UInt64, _ kernel: inout K
    ) throws(SystemError) {
        try kernel.changePoll(descriptor, .add, watched, for: readiness, token: token)
    }

    /// Watches for something else; cannot fail for a descriptor that is being watched.
    @inlinable
    public func change<K: Kernel & ~Copyable>(
        _ watched: FileDescriptor, to readiness: Readiness, token: UInt64, _ kernel: inout K
    ) {
        do {
            try kernel.changePoll(descriptor, .modify, watched, for: readiness, token: token)
        } catch {
            preconditionFailure("epoll_ctl: \(error)")
        }
    }

    /// Watches a descriptor no more. Closing it does the same.
    @inlinable
    public func unwatch<K: Kernel & ~Copyable>(_ watched: FileDescriptor, _ kernel: inout K) {
        do {
            try kernel.changePoll(descriptor, .remove, watched, for: [], token: 0)
        } catch {
            preconditionFailure("epoll_ctl: \(error)")
        }
    }

    /// Waits for events, at most `timeout` nanoseconds (nil: for ever), unless some of the last
    /// wait are left.
    @inlinable
    public mutating func wait<K: Kernel & ~Copyable>(timeout: UInt64?, _ kernel: inout K) {
        guard !hasEvents else { return }
        count = kernel.wait(on: descriptor, into: &events, timeout: timeout)
        next = 0
    }

    /// The next event; nil when all have been taken.
    @inlinable
    public mutating func takeEvent() -> (token: UInt64, readiness: Readiness)? {
        guard next < count else { return nil }
        defer { next += 1 }
        return events[next]
    }

    /// Gives the epoll instance back.
    public consuming func close<K: Kernel & ~Copyable>(_ kernel: inout K) {
        kernel.close(descriptor)
    }
}
