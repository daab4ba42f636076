// What is there now, for who measures: found by looking, so that keeping it costs nothing.
import WebSocketCore

/// What a server holds at this instant.
public struct Gauges: Sendable, Equatable {
    /// WebSockets that are open to the handler: ``ServerContext/connectionCount``.
    public var openCount = 0
    /// Connections of all kinds: WebSockets, HTTP, those being made and those being closed.
    public var connectionCount = 0
    /// Connections whose socket is full: they do not read as fast as they are sent to.
    public var blockedCount = 0
    /// Bytes that wait for connections' sockets, broadcasts not counted.
    public var outboxByteCount = 0
    /// Topics.
    public var topicCount = 0
    /// Subscriptions of connections to topics.
    public var subscriberCount = 0
    /// Bytes of broadcasts that are kept for subscribers who have still to get them.
    public var logByteCount = 0
    /// How far the subscriber is behind that is furthest behind in its topic, in bytes.
    public var cursorLagByteCount = 0

    /// Nothing is there.
    public init() {}
}

extension ServerContext {
    /// What is there now. It looks at each topic, and at 65,536 connections at most: of more it looks
    /// at every second, third … one, and reckons up. That takes some milliseconds then, so it is for
    /// once in a while.
    public func gauges() -> Gauges {
        var gauges = Gauges()
        gauges.openCount = connections.openCount
        gauges.connectionCount = connections.slots.count
        gauges.topicCount = topics.states.count
        gauges.subscriberCount = topics.subscriptions.count
        let step = max(1, (connections.slots.endIndex + 65_535) / 65_536)
        for slot in stride(from: 0, to: connections.slots.endIndex, by: step) {
            guard connections.slots[UInt32(slot)].phase != .free else { continue }
            gauges.outboxByteCount +=
                step * connections.slots[UInt32(slot)].delivery.outbox.bytes.count
            if connections.slots[UInt32(slot)].delivery.isBlocked { gauges.blockedCount += step }
        }
        for variant in 0..<UInt32(topics.variants.endIndex)
        where topics.variants[variant].subscribers.count > 0 {
            gauges.logByteCount += topics.variants[variant].log.frames.count
            let lag =
                topics.variants[variant].log.end
                - topics.variants[variant].oldestNeeded(topics.subscriptions)
            gauges.cursorLagByteCount = max(gauges.cursorLagByteCount, Int(lag))
        }
        return gauges
    }
}
