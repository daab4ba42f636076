// epoll(7), level-triggered, with the events of the last wait.

/// One epoll instance and the events of its last wait. Tokens have a meaning only for its owner.
@frozen
public struct Poller: ~Copyable {
    @usableFromInline
    package private(set) var descriptor: FileDescriptor
    /// Whether it is the epoll instance of the program before this one: ``goOn(with:_:)``.
    package private(set) var isKept = false
    @usableFromInline
    var events: ReadyEvents
    @usableFromInline
    var count = 0
    @usableFromInline
    var next = 0

    /// A new epoll instance, which takes at most `eventLimit` events in one wait.
    @inlinable
    public init<K: Kernel & ~Copyable>(
        _ kernel: inout K, eventLimit: Int = 1024
    ) throws(SystemError) {
        descriptor = try kernel.makePoll()
        events = ReadyEvents(capacity: eventLimit)
    }

    /// Whether there are events of the last wait that have not been taken.
    @inlinable
    public var hasEvents: Bool { next < count }

    /// Starts to watch a descriptor; each of its events carries `token`.
    @inlinable
    public func watch<K: Kernel & ~Copyable>(
        _ watched: FileDescriptor, for readiness: Readiness, token: UInt64, _ kernel: inout K
    ) throws(SystemError) {
        try kernel.changePoll(descriptor, .add, watched, for: readiness, token: token)
    }

    /// Changes what a watched descriptor is watched for. This cannot fail; a descriptor that is not
    /// watched ends the process.
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

    /// Stops watching a descriptor. Closing the descriptor does the same.
    @inlinable
    public func unwatch<K: Kernel & ~Copyable>(_ watched: FileDescriptor, _ kernel: inout K) {
        do {
            try kernel.changePoll(descriptor, .remove, watched, for: [], token: 0)
        } catch {
            preconditionFailure("epoll_ctl: \(error)")
        }
    }

    /// Goes on with the epoll instance of the program before this one; its own is closed. What is
    /// watched there outlives execve(2), as descriptors do.
    package mutating func goOn<K: Kernel & ~Copyable>(
        with kept: FileDescriptor, _ kernel: inout K
    ) {
        kernel.close(descriptor)
        descriptor = kept
        isKept = true
    }

    /// Starts to watch a descriptor that the program before this one may have watched.
    package func watchAgain<K: Kernel & ~Copyable>(
        _ watched: FileDescriptor, for readiness: Readiness, token: UInt64, _ kernel: inout K
    ) throws(SystemError) {
        guard isKept else { return try watch(watched, for: readiness, token: token, &kernel) }
        do throws(SystemError) {
            try kernel.changePoll(descriptor, .modify, watched, for: readiness, token: token)
        } catch {
            try watch(watched, for: readiness, token: token, &kernel)
        }
    }

    /// Stops watching a descriptor, if it is watched. Returns whether it was.
    package func forget<K: Kernel & ~Copyable>(
        _ watched: FileDescriptor, _ kernel: inout K
    ) -> Bool {
        do throws(SystemError) {
            try kernel.changePoll(descriptor, .remove, watched, for: [], token: 0)
            return true
        } catch {
            return false
        }
    }

    /// Waits for events, at most `timeout` nanoseconds (nil: forever). Returns at once if events of
    /// the last wait are left.
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

    /// Closes the epoll instance.
    public consuming func close<K: Kernel & ~Copyable>(_ kernel: inout K) {
        kernel.close(descriptor)
    }
}
