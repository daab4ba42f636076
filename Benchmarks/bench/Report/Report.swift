// The results of a load: printed, written as JSON, drawn, and compared later.
import Foundation

/// What `--json` writes: the reports of one call of `bench`.
struct ReportFile: Codable, Sendable {
    /// The version of this layout.
    var version = 1
    var command: [String]
    /// When the call began: ISO 8601.
    var date: String
    var machine: String
    var reports: [Report] = []

    init(command: [String], date: Date = Date(), machine: String) {
        self.command = command
        self.date = date.ISO8601Format()
        self.machine = machine
    }

    static func read(_ path: String) throws -> ReportFile {
        do {
            return try JSONDecoder().decode(
                ReportFile.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw ServerProcess.Failure(
                description: "\(path) is not a report written by bench with --json: \(error)")
        }
    }
}

/// One load against one server, in one or several runs.
struct Report: Codable, Sendable {
    /// `echo`, `fanout` …
    var load: String
    /// The load in words: what two reports must share to be compared.
    var title: String
    /// What is counted: messages, deliveries, cycles, connections.
    var unit: String
    var server: String
    var url: String
    var runs: [Run] = []

    var failures: [String: Int] {
        runs.reduce(into: [:]) { $0.merge($1.failures) { $0 + $1 } }
    }

    /// Whether TLS sessions were to be resumed, and the server does not do that: else all was well.
    var hasResumedNothing: Bool { Array(failures.keys) == [FailureKind.notResumed] }
}

/// One run.
struct Run: Codable, Sendable {
    /// The measured time.
    var seconds: Double
    var opened = 0
    /// From the first connect until all were ready.
    var openingSeconds = 0.0
    /// Messages of the whole run.
    var sent = 0
    var received = 0
    /// Units counted while measuring, and their bytes.
    var counted = 0
    var countedBytes = 0
    /// Bytes on the wire while measuring, to and from the server.
    var wireSent = 0
    var wireReceived = 0
    var requests = 0
    var latency: Percentiles?
    /// Latency by percentile: the curve that the page draws.
    var curve: [Point] = []
    /// How late the generator was with messages of an open loop.
    var lateness: Percentiles?
    var handshake: Percentiles?
    var resume: Percentiles?
    var upgrades: UpgradeFigures?
    var server: ServerUse?
    var generator = GeneratorUse()
    var timeline: [Slice] = []
    var extras: [String: Double] = [:]
    var failures: [String: Int] = [:]
    /// What limited the run.
    var limit = ""
    var warnings: [String] = []

    var perSecond: Double { seconds > 0 ? Double(counted) / seconds : 0 }
    /// The headline: units per second of the server's processor time.
    var perServerSecond: Double? {
        guard let server, server.cpuSeconds > 0 else { return nil }
        return Double(counted) / server.cpuSeconds
    }
}

/// Latencies in microseconds.
struct Percentiles: Codable, Sendable, Equatable {
    var count: UInt64
    var mean: Double
    var p50: Double
    var p90: Double
    var p99: Double
    var p999: Double
    var max: Double

    /// Nil if nothing was recorded.
    init?(_ latencies: Latencies) {
        guard !latencies.isEmpty else { return nil }
        count = latencies.count
        mean = latencies.mean / 1e3
        p50 = Double(latencies.percentile(50)) / 1e3
        p90 = Double(latencies.percentile(90)) / 1e3
        p99 = Double(latencies.percentile(99)) / 1e3
        p999 = Double(latencies.percentile(99.9)) / 1e3
        max = Double(latencies.maximum) / 1e3
    }
}

struct Point: Codable, Sendable, Equatable {
    var percentile: Double
    var microseconds: Double

    /// The curve of latencies by percentile, ever finer towards 100 %, as far as the number of
    /// values supports it.
    static func curve(of latencies: Latencies) -> [Point] {
        guard !latencies.isEmpty else { return [] }
        var points: [Point] = []
        var rest = 1.0
        // Eight points for each factor of ten in the remaining share.
        let factor = 0.1.squareRoot().squareRoot().squareRoot()
        while rest * Double(latencies.count) >= 1 {
            let percentile = 100 * (1 - rest)
            points.append(
                Point(
                    percentile: percentile,
                    microseconds: Double(latencies.percentile(percentile)) / 1e3))
            rest *= factor
        }
        points.append(Point(percentile: 100, microseconds: Double(latencies.maximum) / 1e3))
        return points
    }
}

/// What the server used while it was measured.
struct ServerUse: Codable, Sendable, Equatable {
    var cpuSeconds: Double
    var userSeconds: Double
    var systemSeconds: Double
    /// The share of the measured time: 1 is one processor all the time.
    var cores: Double
    /// Memory before the first connection, when all were open, at its peak, and at the end.
    var residentBefore: Int
    var residentOpen: Int
    var residentPeak: Int
    var processCount = 1
}

/// What the generator itself used.
struct GeneratorUse: Codable, Sendable, Equatable {
    var processCount = 1
    /// Processors used by all its processes together, and by the busiest one, which may be the
    /// limit.
    var cores = 0.0
    var busiestCore = 0.0
}

/// One interval of the timeline.
struct Slice: Codable, Sendable, Equatable {
    /// Its beginning, in seconds from the beginning of measuring.
    var at: Double
    var perSecond: Double
    var p50: Double
    var p99: Double
    var max: Double
    /// Processors that the server used, and its memory; nil if its process is not known.
    var serverCores: Double?
    var residentBytes: Int?
}
