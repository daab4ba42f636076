// A handler that uses Redis.
import RedisClient

/// A handler that hears of the Redis of ``ServerConfiguration/redis``. Each callback has a default
/// that does nothing.
public protocol RedisHandler: WebSocketHandler, ~Copyable {
    /// Commands can be sent: a connection was made, and Redis has answered the greeting. Called
    /// once for each connection. Subscriptions have been renewed; what was published while there
    /// was no connection is lost.
    mutating func onRedisUp(_ io: inout ServerContext)

    /// A connection was lost, or an attempt to make one has failed, for this reason. Called once
    /// for each; requests that were not answered before never will be. The next attempt follows in
    /// 50 ms, later in up to 2 s, without end.
    mutating func onRedisDown(_ failure: RedisFailure, _ io: inout ServerContext)

    /// A message of a channel that is subscribed. Called once for each, in the order in which Redis
    /// has sent them, also in relation to replies.
    mutating func onRedisMessage(_ message: borrowing RedisMessage, _ io: inout ServerContext)

    /// The reply to a request of ``RedisConnection/send(_:)``, which may be an error
    /// (`RedisReply.error`). Called once for each that was answered, in the order of sending.
    mutating func onRedisReply(
        _ reply: borrowing RedisReply, to request: RedisRequest, _ io: inout ServerContext)
}

extension RedisHandler where Self: ~Copyable {
    public mutating func onRedisUp(_ io: inout ServerContext) {}

    public mutating func onRedisDown(_ failure: RedisFailure, _ io: inout ServerContext) {}

    public mutating func onRedisMessage(
        _ message: borrowing RedisMessage, _ io: inout ServerContext
    ) {}

    public mutating func onRedisReply(
        _ reply: borrowing RedisReply, to request: RedisRequest, _ io: inout ServerContext
    ) {}

    public mutating func _onRedis(_ event: _HandlerEvent, _ io: inout ServerContext) {
        switch event.event {
        case .redisUp: onRedisUp(&io)
        case .redisDown:
            if let failure = io.redisLink.lastFailure { onRedisDown(failure, &io) }
        default: preconditionFailure("an event of Redis")
        }
    }

    public mutating func _onRedisReply(
        _ reply: borrowing RedisReply, to request: RedisRequest?, _ io: inout ServerContext
    ) {
        if let request {
            onRedisReply(reply, to: request, &io)
        } else if let message = RedisMessage(reply) {
            onRedisMessage(message, &io)
        }
    }
}
