// What is counted of the connection to Redis, and its metrics.

/// Counters of the connection to Redis since the server's start: ``Statistics/redis``. They only
/// grow.
public struct RedisStatistics: Sendable {
    /// Connections whose greeting was answered: all but the first in the place of a lost one.
    public var openedCount: UInt64 = 0
    /// Connections that were lost, and attempts that have failed, by the reason: a name for each
    /// `RedisFailure`, such as `unanswered`, `refused` or `not_connected`.
    public var failureCounts: [String: UInt64] = [:]
    /// Commands written: those of the handler, subscriptions, greetings and PINGs.
    public var commandCount: UInt64 = 0
    /// Pushes received that answer nothing: mostly messages of channels.
    public var pushCount: UInt64 = 0
    /// Bytes received from Redis: replies and messages, decrypted.
    public var bytesReceivedCount: UInt64 = 0
    /// Bytes of commands that were sent, before their encryption; they are among
    /// ``Statistics/bytesSentCount`` too.
    public var bytesSentCount: UInt64 = 0
    /// How long commands have waited for their answer: from the turn in which they were written to
    /// the turn in which it came.
    public var latency = LatencyHistogram()

    /// All counters 0.
    public init() {}
}

/// What the connection to Redis has at one time: ``Gauges/redis``.
public struct RedisGauges: Hashable, Sendable {
    /// Whether commands can be sent.
    public var isConnected = false
    /// Commands that were written and not answered yet.
    public var unansweredCount = 0
    /// Bytes that wait to be sent: the socket is full.
    public var outputByteCount = 0
    /// Channels and patterns that are subscribed to, with each connection anew.
    public var channelCount = 0

    /// Not connected, and all numbers 0.
    public init() {}

    init(isConnected: Bool, unansweredCount: Int, outputByteCount: Int, channelCount: Int) {
        self.isConnected = isConnected
        self.unansweredCount = unansweredCount
        self.outputByteCount = outputByteCount
        self.channelCount = channelCount
    }
}

extension MetricsSink {
    /// Writes nothing if there is no Redis.
    mutating func write(_ redis: RedisStatistics, _ gauges: RedisGauges?) {
        guard let gauges else { return }
        write(
            .gauge, "redis_connected", "Whether the connection to Redis can be used: 1 or 0.",
            gauges.isConnected ? 1 : 0)
        write(
            .counter, "redis_connections_total",
            "Connections to Redis: all but the first in the place of a lost one.",
            redis.openedCount)
        write(
            .counter, "redis_failures_total",
            "Connections to Redis that were lost, and attempts that have failed, by reason.",
            by: "reason",
            redis.failureCounts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        write(
            .counter, "redis_commands_total", "Commands written for Redis, PINGs among them.",
            redis.commandCount)
        write(
            .gauge, "redis_commands_unanswered", "Commands that Redis has not answered yet.",
            gauges.unansweredCount)
        write(
            "redis_command_seconds", "How long commands have waited for Redis's answer.",
            redis.latency)
        write(
            .counter, "redis_pushes_total", "Messages and other pushes received from Redis.",
            redis.pushCount)
        write(
            .gauge, "redis_channels", "Channels and patterns of Redis that are subscribed to.",
            gauges.channelCount)
        write(
            .counter, "redis_received_bytes_total", "Bytes received from Redis.",
            redis.bytesReceivedCount)
        write(
            .counter, "redis_sent_bytes_total", "Bytes of commands sent to Redis.",
            redis.bytesSentCount)
        write(
            .gauge, "redis_outbox_bytes", "Output that waits for Redis to read.",
            gauges.outputByteCount)
    }
}
