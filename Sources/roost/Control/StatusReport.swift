// The server's status: the figures of `roost status`, as JSON.
import ChatDatabase
import ChatRooms
import CommandLineOptions
import WebSocketServer

/// The live figures at one time.
struct StatusReport {
    var process: Int32 = 0
    var uptime = Duration.zero
    var isStopping = false
    var reloads = ReloadProgress()
    /// Why it does not serve, one sentence each; empty if it does.
    var faults: [String] = []
    var statistics = Statistics()
    var gauges = Gauges()
    var connectionLimit = 0
    var rates = Rates()
    var loopLag = Duration.zero
    var userCount = 0
    var roomCount = 0
    var historyByteCount = 0
    var waiterCount = 0
    var chat = ChatCounters()
    var busiestRooms: [(name: String, memberCount: Int)] = []
    /// Resident memory; 0 if it is unknown.
    var residentByteCount = 0
    var droppedLogRecordCount: UInt64 = 0
    /// The database of messages; nil if they are in memory only.
    var history: DatabaseFigures?
    /// Why nothing can be kept just now, or only slowly, and what to do; nil if all is well.
    var historyProblem: String?
    /// The rooms in Redis; nil if the server is alone.
    var engine: EngineStatus?
    /// The addresses that cause the most work, most first.
    var busiestAddresses: [AddressLoad] = []
    /// The certificates, and the names that the server was given; both are empty without them.
    var certificates: [JSONText] = []
    /// "chat.example.org until 2027-02-28", for each certificate.
    var certificateWords: [String] = []
    var hosts: [String] = []

    /// All figures, for programs.
    var json: String {
        var object = JSONText()
        object.add("process", Int(process))
        object.add("version", Version.current)
        object.add("state", state)
        object.add("faults", faults)
        object.add("uptime_seconds", uptime.inSeconds)
        object.add("reload", reloads.json)
        object.add("connections", gauges.openCount)
        object.add("connections_limit", connectionLimit)
        object.add("sockets", gauges.connectionCount)
        object.add("users", userCount)
        object.add("rooms", roomCount)
        object.add("long_polls", waiterCount)
        object.add("event_streams", gauges.eventStreamCount)
        object.add("history_bytes", historyByteCount)
        if let history { object.add("database", Self.object(history, problem: historyProblem)) }
        if let engine { object.add("engine", engine.json) }
        object.add("resident_bytes", residentByteCount)
        object.add("memory_bytes", gauges.memoryByteCount)
        object.add("memory_limit_bytes", gauges.memoryLimit)
        object.add("loop_lag_seconds", loopLag.inSeconds)
        object.add("longest_turn_seconds", gauges.turns.longest.inSeconds)
        object.add("longest_turn_cpu_seconds", gauges.turns.longestCPUTime.inSeconds)
        object.add("waiting_connections", gauges.waitingCount)
        object.add("waits", gauges.waitCount)
        object.add("blocked_connections", gauges.blockedCount)
        object.add("outbox_bytes", gauges.outboxByteCount)
        object.add("topic_cursor_lag_bytes", gauges.cursorLagByteCount)
        object.add("dropped_log_records", droppedLogRecordCount)
        object.add("per_second", ratesObject)
        object.add("accepted", statistics.acceptedCount)
        object.add("opened", statistics.openedCount)
        object.add("refused", Self.object(refusals))
        object.add("closed", Self.object(closes))
        object.add("messages", chat.messageCount)
        object.add("resumes_recovered", chat.recoveredCount)
        object.add("resumes_lost", chat.unrecoveredCount)
        object.add(
            "busiest_rooms", Self.object(busiestRooms.map { ($0.name, UInt64($0.memberCount)) }))
        object.add("busiest_addresses", busiestAddresses.map(Self.object))
        if !certificates.isEmpty {
            object.add("certificates", certificates)
            object.add("hosts", hosts)
        }
        return object.text
    }

    private var state: String {
        isStopping ? "stopping" : faults.isEmpty ? "serving" : "not_serving"
    }

    private var ratesObject: JSONText {
        var object = JSONText()
        object.add("accepted", rates.perSecond(\.accepted))
        object.add("messages_in", rates.perSecond(\.messagesIn))
        object.add("messages_out", rates.perSecond(\.messagesOut))
        object.add("bytes_in", rates.perSecond(\.bytesIn))
        object.add("bytes_out", rates.perSecond(\.bytesOut))
        return object
    }

    private static func object(_ history: DatabaseFigures, problem: String?) -> JSONText {
        var object = JSONText()
        object.add("path", history.path)
        object.add("state", history.stateWord)
        if let problem { object.add("problem", problem) }
        object.add("file_bytes", history.fileByteCount)
        object.add("used_bytes", history.usedByteCount)
        object.add("limit_bytes", history.byteLimit)
        object.add("messages", history.entryCount)
        if let oldest = history.oldestAt { object.add("oldest_ms", Int(oldest)) }
        object.add("commits", history.commitCount)
        object.add("last_commit_seconds", history.commitTime.last.inSeconds)
        object.add("typical_commit_seconds", history.commitTime.typical.inSeconds)
        object.add("longest_commit_seconds", history.commitTime.longest.inSeconds)
        object.add("write_failures", history.writeFailureCount)
        object.add("read_failures", history.readFailureCount)
        if let last = history.lastError { object.add("last_failure", "\(last)") }
        object.add("waiting_batches", history.waitingBatchCount)
        return object
    }

    private static func object(_ load: AddressLoad) -> JSONText {
        var object = JSONText()
        object.add("address", load.address.host)
        object.add("cpu_share", load.share)
        return object
    }

    private static func object(_ counts: [(String, UInt64)]) -> JSONText {
        var object = JSONText()
        for (name, count) in counts { object.add(name, count) }
        return object
    }

    /// The counts of refusals by cause, without zeros.
    var refusals: [(String, UInt64)] {
        Refusal.allCases.map { ($0.name, statistics.refusals($0)) }.filter { $0.1 > 0 }
    }

    /// The counts of closed connections by cause, without zeros.
    var closes: [(String, UInt64)] {
        zip(CloseCause.counterNames, statistics.closeCounts).filter { $0.1 > 0 }
    }
}

extension DatabaseFigures {
    /// `works`, or why it does not.
    var stateWord: String {
        switch state {
        case .works: "works"
        case .fails(let reason): reason.rawValue
        }
    }
}

extension UInt64 {
    /// Nanoseconds as seconds.
    var inSeconds: Double { Double(self) / 1e9 }
}

extension Duration {
    /// The number of seconds.
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
