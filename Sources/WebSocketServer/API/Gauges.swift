// Current numbers for metrics: counted on demand, so that the server need not keep them.
import WebSocketCore

/// What a server has at one time; see ``ServerContext/gauges()``.
public struct Gauges: Sendable {
    /// Open WebSockets: ``ServerContext/connectionCount``.
    public var openCount = 0
    /// Connections of all kinds: WebSockets, HTTP, outgoing ones that are not open yet, and closing
    /// ones.
    public var connectionCount = 0
    /// WebSockets that would survive a crash if they were at rest:
    /// ``ServerContext/parkedConnectionCount``.
    public var parkedCount = 0
    /// Event streams: ``ServerContext/eventStreamCount``.
    public var eventStreamCount = 0
    /// Connections whose socket is full: they read more slowly than they are sent to.
    public var blockedCount = 0
    /// Bytes that wait for the sockets of connections, without broadcasts in the logs of topics.
    public var outboxByteCount = 0
    /// Topics that have been made and not removed.
    public var topicCount = 0
    /// Subscriptions of connections to topics.
    public var subscriberCount = 0
    /// Bytes of broadcasts that are kept for subscribers which have not been sent them yet.
    public var logByteCount = 0
    /// Keys of ``SlowConsumerPolicy/latestPerKey`` topics.
    public var keyCount = 0
    /// Bytes that such topics retain, as ``Limits/retainedByteCount`` counts them.
    public var retainedByteCount = 0
    /// The largest number of bytes by which any subscriber is behind its topic.
    public var cursorLagByteCount = 0

    /// Tasks of connections that have not returned.
    public var taskCount = 0
    /// Timers that are set.
    public var timerCount = 0

    /// TLS handshakes of accepted connections under way; 1,024 at most.
    public var tlsHandshakeCount = 0
    /// The connection to Redis; nil if the server was given no ``ServerConfiguration/redis``.
    public var redis: RedisGauges?
    /// Bytes held for peers: ``ServerContext/memoryByteCount``.
    public var memoryByteCount = 0
    /// The most of them.
    public var memoryLimit = 0
    /// Connections that wait for their share of work: ``ServerContext/waitingCount``.
    public var waitingCount = 0
    /// How often a connection has had to wait, since the start.
    public var waitCount: UInt64 = 0
    /// How long turns take.
    public var turns = TurnLengths()

    /// All numbers 0.
    public init() {}
}

extension ServerContext {
    /// Counts what the server has now. It looks at every topic and at no more than 65,536
    /// connections: if there are more, it samples every second, third … one and extrapolates. That
    /// takes up to some milliseconds, so call it only now and then.
    public func gauges() -> Gauges {
        var gauges = Gauges()
        gauges.openCount = connections.openCount
        gauges.parkedCount = recovery.parkedCount
        gauges.eventStreamCount = connections.streamCount
        gauges.connectionCount = connections.slots.count
        gauges.tlsHandshakeCount = encryption.handshakeCount
        gauges.memoryByteCount = telemetry.memoryByteCount
        gauges.memoryLimit = settings.memoryLimit
        (gauges.waitingCount, gauges.waitCount) = telemetry.waiting
        gauges.turns = telemetry.turns
        gauges.redis = redisGauges
        gauges.taskCount = tasks.runningCount
        gauges.timerCount = timers.count
        gauges.topicCount = topics.states.count
        for index in topics.retained.indices {
            gauges.keyCount += topics.retained[index].count
            gauges.retainedByteCount += topics.retained[index].byteCount
        }
        gauges.subscriberCount = topics.subscriptions.count
        let step = max(1, (connections.slots.endIndex + 65_535) / 65_536)
        for slot in stride(from: 0, to: connections.slots.endIndex, by: step) {
            guard connections.slots[Slot(slot)].phase != .free else { continue }
            gauges.outboxByteCount +=
                step
                * (connections.slots[Slot(slot)].delivery.outbox.bytes.count
                    + encryption.unsentByteCount(connections.slots[Slot(slot)].encryption))
            if connections.slots[Slot(slot)].delivery.isBlocked { gauges.blockedCount += step }
        }
        for variant in topics.variants.indices where topics.variants[variant].subscribers.count > 0
        {
            gauges.logByteCount += topics.variants[variant].log.frames.count
            let lag =
                topics.variants[variant].log.end
                - topics.variants[variant].oldestNeeded(topics.subscriptions)
            gauges.cursorLagByteCount = max(gauges.cursorLagByteCount, Int(lag))
        }
        return gauges
    }
}
