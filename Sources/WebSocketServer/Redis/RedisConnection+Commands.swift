// What a program of this package may do with the connection beside what is public: commands that
// are written piece by piece, and subscriptions that it renews itself.
import RedisClient

extension RedisConnection {
    /// Writes a command; see ``send(_:)``.
    package mutating func request(
        argumentCount: Int, at now: UInt64, _ write: (inout CommandWriter) -> Void
    ) -> RedisRequest? {
        link.session.request(argumentCount: argumentCount, at: now, write)
    }

    /// Subscribes to a shard channel for this connection alone: the caller has thousands of them,
    /// and renews them a part at a time.
    package mutating func subscribeForNow(_ channel: String, at now: UInt64) {
        link.session.subscribeForNow(RedisChannel(.shard, channel), at: now)
    }

    /// Ends such a subscription.
    package mutating func unsubscribeForNow(_ channel: String, at now: UInt64) {
        link.session.unsubscribeForNow(RedisChannel(.shard, channel), at: now)
    }
}
