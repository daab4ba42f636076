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

    /// Nil without a Redis in the configuration.
    var redisGauges: RedisGauges? {
        guard redisConnection.link.stage != .off else { return nil }
        return RedisGauges(
            isConnected: redisConnection.isUp,
            unansweredCount: redisConnection.link.session.unansweredCount,
            outputByteCount: redisConnection.link.session.output.count,
            channelCount: redisConnection.link.session.channelCount)
    }

    /// The same without a mark that something is to be sent.
    var redisLink: RedisLink {
        _read { yield redisConnection.link }
        _modify { yield &redisConnection.link }
    }
}
