// Where the records of all loggers come together: the way into the journal, or to the terminal.
import Glibc
import LinuxReactor
import Logging
import Synchronization

/// The log of one service. All its loggers share it; it may be used from any thread.
///
/// Nothing here waits: records for which the journal has no room are kept for a while, as many as
/// ``backlogLimit``, and beyond that are dropped and counted, as are those that whoever reads the
/// standard error has no room for; what comes too often is held back and counted.
/// ``heartbeat(isFinal:)`` says how much that was.
public final class ServiceLog: Sendable {
    /// Where the journal takes records: systemd-journald.service(8).
    public static let journalPath = "/run/systemd/journal/socket"

    /// Records that are kept until the journal has room again. Where nobody has raised the kernel's
    /// queue (net.unix.max_dgram_qlen is 10), a journal that sleeps for a moment is full at once.
    public static let backlogLimit = 256

    /// Where records go.
    public let destination: LogDestination
    private let identifier: String
    private let fieldPrefix: String
    private let messageIDs: [String: String]
    private let state: Mutex<State>

    private struct State: ~Copyable {
        var socket: DatagramSocket?
        /// Records that the journal had no room for yet, oldest first.
        var backlog: [[UInt8]] = []
        var limiter = LogLimiter()
        var droppedCount: UInt64 = 0
        var toldDroppedCount: UInt64 = 0
        var hasToldOfJournal = false
    }

    /// A record before it is written down.
    struct Record {
        var level: Logger.Level
        var message: String
        /// Fields by the keys of the program: "close-code".
        var fields: [(key: String, value: String)] = []
        /// What kind of record it is: the key of a MESSAGE_ID.
        var event: String?
        /// Names of the journal's own: CODE_FILE.
        var journalFields: [(name: String, value: String)] = []
    }

    /// A log for a service.
    ///
    /// - Parameters:
    ///   - destination: where it goes; by default what ``LogDestination/find()`` finds.
    ///   - identifier: what its lines begin with in `journalctl`: SYSLOG_IDENTIFIER.
    ///   - fieldPrefix: what is put in front of the metadata's keys: with "ROOST", "close-code"
    ///     becomes ROOST_CLOSE_CODE.
    ///   - messageIDs: the MESSAGE_ID of each event, as 32 hexadecimal digits. A logger names the
    ///     event in its metadata, by the key "event".
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

    /// Records that were lost since the start, because the journal or the standard error had no
    /// room for them. What was held back on purpose is not among them.
    public var droppedCount: UInt64 { state.withLock { $0.droppedCount } }

    /// Says what was held back and what was lost, where that is due. To be called about once a
    /// second, and at the end with `isFinal`.
    public func heartbeat(isFinal: Bool = false) {
        let now = Self.now()
        state.withLock { state in
            sendBacklog(&state)
            for summary in state.limiter.takeSummaries(at: now, isFinal: isFinal) {
                let seconds = max(1, summary.duration.wholeMilliseconds / 1000)
                let record = Record(
                    level: .notice,
                    message: "\(summary.count) more of '\(summary.kind)' were not logged: too many "
                        + "came in \(seconds) s.",
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
            // If even this was lost there is more to tell the next time.
            if state.droppedCount == before { state.toldDroppedCount = before }
        }
    }

    /// Logs a record unless too many of its kind come. Those without an event are told apart by
    /// `kind`.
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
        entry.add("MESSAGE", record.message)
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
            // There is no journal after all: the standard error is where somebody may find it.
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

    /// Sends what is kept, as far as there is room now.
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

    /// `<5>message [event=too-slow connection=7]`: priority and fields for a program that reads it.
    private func prefixedLine(_ record: Record) -> String {
        let event = record.event.map { [(key: "event", value: $0)] } ?? []
        let fields = (event + record.fields).map { "\($0.key)=\(Self.oneLine($0.value))" }
        let tail = fields.isEmpty ? "" : " [\(fields.joined(separator: " "))]"
        return "<\(record.level.priority)>\(Self.oneLine(record.message))\(tail)"
    }

    /// `09:41:02 warning: message`, for a person.
    private static func textLine(_ record: Record) -> String {
        let word = record.level >= .warning ? "\(record.level): " : ""
        return "\(WallClock.timeOfDay()) \(word)\(oneLine(record.message))"
    }

    /// Control characters would let a peer write lines of its own, or move a terminal's cursor.
    private static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return String(
            String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? " " : $0 }))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
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
