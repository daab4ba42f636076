// The server's reports on itself: the status, and metrics for Prometheus.
import ChatRooms
import Glibc
import WebSocketServer

extension ChatHandler {
    /// GET /status: JSON, or a screen of text if the request accepts text/plain.
    func status(_ head: RequestHead, _ io: borrowing ServerContext) -> HTTPResponse {
        var report = StatusReport()
        report.process = getpid()
        report.uptime = started.map { io.now.since($0) } ?? .zero
        report.isStopping = io.isStopping
        report.statistics = io.statistics
        report.gauges = io.gauges()
        report.connectionLimit = io.connectionLimit
        report.rates = rates
        report.loopLag = io.loopLag
        report.userCount = chat.userCount
        report.roomCount = chat.roomCount
        report.historyByteCount = chat.historyByteCount
        report.waiterCount = waiters.count
        report.chat = chat.counters
        report.busiestRooms = chat.busiestRooms(5)
        report.residentByteCount = ProcessFigures.residentByteCount ?? 0
        report.droppedLogRecordCount = service.droppedRecordCount
        guard head.list("Accept", contains: "text/plain") else {
            return .json(.ok, Array(report.json.utf8))
        }
        return HTTPResponse(
            .ok,
            headers: [
                ("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"),
            ], body: Array(report.screen.utf8))
    }

    /// GET /metrics.
    func metrics(_ io: borrowing ServerContext) -> HTTPResponse {
        var text = MetricsText(prefix: "roost")
        text.write(io.statistics, io.gauges(), connectionLimit: io.connectionLimit)
        text.write(.gauge, "users", "Users who are connected.", chat.userCount)
        text.write(.gauge, "rooms", "Rooms.", chat.roomCount)
        text.write(.gauge, "history_bytes", "Memory of kept messages.", chat.historyByteCount)
        text.write(.gauge, "long_polls", "Requests that wait for a message.", waiters.count)
        let counters = chat.counters
        text.write(
            .counter, "chat_messages_total", "Messages stored and published.",
            counters.messageCount)
        text.write(
            .counter, "chat_retries_total", "Messages that were known already.",
            counters.retryCount)
        text.write(.counter, "chat_logins_total", "Logins.", counters.loginCount)
        text.write(
            .counter, "chat_resumes_total", "Joins that said where the client stood.", by: "result",
            [("recovered", counters.recoveredCount), ("lost", counters.unrecoveredCount)])
        text.write(
            .counter, "chat_refusals_total", "Commands and requests refused.", by: "code",
            ErrorCode.allCases.map { ("\($0.name)", counters.refusals($0)) })
        text.write(
            .counter, "kicks_total", "Connections that an operator sent out.", by: "from",
            [("server", kicks.closedCount), ("room", kicks.expelledCount)])
        text.write(
            .counter, "log_records_dropped_total", "Log records that the journal did not take.",
            service.droppedRecordCount)
        var process = MetricsText(prefix: "process")
        if let bytes = ProcessFigures.residentByteCount {
            process.write(
                .gauge, "resident_memory_bytes", "Resident memory size in bytes.", bytes)
        }
        process.write(
            .counter, "cpu_seconds_total", "Total user and system CPU time spent in seconds.",
            ProcessFigures.cpuSeconds)
        let now = Double(io.wallClock.nanoseconds) / 1e9
        let age = started.map { io.now.since($0).inSeconds } ?? 0
        process.write(
            .gauge, "start_time_seconds", "Start time of the process since unix epoch in seconds.",
            now - age)
        return HTTPResponse(
            .ok,
            headers: [("Content-Type", MetricsText.contentType), ("Cache-Control", "no-store")],
            body: Array((text.text + process.text).utf8))
    }
}
