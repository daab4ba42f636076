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

    /// Subscribes to a channel: its messages come to
    /// `onRedisMessage` of a ``RedisHandler``, those of this server too. It may be
    /// called before there is a connection, and holds for each that is made: what is published
    /// while there is none is lost. Does nothing if the channel is subscribed already.
    public mutating func subscribe(_ channel: String) {
        link.session.subscribe(RedisChannel(.name, channel), at: now.nanoseconds)
    }

    /// Ends the subscription to a channel. Messages that are on their way come still.
    public mutating func unsubscribe(_ channel: String) {
        link.session.unsubscribe(RedisChannel(.name, channel), at: now.nanoseconds)
    }
}
