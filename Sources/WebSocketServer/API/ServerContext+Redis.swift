// The connection to Redis, lent to the handler.
import RedisClient

extension ServerContext {
    /// The connection to Redis; without a ``ServerConfiguration/redis`` it is never up.
    public var redis: RedisConnection {
        _read { yield redisConnection }
        _modify {
            pendingCalls.insert(.redis)
            redisConnection.now = clock.now
            yield &redisConnection
        }
    }

    /// The same without a mark that something is to be sent.
    var redisLink: RedisLink {
        _read { yield redisConnection.link }
        _modify { yield &redisConnection.link }
    }
}
