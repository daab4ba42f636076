// Where a node's commands go.
import RedisClient

/// What takes the commands of a node: a ``RedisSession``, or what has one.
package protocol EngineCommands: ~Copyable {
    /// Writes a command. Its reply comes to ``EngineNode/replied(_:to:at:)`` with the number that
    /// is returned; nil if it cannot be sent now.
    mutating func request(
        argumentCount: Int, at now: UInt64, _ write: (inout CommandWriter) -> Void
    ) -> RedisRequest?

    /// Subscribes to a shard channel, for this connection alone: the node does it again.
    mutating func subscribeForNow(_ channel: String, at now: UInt64)

    /// Ends such a subscription.
    mutating func unsubscribeForNow(_ channel: String, at now: UInt64)
}

extension RedisSession: EngineCommands {
    package mutating func subscribeForNow(_ channel: String, at now: UInt64) {
        subscribeForNow(RedisChannel(.shard, channel), at: now)
    }

    package mutating func unsubscribeForNow(_ channel: String, at now: UInt64) {
        unsubscribeForNow(RedisChannel(.shard, channel), at: now)
    }
}
