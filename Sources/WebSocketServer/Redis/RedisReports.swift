// What is said and counted about the connection to Redis: once for each change, and not for each
// attempt that fails in the same way.
import Logging
import RedisClient

extension ServerContext {
    /// The greeting is over.
    mutating func redisOpened() {
        telemetry.statistics.redis.openedCount += 1
        redisLink.succeeded(at: clock.now)
        pendingCalls.insert(.redis)
        logger.notice(
            "Connected to Redis at \(redisName).", metadata: redisFields("redis-connected"))
    }

    /// A connection has ended, or an attempt has failed.
    mutating func redisLost(_ failure: RedisFailure) {
        telemetry.statistics.redis.failureCounts[failure.name, default: 0] += 1
        let isKnown = redisLink.lastFailure == failure
        redisLink.lastFailure = failure
        // The next process says how it fares.
        if isKnown || failure == .handedOver { return }
        var fields = redisFields("redis-lost")
        fields["cause"] = .string(failure.name)
        logger.warning(
            """
            There is no connection to Redis at \(redisName): nothing is published or received \
            there, and it is tried again until it succeeds. \(failure)
            """, metadata: fields)
    }

    /// A subscription is refused with this error.
    func redisRefused(_ channel: RedisChannel, _ error: String) {
        logger.warning(
            """
            Redis does not subscribe to \(channel.phrase), whose messages do not come: \(error). \
            \(Self.advice(on: error)) It is asked again with the next connection.
            """, metadata: redisFields("redis-refused"))
    }

    /// Redis has ended a subscription without being asked to.
    func redisEnded(_ channel: RedisChannel) {
        logger.warning(
            """
            Redis has ended the subscription to \(channel.phrase), whose messages do not come any \
            more. If it is a cluster, another node has the channel now: connect to that.
            """, metadata: redisFields("redis-refused"))
    }

    private var redisName: String { redisLink.url?.description ?? "" }

    private func redisFields(_ event: String) -> Logger.Metadata {
        ["event": .string(event), "redis": .string(redisName)]
    }

    private static func advice(on error: String) -> String {
        if error.hasPrefix("NOPERM") {
            return "Let the user do it: ACL SETUSER, with +@pubsub and the channel as &NAME."
        }
        if error.hasPrefix("MOVED") {
            return "Another node of the cluster has the channel: connect to that."
        }
        return error.hasPrefix("ERR unknown command")
            ? "Sharded channels need Redis 7." : "Check the channel and the rights of the user."
    }
}
