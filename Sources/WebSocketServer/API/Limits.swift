// Every bound of the server with its default and the reason for it.
import WebSocketCore

/// What a server allows. What lies beyond a limit has a close code, an HTTP status or a consequence
/// of its own, named with each; what it ends or refuses is counted in ``Statistics``.
///
/// Read when the server is made; ``ServerContext/update(limits:origin:)`` lets others hold later.
public struct Limits: Sendable {
    // What a peer may send.

    /// Bytes of one message, over all its frames, and once more when it is decompressed. Beyond: close 1009. 64 KiB holds any chat
    /// message.
    public var messageByteCount = 64 * 1024
    /// How many times larger than its compressed form a message above 64 KiB may be (RFC 7692).
    /// Beyond: close 1009. Deflate can say a thousand bytes in one; text reaches a hundred.
    public var inflateRatio = InflateLimits.defaultRatio
    /// Frames of one message. Beyond: close 1008. Browsers send one or a few; a million empty ones
    /// are an attack.
    public var fragmentCount = 128
    /// Bytes of a request head. Beyond: HTTP 414 if the target alone is that long, else 431
    /// (RFC 6585 §5). Browsers with many cookies stay under 8 KiB.
    public var headByteCount = 8 * 1024
    /// Bytes of an HTTP request's body. Beyond: HTTP 413.
    public var bodyByteCount = 64 * 1024

    // What it may take its time for.

    /// From the connection to the end of its request, and between two requests of one that is kept
    /// alive. Beyond: HTTP 408, or a plain close if nothing has come. Ten seconds are long on any
    /// network, and short for those who only want to hold a descriptor. As long may pass while the
    /// peer takes nothing of an answer over HTTP; beyond that it is reset.
    public var handshakeDeadline = Duration.seconds(10)
    /// From an attempt to connect outward to the connection: each address of a host has as long.
    /// Beyond: the next address, or ``CloseCause/connectFailed(_:)`` with ETIMEDOUT. The kernel alone
    /// would try for two minutes. What comes before and after it, the look-up of a name and the
    /// server's answer, has ``handshakeDeadline`` each.
    public var connectDeadline = Duration.seconds(5)
    /// Silence of the peer after which it is pinged. Proxies drop idle connections after 60 s.
    public var pingInterval = Duration.seconds(25)
    /// From the Ping to any sign of life. Beyond: the connection is reset.
    public var pongDeadline = Duration.seconds(10)
    /// From our Close to the peer's, and for the peer to take the last bytes that it is owed.
    /// Beyond: the connection is reset.
    public var closeDeadline = Duration.seconds(5)

    // What is kept for it.

    /// Bytes that others caused and its socket does not take: direct messages and streamed bodies.
    /// Beyond: a Close (``CloseCause/slowConsumer(_:)``), or a reset if it speaks HTTP. They are offered
    /// to the socket first, so a burst that the socket takes does not count.
    public var outboxByteCount = 1024 * 1024
    /// The code of the Close frame for a client that reads too slowly. By default 1008 (policy
    /// violation): 4000–4999 belong to applications (RFC 6455 §7.4.2), which may set one of theirs.
    public var slowConsumerCloseCode = CloseCode.policyViolation
    /// Bytes that it caused itself (echoes, replies) and has not read; beyond, nothing more is read
    /// from it until half of it is drained.
    public var ownOutputByteCount = 256 * 1024
    /// Bytes of broadcasts that a member of a topic may be behind. Beyond: the topic's
    /// ``SlowConsumerPolicy``. A publisher who fills half of it before it could be sent is not read
    /// until it has been. Each topic may have its own:
    /// ``ServerContext/makeTopic(policy:logByteLimit:)``.
    public var topicLogByteCount = 1024 * 1024

    // Who may connect. Refused with close 1013, after the handshake, so that a browser sees it.

    /// Connections in all; nil for what RLIMIT_NOFILE allows, less 96 (a quarter, if that is
    /// fewer). 32 at a time are let in only to be told 1013, whichever limit they are beyond; what
    /// comes beyond these gets HTTP 503.
    public var connectionCount: Int?
    /// Connections from one address (/32 of IPv4, /64 of IPv6); loopback is exempt. nil: no limit.
    public var connectionsPerAddress: Int? = 64
    /// New connections a second from one address; loopback is exempt. nil: no limit. After a rest
    /// as many may come at once as ``connectionsPerAddress`` allows, since a page opens several.
    public var connectionRatePerAddress: Int? = 10

    // What one turn of the loop does before it looks at everything else again.

    /// Bytes received in one turn, give or take one receive (128 KiB): 8 MiB take a few
    /// milliseconds.
    public var readByteBudget = 8 * 1024 * 1024
    /// Connections accepted in one turn, over all listeners, at about 20 µs each.
    public var acceptBudget = 128
    /// Sends to members of topics in one turn, at 4–9 µs each; each 16 KiB count as one more. What
    /// is sent to connections directly is not held back by it.
    public var flushBudget = 1024

    /// The defaults.
    public init() {}

    /// The measuring profile: messages to 64 MiB, fragments and output caused by others without
    /// limit, no limits per address, a ping after an hour of silence (those of a million idle
    /// connections would be a load of their own). Everything else stays. For load tests on a machine
    /// of one's own.
    public static var benchmark: Limits {
        var limits = Limits()
        limits.messageByteCount = 64 * 1024 * 1024
        limits.fragmentCount = .max
        limits.outboxByteCount = .max
        limits.connectionsPerAddress = nil
        limits.connectionRatePerAddress = nil
        limits.pingInterval = .seconds(3600)
        return limits
    }
}
