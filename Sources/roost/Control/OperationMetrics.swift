// The metrics that every server has, whether it serves or not: version, configuration, process.
import CommandLineOptions
import WebSocketServer

/// What came of the last reading of the configuration, at the start or at a reload.
struct LastReload {
    var isGood = true
    var at = WallTime(nanoseconds: 0)
}

enum OperationMetrics {
    /// The metrics' text.
    static func text(
        _ reload: LastReload, isServing: Bool, connectionCount: Int
    ) -> String {
        var roost = MetricsText(prefix: "roost")
        roost.family(.gauge, "build_info", "The version that runs; the value is always 1.")
        roost.sample("build_info", [("version", Version.current)], 1)
        roost.write(
            .gauge, "configuration_error",
            "1 while the server serves nobody, because its configuration has an error.",
            isServing ? 0 : 1)
        roost.write(
            .gauge, "last_reload_success",
            "1 if the configuration was good when it was last read, at the start or at a reload.",
            reload.isGood ? 1 : 0)
        roost.write(
            .gauge, "last_reload_timestamp_seconds",
            "When the configuration was last read, good or not, since unix epoch in seconds.",
            Double(reload.at.nanoseconds) / 1e9)
        return roost.text + process(connectionCount)
    }

    /// The names that Prometheus gives to the figures of any process.
    private static func process(_ connectionCount: Int) -> String {
        var text = MetricsText(prefix: "process")
        if let bytes = ProcessFigures.residentByteCount {
            text.write(.gauge, "resident_memory_bytes", "Resident memory size in bytes.", bytes)
        }
        text.write(
            .counter, "cpu_seconds_total", "Total user and system CPU time spent in seconds.",
            ProcessFigures.cpuSeconds)
        text.write(
            .gauge, "start_time_seconds", "Start time of the process since unix epoch in seconds.",
            ProcessFigures.startSeconds)
        if let count = ProcessFigures.openDescriptorCount(connectionCount: connectionCount) {
            text.write(.gauge, "open_fds", "Number of open file descriptors.", count)
        }
        text.write(
            .gauge, "max_fds", "Maximum number of open file descriptors.",
            ProcessFigures.descriptorLimit)
        return text.text
    }
}
