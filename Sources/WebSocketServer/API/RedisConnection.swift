// The connection to Redis, as a handler uses it.
import LinuxReactor
import RedisClient

/// The server's connection to the Redis of ``ServerConfiguration/redis``: ``ServerContext/redis``.
///
/// Commands of one turn go out together, and are answered in their order. What Redis sends comes to
/// a ``RedisHandler``.
public struct RedisConnection: ~Copyable {
    var link: RedisLink
    /// The time of this turn.
    var now: Instant

    /// Whether commands can be sent: from ``RedisHandler/onRedisUp(_:)-(ServerContext)`` until the
    /// connection is lost.
    public var isUp: Bool { link.session.state == .open }

    /// Sends a command: its name, then its arguments. Its reply comes to
    /// `onRedisReply` of a ``RedisHandler``; if the connection is lost before
    /// that, it never comes, and Redis may have done it or not. A command that is not answered
    /// within 2 s ends the connection, so that commands that wait, such as BLPOP, have no place
    /// here.
    ///
    /// - Returns: the request's name, or nil, and nothing is sent: if there is no connection; if
    ///   16 MiB wait to be sent or 65,536 commands to be answered; or if the command's answer is
    ///   not one reply (SUBSCRIBE, MONITOR …), or changes the connection (HELLO, AUTH, QUIT …).
    @discardableResult
    public mutating func send(_ arguments: [String]) -> RedisRequest? {
        guard RedisSession.isPlain(arguments) else { return nil }
        return link.session.request(argumentCount: arguments.count, at: now.nanoseconds) {
            for argument in arguments { $0.append(utf8: argument) }
        }
    }

    /// Publishes a text to a channel: PUBLISH. The rest is as with ``send(_:)``.
    @discardableResult
    public mutating func publish(_ text: String, to channel: String) -> RedisRequest? {
        link.session.request(argumentCount: 3, at: now.nanoseconds) {
            $0.append("PUBLISH")
            $0.append(utf8: channel)
            $0.append(utf8: text)
        }
    }

    /// Publishes bytes to a channel, such as those of a message: PUBLISH. The rest is as with
    /// ``send(_:)``.
    @discardableResult
    public mutating func publish(_ bytes: Span<UInt8>, to channel: String) -> RedisRequest? {
        link.session.request(argumentCount: 3, at: now.nanoseconds) {
            $0.append("PUBLISH")
            $0.append(utf8: channel)
            $0.append(bytes)
        }
    }

    /// Publishes a text to a sharded channel: SPUBLISH, of Redis 7. In a cluster it goes to the
    /// nodes of the channel's shard alone. The rest is as with ``send(_:)``.
    @discardableResult
    public mutating func publish(_ text: String, toSharded channel: String) -> RedisRequest? {
        link.session.request(argumentCount: 3, at: now.nanoseconds) {
            $0.append("SPUBLISH")
            $0.append(utf8: channel)
            $0.append(utf8: text)
        }
    }

    /// Publishes bytes to a sharded channel: SPUBLISH, of Redis 7. The rest is as with
    /// ``send(_:)``.
    @discardableResult
    public mutating func publish(
        _ bytes: Span<UInt8>, toSharded channel: String
    ) -> RedisRequest? {
        link.session.request(argumentCount: 3, at: now.nanoseconds) {
            $0.append("SPUBLISH")
            $0.append(utf8: channel)
            $0.append(bytes)
        }
    }

    // MARK: Subscriptions

    /// Subscribes to a channel: its messages come to
    /// `onRedisMessage` of a ``RedisHandler``, those of this server too. It may be
    /// called before there is a connection, and holds for each that is made: what is published
    /// while there is none is lost. Does nothing if the channel is subscribed already. If Redis
    /// refuses it, as when the user may not read the channel, the log says so.
    ///
    /// - Returns: false if there are 65,536 subscriptions already, of all three kinds, and it is
    ///   none of them: nothing is done then.
    @discardableResult
    public mutating func subscribe(_ channel: String) -> Bool {
        link.session.subscribe(RedisChannel(.name, channel), at: now.nanoseconds)
    }

    /// Subscribes to all channels whose names match a pattern, where `*` stands for any characters,
    /// `?` for one, `[ab]` for one of these, and a backslash takes their meaning from them:
    /// PSUBSCRIBE. `RedisMessage.pattern` names it. A message comes once for each
    /// subscription that it matches. The rest is as with ``subscribe(_:)``.
    @discardableResult
    public mutating func subscribe(pattern: String) -> Bool {
        link.session.subscribe(RedisChannel(.pattern, pattern), at: now.nanoseconds)
    }

    /// Subscribes to a sharded channel: SSUBSCRIBE, of Redis 7. It gets what is published with
    /// ``publish(_:toSharded:)-(String,_)`` or SPUBLISH, and nothing else. In a cluster the node
    /// must be one of the channel's shard; the connection is made to one node, and follows no
    /// `MOVED`. The rest is as with ``subscribe(_:)``.
    @discardableResult
    public mutating func subscribe(sharded channel: String) -> Bool {
        link.session.subscribe(RedisChannel(.shard, channel), at: now.nanoseconds)
    }

    /// Ends the subscription to a channel. Messages that are on their way come still.
    public mutating func unsubscribe(_ channel: String) {
        link.session.unsubscribe(RedisChannel(.name, channel), at: now.nanoseconds)
    }

    /// Ends the subscription to a pattern. Messages that are on their way come still.
    public mutating func unsubscribe(pattern: String) {
        link.session.unsubscribe(RedisChannel(.pattern, pattern), at: now.nanoseconds)
    }

    /// Ends the subscription to a sharded channel. Messages that are on their way come still.
    public mutating func unsubscribe(sharded channel: String) {
        link.session.unsubscribe(RedisChannel(.shard, channel), at: now.nanoseconds)
    }

    // MARK: The connection

    /// Gives this connection up and makes another, for a handler that has found it to be useless
    /// although Redis answers: it has become a replica after a failover, or a message of the
    /// handler to itself does not come back.
    ///
    /// From the call on nothing is sent or received by it, and ``isUp`` is false: what was written
    /// in this turn is lost, and what has come and was not called back about.
    /// ``RedisHandler/onRedisDown(_:_:)-(RedisFailure,_)`` follows in this turn or the next, with
    /// `RedisFailure.abandoned` and the reason, and then the next attempt: after 25 to 50 ms, and
    /// later, up to 2 s, if the connection was itself younger than 2 s. Does nothing while there is
    /// no connection.
    ///
    /// - Parameter reason: a sentence for the log: what was found.
    public mutating func reconnect(because reason: String) { link.abandon(because: reason) }
}
