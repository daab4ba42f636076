// Writes metrics in the text format of Prometheus, version 0.0.4.

/// Writes metrics, family after family, in the text format of Prometheus (version 0.0.4). Names and
/// labels must be ASCII; label values are escaped.
public struct MetricsText: MetricsSink, Sendable {
    /// The value of Content-Type for this format.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// The text written so far.
    public private(set) var text = ""
    /// The prefix of every name, with its underscore.
    private let prefix: String

    /// An empty text; every family's name will begin with `prefix` and an underscore.
    public init(prefix: String) { self.prefix = prefix + "_" }

    public mutating func family(_ kind: MetricKind, _ name: String, _ help: String) {
        text += "# HELP \(prefix)\(name) \(help)\n# TYPE \(prefix)\(name) \(kind.rawValue)\n"
    }

    public mutating func sample(
        _ name: String, _ labels: [(String, String)], _ value: some MetricValue
    ) {
        text += prefix + name
        if !labels.isEmpty {
            let pairs = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }
            text += "{" + pairs.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }

    private static func escaped(_ value: String) -> String {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

extension MetricsSink {
    /// Writes all counters of the server, and what it has now: see ``ServerContext/gauges()``.
    public mutating func write(_ statistics: Statistics, _ gauges: Gauges, connectionLimit: Int) {
        write(.gauge, "connections", "Open WebSockets.", gauges.openCount)
        write(
            .gauge, "connections_parked", "Open WebSockets that would survive a crash.",
            gauges.parkedCount)
        write(
            .gauge, "event_streams", "Open event streams over HTTP.", gauges.eventStreamCount)
        write(.gauge, "sockets", "Connections of all kinds.", gauges.connectionCount)
        write(
            .gauge, "connections_limit", "The connection limit.", connectionLimit)
        write(
            .counter, "connections_accepted_total", "Connections accepted.",
            statistics.acceptedCount)
        write(
            .counter, "connections_opened_total", "Opening handshakes completed.",
            statistics.openedCount)
        write(
            .counter, "connections_refused_total", "Connections and requests refused.",
            by: "reason", Refusal.allCases.map { ($0.name, statistics.refusals($0)) })
        writeCloses(statistics)
        write(statistics.tls, handshakeCount: gauges.tlsHandshakeCount)
        write(statistics.redis, gauges.redis)
        write(
            .counter, "accept_pauses_total", "Pauses of accepting for lack of descriptors.",
            statistics.acceptPauseCount)
        write(
            .counter, "event_streams_begun_total", "Event streams begun.",
            statistics.eventStreamCount)
        write(.counter, "http_requests_total", "HTTP requests answered.", statistics.requestCount)
        write(
            .counter, "messages_received_total", "Messages received.",
            statistics.messagesReceivedCount)
        write(
            .counter, "messages_sent_total", "Messages sent, by way.", by: "way",
            [("direct", statistics.directCount), ("topic", statistics.deliveryCount)])
        write(
            .counter, "messages_published_total", "Messages published to topics.",
            statistics.publishedCount)
        write(
            .counter, "received_bytes_total", "Bytes received.", statistics.bytesReceivedCount)
        write(.counter, "sent_bytes_total", "Bytes given to the kernel.", statistics.bytesSentCount)
        write(.counter, "sends_total", "Calls of send(2).", statistics.sendCount)
        write(.gauge, "topics", "Topics.", gauges.topicCount)
        write(.gauge, "topic_members", "Subscriptions to topics.", gauges.subscriberCount)
        write(
            .gauge, "topic_log_bytes",
            "Broadcasts kept for subscribers that have not been sent them yet.",
            gauges.logByteCount)
        write(
            .gauge, "topic_cursor_lag_bytes", "How far the slowest subscriber is behind its topic.",
            gauges.cursorLagByteCount)
        write(
            .counter, "topic_skips_total", "Moves of slow subscribers to the newest message.",
            statistics.skipCount)
        write(.gauge, "topic_keys", "Keys of topics that keep each key's newest.", gauges.keyCount)
        write(
            .gauge, "topic_retained_bytes", "Bytes of each key's newest message.",
            gauges.retainedByteCount)
        write(
            .counter, "topic_keys_evicted_total", "Keys forgotten since a topic had too many.",
            statistics.evictedKeyCount)
        write(
            .counter, "topic_falling_behind_total",
            "Slow subscribers that have come to half of their topic's limit.",
            statistics.fallingBehindCount)
        write(
            .counter, "sweep_seconds_total", "Time spent on sending broadcasts, sampled.",
            Double(statistics.sweepNanoseconds) / 1e9)
        write(.counter, "sweeps_total", "Turns with broadcasts to send.", statistics.sweepCount)
        write(
            .gauge, "blocked_connections", "Connections that do not read what they are sent.",
            gauges.blockedCount)
        write(
            .gauge, "outbox_bytes", "Output that waits for connections to read, broadcasts apart.",
            gauges.outboxByteCount)
        write(.gauge, "tasks", "Async tasks of connections under way.", gauges.taskCount)
        write(
            .counter, "tasks_total", "Async tasks of connections, by outcome of the start.",
            by: "start",
            [("started", statistics.startedTaskCount), ("refused", statistics.refusedTaskCount)])
        write(
            .counter, "tasks_timed_out_total", "Async tasks cancelled at their deadline.",
            statistics.timedOutTaskCount)
        write(.gauge, "timers", "Timers that are set.", gauges.timerCount)
        write(.counter, "loop_turns_total", "Turns of the event loop.", statistics.turnCount)
        write("turn_seconds", "How long turns of the event loop take.", gauges.turns.time)
        write(
            "turn_work", "The work of turns, in nanoseconds at fixed costs.", gauges.turns.work,
            perUnit: 1)
        write(
            .gauge, "turn_longest_seconds", "The longest turn of the last minute.",
            Double(gauges.turns.longest.wholeNanoseconds) / 1e9)
        write(
            .gauge, "turn_cpu_longest_seconds",
            "The longest turn of the last minute, in CPU time of its thread.",
            Double(gauges.turns.longestCPUTime.wholeNanoseconds) / 1e9)
        write(
            .gauge, "waiting_connections",
            "Connections that wait since they or their address have used their share of work.",
            gauges.waitingCount)
        write(
            .counter, "waits_total", "Waits of connections for their share of work.",
            gauges.waitCount)
        write(
            .gauge, "memory_bytes", "Memory of what clients make the server hold.",
            gauges.memoryByteCount)
        write(
            .gauge, "memory_limit_bytes", "The most of it.",
            gauges.memoryLimit)
        write(
            "loop_lag_seconds", "How long an event waited for the loop, probed once a second.",
            statistics.loopLag)
    }

    private mutating func writeCloses(_ statistics: Statistics) {
        family(
            .counter, "connections_closed_total", "Closed WebSockets, by cause and close code.")
        let closes = statistics.closeCodeCounts.sorted {
            ($0.key.cause, $0.key.code) < ($1.key.cause, $1.key.code)
        }
        for (key, count) in closes {
            let code = key.code == 0 ? "other" : "\(key.code)"
            let cause = CloseCause.counterNames[Int(key.cause)]
            sample("connections_closed_total", [("cause", cause), ("code", code)], count)
        }
    }
}
