// UNSAFE: a lock with conditions, of pthreads. Their memory is allocated in `init`, initialised
// before anybody else has the monitor, and destroyed with it, when nobody can wait any more.
import Glibc

/// A value that threads share, and on which they wait for each other. The standard library's Mutex
/// has no condition to wait for.
@safe
final class Monitor<State>: @unchecked Sendable {
    /// A condition: the threads that wait in one are woken together.
    enum Side: Int, CaseIterable {
        case writer, reader, opener
    }

    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let conditions: UnsafeMutablePointer<pthread_cond_t>
    /// Touched only by the thread that has the lock.
    private var state: State

    init(_ state: sending State) {
        self.state = state
        unsafe mutex = .allocate(capacity: 1)
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe pthread_mutex_init(mutex, nil)
        unsafe conditions = .allocate(capacity: Side.allCases.count)
        unsafe conditions.initialize(repeating: pthread_cond_t(), count: Side.allCases.count)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        // The other clock may be set while somebody waits.
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        for side in Side.allCases {
            unsafe pthread_cond_init(conditions + side.rawValue, &attributes)
        }
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        for side in Side.allCases { unsafe pthread_cond_destroy(conditions + side.rawValue) }
        unsafe conditions.deallocate()
        unsafe pthread_mutex_destroy(mutex)
        unsafe mutex.deallocate()
    }

    /// Looks at or changes the state, and then wakes the given sides. `body` is short: other
    /// threads wait for it.
    func withLock<Result>(
        waking sides: [Side] = [], _ body: (inout State) -> sending Result
    ) -> sending Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        let result = body(&state)
        for side in sides { unsafe pthread_cond_broadcast(conditions + side.rawValue) }
        return result
    }

    /// Wakes a side after a change that was made without it.
    func wake(_ side: Side) { unsafe pthread_cond_broadcast(conditions + side.rawValue) }

    /// Waits until `body` returns something; nil once the deadline, in nanoseconds of
    /// CLOCK_MONOTONIC, is past. No deadline waits for ever.
    func wait<Result>(
        as side: Side, until deadline: UInt64? = nil, _ body: (inout State) -> sending Result?
    ) -> sending Result? {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&state) { return result }
            guard let deadline else {
                unsafe pthread_cond_wait(conditions + side.rawValue, mutex)
                continue
            }
            var time = timespec(
                tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
            let status = unsafe pthread_cond_timedwait(conditions + side.rawValue, mutex, &time)
            if status == ETIMEDOUT { return body(&state) }
        }
    }
}

/// CLOCK_MONOTONIC and CLOCK_REALTIME.
enum Clock {
    /// Nanoseconds that never go back.
    static var nanoseconds: UInt64 { read(CLOCK_MONOTONIC) }

    /// Milliseconds since 1970 in UTC.
    static var wallMilliseconds: Int64 { Int64(read(CLOCK_REALTIME) / 1_000_000) }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
