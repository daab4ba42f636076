// The server's reports on itself: the status, and metrics for Prometheus.
import ChatDatabase
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
        report.reloads = reloads
        report.statistics = io.statistics
        report.gauges = io.gauges()
        report.connectionLimit = io.connectionLimit
        report.rates = rates
        report.loopLag = io.loopLag
        report.userCount = chat.userCount
        report.roomCount = chat.roomCount
        report.historyByteCount = chat.historyByteCount
        report.history = database?.figures
        report.historyProblem = storeProblem
        report.engine = engineStatus
        report.waiterCount = waiters.count
        report.chat = chat.counters
        report.busiestRooms = chat.busiestRooms(5)
        report.residentByteCount = ProcessFigures.residentByteCount ?? 0
        report.busiestAddresses = io.busiestAddresses
        report.certificates = certificateRows(io)
        report.certificateWords = encryption.certificates.map {
            "\($0.names.first ?? "no name") until \($0.lastDay)"
        }
        report.hosts = encryption.hostNames
        report.droppedLogRecordCount = service.droppedRecordCount
        return .status(report, head)
    }

    /// GET /metrics.
    func metrics(_ io: borrowing ServerContext) -> HTTPResponse {
        var text = MetricsText(prefix: "roost")
        let gauges = io.gauges()
        text.write(io.statistics, gauges, connectionLimit: io.connectionLimit)
        text.write(.gauge, "users", "Users who are connected.", chat.userCount)
        text.write(.gauge, "rooms", "Rooms.", chat.roomCount)
        text.write(.gauge, "accounts", "Names that are somebody's own.", chat.accountCount)
        text.write(
            .gauge, "sanctions", "Bans and mutes that hold.", by: "kind",
            [("ban", UInt64(chat.banCount)), ("mute", UInt64(chat.muteCount))])
        text.write(.gauge, "hooks", "Programs that may post in one room each.", chat.hookCount)
        text.write(.gauge, "history_bytes", "Memory of kept messages.", chat.historyByteCount)
        text.write(.gauge, "long_polls", "Requests that wait for a message.", waiters.count)
        let counters = chat.counters
        text.write(
            .counter, "chat_messages_total", "Messages stored and published.",
            counters.messageCount)
        text.write(
            .counter, "chat_changes_total", "Changes of messages and topics, published like them.",
            by: "kind",
            EntryKind.allCases.filter { $0 != .message }.map {
                ("\($0)", counters.changeCounts[Int($0.rawValue)])
            })
        text.write(
            .counter, "chat_retries_total", "Messages that were known already.",
            counters.retryCount)
        text.write(.counter, "chat_logins_total", "Logins.", counters.loginCount)
        text.write(
            .counter, "chat_password_failures_total", "Logins with a wrong password.",
            counters.passwordFailureCount)
        text.write(
            .counter, "chat_resumes_total", "Joins that said where the client stood.", by: "result",
            [("recovered", counters.recoveredCount), ("lost", counters.unrecoveredCount)])
        text.write(
            .counter, "chat_refusals_total", "Commands and requests refused.", by: "code",
            ErrorCode.allCases.map { ("\($0.name)", counters.refusals($0)) })
        text.write(
            .counter, "moderations_total", "What moderators and operators have done.",
            by: "action",
            zip(ModerationAction.allCases, counters.moderationCounts).map {
                ($0.rawValue, $1)
            })
        text.write(
            .counter, "kicks_total", "Connections that an operator sent out.", by: "from",
            [("server", kicks.closedCount), ("room", kicks.expelledCount)])
        text.write(
            .counter, "publish_tokens_refused_total",
            "Wrong tokens to publish or post, and requests refused since their address sent many.",
            by: "reason", [("wrong", guesses.wrongCount), ("limited", guesses.limitedCount)])
        writeCertificates(to: &text)
        engineStatus?.write(to: &text)
        if let database { write(database.figures, to: &text) }
        text.write(
            .counter, "log_records_dropped_total", "Log records that the journal did not take.",
            service.droppedRecordCount)
        return .metrics(
            text.text
                + OperationMetrics.text(
                    lastReload, isServing: true, connectionCount: gauges.connectionCount))
    }
}

extension ChatHandler {
    /// The database's metrics.
    private func write(_ history: DatabaseFigures, to text: inout MetricsText) {
        text.write(
            .gauge, "database_works", "1 while messages can be kept.",
            history.state == .works ? 1 : 0)
        text.write(
            .gauge, "database_bytes", "Bytes of the database.", by: "what",
            [
                ("file", UInt64(history.fileByteCount)), ("used", UInt64(history.usedByteCount)),
                ("limit", UInt64(history.byteLimit)),
            ])
        text.write(.gauge, "database_messages", "Messages kept.", history.entryCount)
        text.write(
            .counter, "database_failures_total", "Attempts to write or read that failed.",
            by: "what",
            [
                ("write", UInt64(history.writeFailureCount)),
                ("read", UInt64(history.readFailureCount)),
            ])
        text.write(
            .counter, "database_commits_total", "Commits that have kept something.",
            history.commitCount)
        text.write(
            .counter, "database_commit_seconds_total", "How long these took together.",
            history.commitTime.total.inSeconds)
        text.write(
            .counter, "database_searches_total", "Searches, each by one command.",
            history.searchCount)
        text.write(
            .counter, "database_search_rows_total", "Messages that searches have looked at.",
            history.searchedRowCount)
        text.write(
            .counter, "database_search_seconds_total", "How long searches took together.",
            history.searchTime.total.inSeconds)
        text.write(
            .gauge, "database_waiting_batches", "Batches of messages that are not kept yet.",
            history.waitingBatchCount)
    }
}

extension HTTPResponse {
    /// Metrics in Prometheus' format.
    static func metrics(_ text: String) -> HTTPResponse {
        HTTPResponse(
            .ok,
            headers: [("Content-Type", MetricsText.contentType), ("Cache-Control", "no-store")],
            body: Array(text.utf8))
    }

    /// The status in the form that the request asks for.
    static func status(_ report: StatusReport, _ head: RequestHead) -> HTTPResponse {
        guard head.list("Accept", contains: "text/plain") else {
            return .json(.ok, Array(report.json.utf8))
        }
        return HTTPResponse(
            .ok,
            headers: [
                ("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"),
            ], body: Array(report.screen.utf8))
    }
}
