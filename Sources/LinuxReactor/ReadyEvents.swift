// UNSAFE: owns the array that epoll_wait(2) fills; `count` never exceeds `capacity`.
import CLinux

/// The events of one wait: tokens, and what each is ready for.
@frozen @safe
public struct ReadyEvents: ~Copyable {
    @usableFromInline
    let base: UnsafeMutablePointer<epoll_event>
    /// How many events one wait can bring.
    public let capacity: Int

    /// Room for `capacity` events, at least one.
    public init(capacity: Int) {
        precondition(capacity > 0)
        // On x86-64 epoll_event is packed (12 bytes): the kernel writes it with that stride.
        #if arch(x86_64)
            precondition(unsafe MemoryLayout<epoll_event>.stride == 12)
        #endif
        self.capacity = capacity
        unsafe base = .allocate(capacity: capacity)
        unsafe base.initialize(repeating: unsafe epoll_event(), count: capacity)
    }

    deinit { unsafe base.deallocate() }

    /// The event at an index below ``capacity``; any other index ends the process.
    @inlinable
    public subscript(index: Int) -> (token: UInt64, readiness: Readiness) {
        get {
            precondition(index >= 0 && index < capacity)
            let event = unsafe base[index]
            return unsafe (event.data.u64, Readiness(rawValue: event.events))
        }
        set {
            precondition(index >= 0 && index < capacity)
            unsafe base[index] = epoll_event(
                events: newValue.readiness.rawValue, data: epoll_data_t(u64: newValue.token))
        }
    }
}
