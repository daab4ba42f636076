// The log of a service: records for the journal, lines, limits, and reported losses.
import LinuxReactor
import Logging
import TestSupport
import Testing

@testable import SystemdSupport

@Suite struct LogTests {
    /// A record as the journal would read it.
    private func fields(_ bytes: [UInt8]) -> [String: [String]] {
        var fields: [String: [String]] = [:]
        var rest = bytes[...]
        while !rest.isEmpty {
            let name = rest.prefix { $0 != 0x3D && $0 != 0x0A }
            rest = rest.dropFirst(name.count)
            var value = rest.dropFirst().prefix { $0 != 0x0A }
            if rest.first == 0x0A {
                let count = rest.dropFirst().prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
                value = rest.dropFirst(9).prefix(count)
                rest = rest.dropFirst(9 + count + 1)
            } else {
                rest = rest.dropFirst(1 + value.count + 1)
            }
            fields[String(decoding: name, as: UTF8.self), default: []]
                .append(String(decoding: value, as: UTF8.self))
        }
        return fields
    }

    private func makeLog(_ journal: DatagramReceiver) -> (ServiceLog, Logger) {
        let log = ServiceLog(
            destination: .journal, identifier: "tester", fieldPrefix: "TEST",
            messageIDs: ["known": "0123456789abcdef0123456789abcdef"], journalPath: journal.path)
        return (log, Logger(label: "test") { _ in JournalLogHandler(log, level: .debug) })
    }

    @Test func `A record has its fields`() throws {
        let journal = DatagramReceiver()
        let (_, logger) = makeLog(journal)
        logger.notice(
            "two\nlines",
            metadata: ["event": "known", "close-code": "1001", "room": ["lobby", "kitchen"]])
        let record = fields(try #require(journal.next()))
        #expect(
            record == [
                "MESSAGE": ["two\nlines"], "PRIORITY": ["5"], "SYSLOG_IDENTIFIER": ["tester"],
                "MESSAGE_ID": ["0123456789abcdef0123456789abcdef"], "TEST_EVENT": ["known"],
                "TEST_CLOSE_CODE": ["1001"], "TEST_ROOM": ["lobby", "kitchen"],
            ])
    }

    @Test(arguments: [
        (Logger.Level.trace, 7), (.debug, 7), (.info, 6), (.notice, 5), (.warning, 4), (.error, 3),
        (.critical, 2),
    ])
    func `Levels are syslog's priorities`(level: Logger.Level, priority: Int) {
        #expect(level.priority == priority)
    }

    /// journalctl shows "[9B blob data]" for a message with control characters.
    @Test func `Control characters are shown in the message, and kept in the fields`() throws {
        let journal = DatagramReceiver()
        let (_, logger) = makeLog(journal)
        logger.notice("a\u{1B}[2J\u{202E}b", metadata: ["event": "known", "x": "a\u{1B}b"])
        let record = fields(try #require(journal.next()))
        #expect(record["MESSAGE"] == ["a<U+001B>[2J<U+202E>b"])
        #expect(record["TEST_X"] == ["a\u{1B}b"])
    }

    @Test func `A record without a name has its source`() throws {
        let journal = DatagramReceiver()
        let (_, logger) = makeLog(journal)
        logger.warning("something")
        let record = fields(try #require(journal.next()))
        #expect(record["CODE_FILE"]?.first?.hasSuffix("LogTests.swift") == true)
        #expect(record["MESSAGE_ID"] == nil)
    }

    @Test func `Long values are cut at a character`() {
        var record = JournalRecord()
        record.add("A", String(repeating: "ä", count: 5000))
        #expect(record.bytes.count <= JournalRecord.valueByteLimit + 10)
        #expect(String(validating: record.bytes, as: UTF8.self) != nil)
    }

    @Test(arguments: [("close-code", "X_CLOSE_CODE"), ("a b=c\n", "X_A_B_C_"), ("é", "X___")])
    func `Names consist of characters that the journal allows`(key: String, name: String) {
        #expect(JournalRecord.fieldName("X", key) == name)
    }

    @Test func `Too frequent records are suppressed, counted, and reported`() throws {
        let journal = DatagramReceiver()
        let (log, logger) = makeLog(journal)
        for _ in 0..<500 { logger.info("again", metadata: ["event": "flood"]) }
        logger.info("once", metadata: ["event": "rare"])
        var records: [[String: [String]]] = []
        // The kernel's queue may be short: the rest follows.
        for _ in 0..<100 {
            log.heartbeat(isFinal: true)
            while let bytes = journal.next(waits: false) { records.append(fields(bytes)) }
        }
        #expect(log.droppedCount == 0)
        let logged = records.filter { $0["TEST_EVENT"] == ["flood"] }.count
        #expect((50..<60).contains(logged))
        #expect(records.contains { $0["TEST_EVENT"] == ["rare"] })
        let summary = try #require(records.last)
        #expect(summary["TEST_EVENT"] == ["held-back"])
        #expect(summary["TEST_KIND"] == ["flood"])
        #expect(summary["TEST_HELD_BACK"] == ["\(500 - logged)"])
        log.heartbeat(isFinal: true)
        #expect(journal.next(waits: false) == nil, "told once")
    }

    @Test func `The limit refills with time`() {
        var limiter = LogLimiter()
        var now = Instant(nanoseconds: 1)
        let admitted = (0..<100).filter { _ in limiter.admits("a", at: now) }.count
        #expect(admitted == 50)
        now = now.advanced(by: .seconds(2))
        #expect((0..<100).filter { _ in limiter.admits("a", at: now) }.count == 10)
        // Nothing is reported while it goes on, for ten seconds at most.
        #expect(limiter.takeSummaries(at: now.advanced(by: .milliseconds(500))).isEmpty)
        let summaries = limiter.takeSummaries(at: now.advanced(by: .seconds(1)))
        #expect(summaries.map(\.count) == [140])
        #expect(limiter.takeSummaries(at: now.advanced(by: .seconds(60))).isEmpty)
    }

    @Test func `The log does not wait for a full journal, and reports the loss`() throws {
        let journal = DatagramReceiver()
        let (log, logger) = makeLog(journal)
        // Each kind has its own limit: many kinds fill the socket.
        var index = 0
        while log.droppedCount == 0, index < 100_000 {
            logger.info("full", metadata: ["event": "kind-\(index)"])
            index += 1
        }
        #expect(log.droppedCount > 0)
        var last: [UInt8]?
        for _ in 0..<1000 {
            while let bytes = journal.next(waits: false) { last = bytes }
            log.heartbeat()
        }
        let record = fields(try #require(last))
        #expect(record["TEST_EVENT"] == ["records-lost"])
        #expect(record["TEST_LOST"] == ["\(log.droppedCount)"])
        #expect(record["PRIORITY"] == ["4"])
    }

    @Test(arguments: [nil, "", "nonsense", "1:2", "1:2:3", "x:y"])
    func `A stream other than the standard error is not a journal`(stream: String?) {
        #expect(LogDestination.isJournal(stream) == false)
    }
}
