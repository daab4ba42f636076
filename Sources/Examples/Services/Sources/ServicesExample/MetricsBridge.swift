// All that the server counts, passed on to swift-metrics.
import Metrics
import WebSocketServer

/// Passes metrics on: `io` has them, once a second is often enough.
///
/// ```swift
/// mutating func onTick(_ io: inout ServerContext) { bridge.report(io) }
/// ```
struct MetricsBridge: MetricsSink {
    private var kind = MetricKind.gauge
    private var counters: [String: (counter: FloatingPointCounter, value: Double)] = [:]
    private var gauges: [String: Gauge] = [:]

    mutating func report(_ io: borrowing ServerContext) {
        write(io.statistics, io.gauges(), connectionLimit: io.connectionLimit)
    }

    mutating func family(_ kind: MetricKind, _ name: String, _ help: String) { self.kind = kind }

    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: some MetricValue) {
        let label = "websocket_" + name
        let key = label + labels.map { "{\($0.0)=\($0.1)}" }.joined()
        if kind == .gauge {
            let gauge = gauges[key] ?? Gauge(label: label, dimensions: labels)
            gauges[key] = gauge
            gauge.record(value.metricValue)
        } else {
            // Counters and the buckets of histograms only grow: what came since the last report.
            var entry =
                counters[key] ?? (FloatingPointCounter(label: label, dimensions: labels), 0)
            entry.counter.increment(by: value.metricValue - entry.value)
            entry.value = value.metricValue
            counters[key] = entry
        }
    }
}
