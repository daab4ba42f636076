// Where metrics go: into a text for Prometheus, or into another system.

/// Takes metrics, family after family: ``MetricsText`` writes them as text, and a type of a
/// program's own passes them on to the system that it uses. ``write(_:_:connectionLimit:)`` gives
/// it all that the server counts.
public protocol MetricsSink {
    /// Begins a family; its samples follow.
    ///
    /// - Parameters:
    ///   - kind: the type of the metric.
    ///   - name: the family's name, of a to z, digits and underscores.
    ///   - help: a sentence that says what is counted.
    mutating func family(_ kind: MetricKind, _ name: String, _ help: String)

    /// A sample of the family that was begun last. Those of a histogram have its name with
    /// `_bucket`, `_sum` or `_count` behind it, as Prometheus has them.
    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: some MetricValue)
}

/// The type of a metric.
public enum MetricKind: String, Sendable {
    /// A number that only grows, from 0 at the start of the process; its name ends in `_total`.
    case counter
    /// A number that goes up and down.
    case gauge
    /// Counts in buckets with upper bounds.
    case histogram
}

/// A number that a metric can have.
public protocol MetricValue: CustomStringConvertible, Sendable {
    /// The number as a `Double`: exact up to 2⁵³.
    var metricValue: Double { get }
}

extension Int: MetricValue {
    public var metricValue: Double { Double(self) }
}

extension UInt64: MetricValue {
    public var metricValue: Double { Double(self) }
}

extension UInt32: MetricValue {
    public var metricValue: Double { Double(self) }
}

extension Double: MetricValue {
    public var metricValue: Double { self }
}

extension MetricsSink {
    /// Writes a family of one number without labels.
    public mutating func write(
        _ kind: MetricKind, _ name: String, _ help: String, _ value: some MetricValue
    ) {
        family(kind, name, help)
        sample(name, [], value)
    }

    /// Writes a family of one number for each value of a label.
    public mutating func write<Value: MetricValue>(
        _ kind: MetricKind, _ name: String, _ help: String, by label: String,
        _ values: some Sequence<(String, Value)>
    ) {
        family(kind, name, help)
        for (value, number) in values { sample(name, [(label, value)], number) }
    }

    /// Writes a histogram: of durations, in seconds, or of what it counts `perUnit` of.
    public mutating func write(
        _ name: String, _ help: String, _ histogram: LatencyHistogram, perUnit: Double = 1e9
    ) {
        family(.histogram, name, help)
        var sum: UInt64 = 0
        for (bucket, count) in histogram.counts.enumerated() {
            sum += count
            let bound =
                LatencyHistogram.bound(bucket).map { "\(Double($0) / perUnit)" } ?? "+Inf"
            sample(name + "_bucket", [("le", bound)], sum)
        }
        sample(name + "_sum", [], Double(histogram.nanoseconds) / perUnit)
        sample(name + "_count", [], sum)
    }
}
