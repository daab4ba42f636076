// What the handler is to be called about outside of events: all of it is one byte, so that a turn
// without any of it looks once.

/// Why a turn calls the handler though no event of epoll(7) says so.
struct PendingCalls: OptionSet, BitwiseCopyable {
    let rawValue: UInt8
    /// Mail waits, as far as is known.
    static var mail: PendingCalls { PendingCalls(rawValue: 1) }
    /// A timer was set, for which the loop has to be awake.
    static var timers: PendingCalls { PendingCalls(rawValue: 2) }
    /// A task has returned, or was refused or started.
    static var tasks: PendingCalls { PendingCalls(rawValue: 4) }
    /// A subscriber is falling behind.
    static var laggards: PendingCalls { PendingCalls(rawValue: 8) }
    /// The connection to Redis has something to do: mostly to send.
    static var redis: PendingCalls { PendingCalls(rawValue: 16) }
}
