// The log that the records of all loggers go to: the journal, standard error or a terminal.
import LibC
import LinuxReactor
import Logging
import Synchronization

/// The log of one service. All its loggers share it; it may be used from any thread.
///
/// Logging never waits. Up to ``backlogLimit`` records are kept while the journal has no room;
/// further records are dropped and counted, and so are records for which the reader of standard
/// error has no room. Records of a kind that comes too often are held back and counted.
/// ``heartbeat(isFinal:)`` logs these counts.
public final class ServiceLog: Sendable {
    /// The journal's socket for records: systemd-journald.service(8).
    public static let journalPath = "/run/systemd/journal/socket"

    /// The most records that are kept until the journal has room again. With the kernel's default
    /// queue (net.unix.max_dgram_qlen is 10), the queue is full as soon as the journal sleeps
    /// briefly.
    public static let backlogLimit = 256

    /// Where records go.
    public let destination: LogDestination
    private let identifier: String
    private let fieldPrefix: String
    private let messageIDs: [String: String]
    private let state: Mutex<State>

    private struct State: ~Copyable {
        var socket: DatagramSocket?
        /// Records that wait until the journal has room, oldest first.
        var backlog: [[UInt8]] = []
        var limiter = LogLimiter()
        var droppedCount: UInt64 = 0
        var toldDroppedCount: UInt64 = 0
        var hasToldOfJournal = false
    }

    /// A record before it is formatted.
    struct Record {
        var level: Logger.Level
        var message: String
        /// Fields with the keys of the program, such as "close-code".
        var fields: [(key: String, value: String)] = []
        /// The kind of the record, which selects the MESSAGE_ID.
        var event: String?
        /// Fields with names of the journal, such as CODE_FILE.
        var journalFields: [(name: String, value: String)] = []
    }

    /// A log for a service.
    ///
    /// - Parameters:
    ///   - destination: where it goes; by default the result of ``LogDestination/find()``.
    ///   - identifier: the name in front of its lines in `journalctl`: SYSLOG_IDENTIFIER.
    ///   - fieldPrefix: the prefix of the metadata's keys: with "ROOST", "close-code" becomes
    ///     ROOST_CLOSE_CODE.
    ///   - messageIDs: the MESSAGE_ID of each event, as 32 hexadecimal digits. A logger names the
    ///     event in its metadata, with the key "event".
    ///   - journalPath: the journal's socket.
    public init(
        destination: LogDestination = .find(), identifier: String, fieldPrefix: String,
        messageIDs: [String: String] = [:], journalPath: String = ServiceLog.journalPath
    ) {
        self.destination = destination
        self.identifier = identifier
        self.fieldPrefix = fieldPrefix
        self.messageIDs = messageIDs
        let socket = destination == .journal ? DatagramSocket.open(journalPath) : nil
        state = Mutex(State(socket: socket))
    }

    /// How many records were lost since the start, because the journal or the reader of standard
    /// error had no room for them. Records that were held back on purpose do not count.
    public var droppedCount: UInt64 { state.withLock { $0.droppedCount } }

    /// Sends waiting records, and logs how many records were held back or lost, if that is due.
    /// Call it about once a second, and with `isFinal` when the program ends.
    public func heartbeat(isFinal: Bool = false) {
        let now = Self.now()
        state.withLock { state in
            sendBacklog(&state)
            for summary in state.limiter.takeSummaries(at: now, isFinal: isFinal) {
                let seconds = max(1, summary.duration.wholeMilliseconds / 1000)
                let record = Record(
                    level: .notice,
                    message: "\(summary.count) more records of '\(summary.kind)' were not logged: "
                        + "too many came in \(seconds) s.",
                    fields: [("held-back", "\(summary.count)"), ("kind", summary.kind)],
                    event: "held-back")
                write(record, &state)
            }
            let lost = state.droppedCount - state.toldDroppedCount
            guard lost > 0 else { return }
            let before = state.droppedCount
            write(
                Record(
                    level: .warning,
                    message: "\(lost) records were lost: the log's reader had no room for them.",
                    fields: [("lost", "\(lost)")], event: "records-lost"),
                &state)
            // If this record was lost too, the next summary reports it.
            if state.droppedCount == before { state.toldDroppedCount = before }
        }
    }

    /// Logs a record unless too many of its kind come. The kind is its event, or `kind` if it has
    /// no event.
    func log(_ record: Record, kind: String) {
        let now = Self.now()
        state.withLock { state in
            guard state.limiter.admits(record.event ?? kind, at: now) else { return }
            write(record, &state)
        }
    }

    private func write(_ record: Record, _ state: inout State) {
        switch destination {
        case .journal: writeToJournal(record, &state)
        case .prefixed: writeLine(prefixedLine(record), &state)
        case .text: writeLine(Self.textLine(record), &state)
        }
    }

    private func writeToJournal(_ record: Record, _ state: inout State) {
        var entry = JournalRecord()
        // journalctl shows a message with control characters as "[40B blob data]".
        entry.add("MESSAGE", TerminalText.lines(record.message))
        entry.add("PRIORITY", "\(record.level.priority)")
        entry.add("SYSLOG_IDENTIFIER", identifier)
        if let event = record.event {
            if let id = messageIDs[event] { entry.add("MESSAGE_ID", id) }
            entry.add(JournalRecord.fieldName(fieldPrefix, "event"), event)
        }
        for (key, value) in record.fields {
            entry.add(JournalRecord.fieldName(fieldPrefix, key), value)
        }
        for (name, value) in record.journalFields { entry.add(name, value) }
        sendBacklog(&state)
        guard state.backlog.isEmpty else { return keep(entry.bytes, &state) }
        switch state.socket?.send(entry.bytes.span) ?? ENOENT {
        case 0: return
        case let number where Self.isFull(number): keep(entry.bytes, &state)
        case let number:
            // There is no journal after all: write to standard error, where it may still be found.
            if !state.hasToldOfJournal {
                state.hasToldOfJournal = true
                let error = SystemError(number, "write to the journal")
                writeLine("<4>\(error) Logging to the standard error instead.", &state)
            }
            writeLine(prefixedLine(record), &state)
        }
    }

    private func keep(_ bytes: [UInt8], _ state: inout State) {
        if state.backlog.count < Self.backlogLimit {
            state.backlog.append(bytes)
        } else {
            state.droppedCount += 1
        }
    }

    /// Sends waiting records as far as there is room.
    private func sendBacklog(_ state: inout State) {
        guard !state.backlog.isEmpty else { return }
        var sentCount = 0
        for bytes in state.backlog {
            let number = state.socket?.send(bytes.span) ?? ENOENT
            if Self.isFull(number) { break }
            if number != 0 { state.droppedCount += 1 }
            sentCount += 1
        }
        state.backlog.removeFirst(sentCount)
    }

    private static func isFull(_ number: Int32) -> Bool {
        number == EAGAIN || number == ENOBUFS || number == ENOMEM
    }

    private func writeLine(_ line: String, _ state: inout State) {
        if !ErrorStream().write(line) { state.droppedCount += 1 }
    }

    // MARK: Lines

    /// `<5>message [event=too-slow connection=7]`: with priority and fields, for a program.
    private func prefixedLine(_ record: Record) -> String {
        let event = record.event.map { [(key: "event", value: $0)] } ?? []
        let fields = (event + record.fields).map { "\($0.key)=\(TerminalText.line($0.value))" }
        let tail = fields.isEmpty ? "" : " [\(fields.joined(separator: " "))]"
        return "<\(record.level.priority)>\(TerminalText.line(record.message))\(tail)"
    }

    /// `09:41:02 warning: message`, for a person.
    private static func textLine(_ record: Record) -> String {
        let word = record.level >= .warning ? "\(record.level): " : ""
        return "\(WallClock.timeOfDay()) \(word)\(TerminalText.line(record.message))"
    }

    private static func now() -> Instant { WallClock.monotonicNow() }
}

extension Logger.Level {
    /// The priority of syslog(3).
    var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
