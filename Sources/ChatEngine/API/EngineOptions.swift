// What a node may use, and when it loses patience.

/// The settings of an ``EngineNode``. Times are nanoseconds.
package struct EngineOptions: Sendable {
    /// What the names of all keys and channels begin with. Nodes with the same prefix are one chat.
    package var prefix = "roost"
    /// How many entries of a room are kept, by each node and by Redis. At most 1,000, which is what
    /// one call may give back.
    package var keep = 1_000
    /// The most bytes of all rooms' entries here, about: beyond it logs lose their oldest entries,
    /// down to ``leastKept``, one room after the other.
    package var logByteLimit = 256 << 20
    /// How many entries of a room stay if they take at most ``largeLog`` bytes: what a failover may
    /// lose should be among them.
    package var leastKept = 100
    /// See ``leastKept``.
    package var largeLog = 64 << 10
    /// How many messages one call may publish, and about how many bytes.
    package var entriesPerCall = 200
    package var bytesPerCall = 1 << 20
    /// How many messages may be on their way to Redis, in all rooms: it needs up to 16 µs for one,
    /// and everything else waits behind them.
    package var putLimit = 4_000
    /// How many rooms may be read at once, which costs up to 2 ms each for 1,000 entries, so that
    /// 10,000 of them after a reconnect do not keep Redis from answering anything else.
    package var syncLimit = 64
    /// How many entries may be on their way back to a Redis that has lost them.
    package var refillLimit = 2_000
    /// How many publishes may wait in a room; more are refused.
    package var pendingLimit = 10_000
    /// The heartbeat, and how often the role of Redis is looked at.
    package var beatInterval: UInt64 = 5_000_000_000
    /// How long any command may be unanswered.
    package var patience: UInt64 = 2_000_000_000
    /// How long the push of a heartbeat may come after its answer. Redis 7.0 sends it before, and
    /// versions from 7.2 on directly behind.
    package var probePatience: UInt64 = 1_000_000_000
    /// After this long without an answer Redis counts as slow.
    package var slowAfter: UInt64 = 500_000_000
    /// How long a publish may wait before its author learns that its fate is unknown.
    package var delayedAfter: UInt64 = 5_000_000_000
    /// After this long without a heartbeat another node's presence does not count.
    package var silentAfter: UInt64 = 15_000_000_000
    /// After this long without Redis the members had better go elsewhere.
    package var awayAfter: UInt64 = 60_000_000_000
    /// What a test wants to be wrong.
    package var faults = EngineFaults()

    /// The usual settings.
    package init() {}
}
