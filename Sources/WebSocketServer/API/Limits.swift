// Every limit of the server, with its default and the reason for it.
import WebSocketCore

/// What a server allows. Each limit names the close code, the HTTP status or the other consequence
/// of exceeding it; what it ends or refuses is counted in ``Statistics``.
///
/// Read when the server is made; ``ServerContext/update(limits:origin:hosts:)`` changes them later.
public struct Limits: Sendable {
    // What a peer may send.

    /// Bytes of one message, over all its frames; for a compressed message also its decompressed
    /// size. Beyond: close 1009. 64 KiB is enough for any chat message.
    public var messageByteCount = 64 * 1024
    /// How many times larger than its compressed form a message above 64 KiB may be (RFC 7692).
    /// Beyond: close 1009. Deflate can expand one byte to a thousand; text reaches a hundred.
    public var inflateRatio = InflateLimits.defaultRatio
    /// Frames of one message, and one more for each 4 bytes of it that have come. Beyond: close
    /// 1008. Only a message in empty or tiny frames gets there: of frames that carry 4 bytes on
    /// average there may be any number, up to ``messageByteCount``, while a million empty ones are
    /// an attack. A frame's header alone has six bytes, and a text that is sent word by word has
    /// longer pieces.
    public var fragmentCount = 128
    /// Bytes of a request head, and of the head of an answer to an outgoing handshake. Beyond: HTTP
    /// 414 if the target alone is that long, else 431 (RFC 6585 §5); for an answer
    /// ``CloseCause/handshakeFailed``. A head may have a field for each 64 bytes of this, or 100 if
    /// that is fewer. Browsers keep 4 KiB for a cookie and send several; with those of a single
    /// sign-on in front, heads of 9 KiB are met. A head is kept while it comes, for as long as
    /// ``handshakeDeadline``, and takes the memory of its received bytes.
    public var headByteCount = 16 * 1024
    /// Bytes of the body of an HTTP request. Beyond: HTTP 413.
    public var bodyByteCount = 64 * 1024

    // How long a peer may take.

    /// Time from accepting a connection to the end of its request, and between two requests of a
    /// kept-alive connection. Beyond: HTTP 408, or a plain close if nothing has come. Ten seconds
    /// are long on any network, and short for a client that only wants to occupy a descriptor. For
    /// the same time a peer may not read an HTTP response; beyond that it is reset.
    public var handshakeDeadline = Duration.seconds(10)
    /// Time that the handler may take for a decision about an opening handshake that it has put off
    /// (``UpgradeDecision/later``). Beyond: HTTP 503. A token is looked up in milliseconds, and in
    /// ten seconds by a database that is being restarted; meanwhile the client has a place of its
    /// address (``connectionsPerAddress``) and knows nothing.
    public var upgradeDeadline = Duration.seconds(10)
    /// Time of an attempt to connect to one address of a host. Beyond: the next address, or
    /// ``CloseCause/connectFailed(_:)`` with ETIMEDOUT. The kernel alone would try for two minutes.
    /// Resolving the name and waiting for the server's answer have ``handshakeDeadline`` each.
    public var connectDeadline = Duration.seconds(5)
    /// Time from the first byte of a WebSocket message to its last; it is that of one message,
    /// however many came before. Control frames between its parts do not prolong it, and time in
    /// which the server does not read does not count. Beyond: close 1008. At 64 KiB the slowest
    /// mobile line (GSM, 9,600 bit/s) takes 55 s; with larger messages allow more.
    public var messageDeadline = Duration.seconds(60)
    /// Silence of the peer after which it gets a Ping. Proxies drop idle connections after 60 s.
    public var pingInterval = Duration.seconds(25)
    /// Time from the Ping to any sign of life: bytes from the peer, or reading at
    /// ``slowestReadRate``. Beyond: the connection is reset.
    public var pongDeadline = Duration.seconds(10)
    /// How often an event stream gets a comment, whatever else it gets: so that no proxy takes it
    /// for idle, and to find out whether anybody is there. If the reader's TCP has acknowledged
    /// nothing from one comment to the next, the connection is reset. WHATWG HTML §9.2.7 advises
    /// 15 s.
    public var eventStreamInterval = Duration.seconds(15)
    /// Time from our Close frame to the peer's, and for the peer to read our last bytes. Beyond:
    /// the connection is reset, unless it is still reading: ``slowestReadRate``.
    public var closeDeadline = Duration.seconds(5)
    /// Bytes a second that a peer with a slow line has to take while output waits for it: as long
    /// as its TCP acknowledges that much over ``pongDeadline``, ``closeDeadline`` or
    /// ``handshakeDeadline``, it counts as alive when one of these is over, and has the same time
    /// again. One segment in five seconds is more, and the slowest mobile line (GSM, 9,600 bit/s)
    /// four times as fast. A peer that takes a byte now and then is reset.
    public var slowestReadRate = 256

    // How much is kept for a peer.

    /// Bytes of output that others caused and the peer's socket has not taken: direct messages and
    /// streamed bodies. Beyond: a Close (``CloseCause/slowConsumer(_:)``), or a reset if it speaks
    /// HTTP. Output is offered to the socket first, so a burst that the socket takes does not
    /// count. With TLS up to 64 KiB more may wait, which are encrypted already.
    public var outboxByteCount = 1024 * 1024
    /// Bytes that the kernel takes for a connection before it can send them (TCP_NOTSENT_LOWAT, for
    /// connections from then on). What is in the kernel can't be replaced by anything newer, and a
    /// subscriber whose megabytes lie there is never behind. 16 KiB are a quarter of a second at
    /// 480 kbit/s; what a fast line has under way is not bounded by it.
    public var unsentByteCount = 16 * 1024
    /// The code of the Close frame for a client that reads too slowly. The default is 1008 (policy
    /// violation); an application may set its own from 4000–4999 (RFC 6455 §7.4.2).
    public var slowConsumerCloseCode = CloseCode.policyViolation
    /// Bytes of output that the peer caused itself (echoes, replies) and has not read. Beyond:
    /// reading from it is paused until half of them are sent.
    public var ownOutputByteCount = 256 * 1024
    /// Bytes of broadcasts by which a subscriber may be behind its topic. Beyond: the topic's
    /// ``SlowConsumerPolicy``. If a publisher fills half of that faster than it can be sent,
    /// reading from the publisher is paused until it has been sent. Each topic may have its own
    /// limit: ``ServerContext/makeTopic(policy:logByteLimit:)``.
    public var topicLogByteCount = 1024 * 1024

    /// Keys of a ``SlowConsumerPolicy/latestPerKey`` topic. Beyond: the key that was published
    /// longest ago is forgotten, as if it had been removed, and counted in
    /// ``Statistics/evictedKeyCount``. A new subscriber gets them all, so that ten thousand small
    /// ones are about as much as a web page.
    public var topicKeyCount = 10_000
    /// Bytes that one ``SlowConsumerPolicy/latestPerKey`` topic retains: the newest frame of each
    /// key, also its compressed form if somebody uses that, and 128 for each key. Beyond: as for
    /// ``topicKeyCount``; the message that was just published stays, whatever its size. They belong
    /// to ``memoryByteCount``, but no peer pins them: closing connections frees none of them, so
    /// an application with many such topics bounds their number.
    public var retainedByteCount = 2 * 1024 * 1024

    /// The time that broadcasts of a ``SlowConsumerPolicy/skipToLatest`` topic may take on their
    /// way to a subscriber whose socket was full, at the speed of its line: beyond, it skips to the
    /// newest message, even if it is less than ``topicLogByteCount`` behind. The kernel gets no
    /// more for it than it can send in that time. With the queues of a mobile network a message is
    /// then a second old, and not ten.
    public var skipDelay = Duration.milliseconds(300)

    /// Bytes of all that peers make the server hold: output that waits, messages and bodies that
    /// are not complete, broadcasts that somebody has not taken, and
    /// ``ServerContext/applicationByteCount``. Beyond: whoever pins the most is closed first
    /// (``CloseCause/memoryShort``), until an eighth is free. The kernel's socket buffers do not
    /// count. Nil for a quarter of the control group's memory.high if there is one, else 256 MiB.
    public var memoryByteCount: Int?
    /// What ``memoryByteCount`` is where no operator has set a limit.
    public static let usualMemoryByteCount = 256 << 20
    /// How long an open connection whose socket is full may take nothing at all, although it
    /// answers Pings: a phone out of reach is back or gone by then. Beyond: a Close
    /// (``CloseCause/slowConsumer(_:)``). It is looked at at the connection's other deadlines, so
    /// that it may have up to half a minute more.
    public var stallDeadline = Duration.seconds(30)

    // Admission. Refused with close 1013 after the handshake, so that a browser can see it.

    /// Connections in total. When there are as many, a new one closes an idle HTTP connection if
    /// there is any. Nil for what RLIMIT_NOFILE allows, less 96 (or a quarter, if that is
    /// fewer). Up to 32 connections at a time that exceed this or another limit are accepted only
    /// to be closed with 1013; any beyond them get HTTP 503.
    public var connectionCount: Int?
    /// WebSockets from one address (/32 of IPv4, /64 of IPv6); nil for no limit. Peers on loopback
    /// are exempt, but not clients that a proxy says are there.
    ///
    /// Connections that are no WebSockets, or not yet, are counted apart: an address may have six
    /// times as many of them, since browsers open up to six to load a page. One more closes the
    /// connection that has been idle for the longest; if none is idle it is refused.
    ///
    /// 250 people with two tabs each share the address of their office. What one address can take
    /// from others is bounded by its work (``workRatePerAddress``) and not by this.
    public var connectionsPerAddress: Int? = 512
    /// New WebSockets a second from one address, and a seventh of the new connections; nil for no
    /// limit. Loopback is exempt. After a rest as many may come at once as
    /// ``connectionsPerAddress`` allows.
    public var connectionRatePerAddress: Int? = 10

    // What a handler may have waiting.

    /// Tasks of ``WebSocketHandler/startTask(for:within:_:_:then:otherwise:)`` that have not
    /// returned, cancelled ones included. Beyond: ``TaskFailure/tooMany``. A connection has usually
    /// one at a time, since it is not read meanwhile.
    public var taskCount = 1024
    /// Time that a task may take if its start names no other. Beyond: it is cancelled
    /// (``TaskFailure/timedOut``). Ten seconds are as long as a person waits.
    public var taskDeadline = Duration.seconds(10)
    /// Timers that are set (``ServerContext/setTimer(_:after:for:)``), at some 200 bytes each.
    /// Beyond: no further timer is set.
    public var timerCount = 1024 * 1024

    // The work of one turn of the loop, before it looks at everything else again.

    /// Connections accepted in one turn, over all listeners, at about 20 µs each.
    public var acceptBudget = 64
    /// Sends to subscribers of topics in one turn, at 4–9 µs each; each 16 KiB count as one more.
    /// Direct messages are not bounded by it.
    public var flushBudget = 1024

    /// Work of one turn, in the units of ``Work``, about nanoseconds: beyond that the turn's other
    /// events are handled in the next one, and everything else comes in between. One message or
    /// request that has begun is finished. Waiting connections, output that others have caused,
    /// deadlines and ends have their own parts, of a quarter to a whole of it, so that a turn stays
    /// below 20 ms whatever it has to do.
    public var workPerTurn = 1024 * 1024
    /// Work a second that one address (/32 of IPv4, /64 of IPv6) may cause; nil for no limit.
    /// Loopback is exempt. The unit is that of ``Work``: the default is a quarter of one CPU.
    /// Beyond: its connections are not read until the debt is repaid, in the order in which they
    /// have asked; nothing is refused. What a message causes beyond 8 KiB counts, so that echoes
    /// and chatter do not, and pages, searches and compressed answers do: 250 people behind one
    /// address need a tenth of it when they all come back at once.
    public var workRatePerAddress: Int? = 25 * Limits.workOfOnePercent

    /// A hundredth of one CPU's time, as work a second.
    public static let workOfOnePercent = 10_000_000

    /// The defaults.
    public init() {}

    /// Limits for load tests on a machine of your own: messages up to 64 MiB, an hour for each; no
    /// limit on fragments, on output caused by others, or per address; a Ping after an hour of
    /// silence (those of a million idle connections would be a load of their own). All others have
    /// their defaults.
    public static var benchmark: Limits {
        var limits = Limits()
        limits.messageByteCount = 64 * 1024 * 1024
        limits.fragmentCount = .max
        limits.outboxByteCount = .max
        limits.connectionsPerAddress = nil
        limits.connectionRatePerAddress = nil
        limits.workRatePerAddress = nil
        limits.memoryByteCount = .max
        limits.pingInterval = .seconds(3600)
        limits.messageDeadline = .seconds(3600)
        return limits
    }
}
