// What systemd and the journal are told, and when: the chat itself on a simulated machine, whose
// clock is the test's, with a manager and a journal of the test's own.
import ChatRooms
import LinuxReactor
import Logging
import SystemdSupport
import TestSupport
import Testing
import WebSocketServer

@testable import SimulationKit
@testable import roost

/// A chat on a simulated machine, and those who are told about it.
private struct WatchedChat: ~Copyable {
    var simulation: Simulation<ChatHandler>
    private let manager = DatagramReceiver()
    private let journal = DatagramReceiver()
    private var chatters: [SimulatedClient] = []
    /// All that the manager was told, in its order.
    private(set) var told: [String] = []
    /// The fields of all that was logged, in its order.
    private(set) var records: [[String: String]] = []

    init(
        level: Logger.Level = .info, tick: Duration = .seconds(1), idleExit: Duration? = nil,
        watchdog: Duration? = .seconds(20), limits: Limits = Limits()
    ) throws {
        let log = ServiceLog(
            destination: .journal, identifier: "roost", fieldPrefix: "ROOST",
            messageIDs: ServerEvent.messageIDs, journalPath: journal.path)
        let logger = Logger(label: "roost") { _ in JournalLogHandler(log, level: level) }
        let service = roost.Service(
            log, EventLog(logger: logger), idleExit: idleExit,
            notifier: Notifier(path: manager.path), watchdogInterval: watchdog)
        simulation = try Simulation(
            ChatHandler(limits: ChatLimits(), epochSeed: 1, service: service), limits: limits,
            logger: logger
        ) { $0.tickInterval = tick }
    }

    /// Reads what has been said, so that nobody's queue is ever full.
    mutating func listen() {
        while let bytes = manager.next(waits: false) {
            told.append(String(decoding: bytes, as: UTF8.self))
        }
        while let bytes = journal.next(waits: false) {
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            let pairs = lines.compactMap { line -> (String, String)? in
                guard let equals = line.firstIndex(of: "=") else { return nil }
                return (String(line[..<equals]), String(line[line.index(after: equals)...]))
            }
            records.append(Dictionary(pairs) { first, _ in first })
        }
    }

    /// Lets so many seconds pass, and listens after each. Chatters are there: they send a Pong.
    mutating func run(seconds: Int) {
        for _ in 0..<seconds {
            for chatter in chatters {
                chatter.send(10, [])
                chatter.read()
            }
            simulation.run(for: .seconds(1))
            listen()
        }
    }

    /// A chatter's network is gone at once.
    mutating func cut(_ chatter: SimulatedClient) {
        chatters.removeAll { $0 === chatter }
        simulation.network.sockets[chatter.socket]!.clientHasEnded = true
    }

    /// Lets time pass at once, as if the process had been stopped for so long.
    mutating func stall(for duration: Duration) {
        simulation.network.clock = simulation.network.clock + duration
    }

    mutating func takeTold() -> [String] {
        defer { told = [] }
        return told
    }

    func records(_ event: ServerEvent) -> [[String: String]] {
        records.filter { $0["ROOST_EVENT"] == event.rawValue }
    }

    /// A chatter in the lobby, who has read what it was told.
    mutating func enter(_ name: String) -> SimulatedClient {
        let client = simulation.open()
        client.send(#"{"type":"login","user":"\#(name)"}"#)
        client.send(#"{"type":"join","room":"lobby"}"#)
        simulation.settle()
        chatters.append(client)
        return client
    }
}

@Suite struct ServiceTimeTests {
    // MARK: The service manager

    @Test func `It is ready when the loop has gone round, and not before`() throws {
        var chat = try WatchedChat()
        chat.listen()
        #expect(chat.told == [], "it listens, and nothing has been served yet")
        // It ticks, and nothing has come round.
        chat.simulation.network.isDeaf = true
        for _ in 0..<3 {
            chat.stall(for: .seconds(1))
            chat.simulation.turn()
            chat.listen()
        }
        #expect(chat.told == [])
        chat.simulation.network.isDeaf = false
        chat.simulation.settle()
        chat.listen()
        #expect(chat.told.first?.hasPrefix("READY=1\nSTATUS=Serving: ") == true)
        chat.run(seconds: 5)
        #expect(chat.told.filter { $0.hasPrefix("READY=1") }.count == 1)
    }

    /// However often the loop ticks, and whatever happens.
    @Test func `The status comes once a second at most, and says what is going on`() throws {
        var chat = try WatchedChat(tick: .milliseconds(100), watchdog: nil)
        chat.run(seconds: 1)
        let ann = chat.enter("ann")
        _ = chat.enter("bob")
        _ = chat.takeTold()
        for _ in 0..<10 {
            for _ in 0..<5 { ann.send(#"{"type":"rooms"}"#) }
            chat.run(seconds: 1)
        }
        let told = chat.takeTold()
        #expect((9...10).contains(told.count))
        #expect(told.allSatisfy { $0.hasPrefix("STATUS=Serving: 2 connections, 1 room, ") })
        #expect(
            told.last == "STATUS=Serving: 2 connections, 1 room, 5 messages/s, loop lag 0.0 ms")
    }

    /// Four turns are needed to bring the probe home while a tick is due in each of them: fed by
    /// ticks, the watchdog would hear of a loop that does not come round.
    @Test func `The watchdog is fed by round trips and not by ticks`() throws {
        var chat = try WatchedChat()
        chat.run(seconds: 3)
        let fed = chat.takeTold().filter { $0 == "WATCHDOG=1" }.count
        let before = chat.simulation.core.io.statistics.loopLag.count
        #expect(fed == Int(before))
        // Events that epoll does not bring: the loop ticks, and nothing goes round.
        chat.simulation.network.isDeaf = true
        for _ in 0..<30 {
            chat.stall(for: .seconds(1))
            chat.simulation.turn()
            chat.listen()
        }
        let deaf = chat.takeTold()
        #expect(deaf.contains { $0.hasPrefix("STATUS=") }, "it ticks")
        #expect(!deaf.contains("WATCHDOG=1"))
        chat.simulation.network.isDeaf = false
        chat.run(seconds: 2)
        #expect(chat.takeTold().contains("WATCHDOG=1"))
    }

    @Test func `Without WatchdogSec nobody is fed`() throws {
        var chat = try WatchedChat(watchdog: nil)
        chat.run(seconds: 5)
        #expect(!chat.told.contains("WATCHDOG=1"))
    }

    @Test func `While it drains the time for that is extended, second by second`() throws {
        var chat = try WatchedChat()
        let client = chat.enter("ann")
        chat.run(seconds: 1)
        _ = chat.takeTold()
        chat.simulation.network.pendingSignals = [15]
        chat.run(seconds: 4)
        let told = chat.takeTold()
        #expect(told.first == "STOPPING=1\nSTATUS=Stopping: 1 connection left")
        let extensions = told.filter { $0.hasPrefix("EXTEND_TIMEOUT_USEC=") }
        #expect((3...4).contains(extensions.count))
        // More than a whole drain takes: 5 s to tell them, 5 s to wait for the last.
        #expect(extensions.allSatisfy { $0 == "EXTEND_TIMEOUT_USEC=10000000" })
        #expect(told.contains("STATUS=Stopping: 1 connection left"))
        #expect(told.contains("WATCHDOG=1"), "a drain is no hang")
        #expect(chat.simulation.core.isDone == false, "she has not answered")
        client.read()
        #expect(client.closeCode == 1001)
        chat.run(seconds: 8)
        #expect(chat.simulation.core.isDone == true)
    }

    // MARK: The journal

    @Test func `Each minute has its record, with what happened in it`() throws {
        var chat = try WatchedChat()
        chat.run(seconds: 2)
        let (ann, bob) = (chat.enter("ann"), chat.enter("bob"))
        ann.send(#"{"type":"message","room":"lobby","text":"hello"}"#)
        chat.run(seconds: 50)
        #expect(chat.records(.statistics) == [])
        chat.run(seconds: 10)
        let record = try #require(chat.records(.statistics).first)
        #expect(record["MESSAGE_ID"] == ServerEvent.statistics.messageID)
        #expect(record["PRIORITY"] == "6")
        for (name, value) in [
            ("CONNECTIONS", "2"), ("USERS", "2"), ("ROOMS", "1"), ("OPENED", "2"), ("CLOSED", "0"),
            ("ACCEPTED", "2"), ("MESSAGES", "5"), ("SECONDS", "60"), ("RECORDS_LOST", "0"),
        ] {
            #expect(record["ROOST_\(name)"] == value, "\(name)")
        }
        #expect(
            record["MESSAGE"]?.hasPrefix("2 connections of 2 users in 1 room; in the last minute")
                == true)
        // The next one is about the next minute.
        chat.cut(bob)
        chat.run(seconds: 60)
        #expect(chat.records(.statistics).count == 2)
        let second = try #require(chat.records(.statistics).last)
        #expect(second["ROOST_OPENED"] == "0" && second["ROOST_CLOSED"] == "1")
        #expect(second["ROOST_MESSAGES"] == "0" && second["ROOST_CONNECTIONS"] == "1")
    }

    @Test(arguments: [(Logger.Level.info, 0), (.debug, 2)])
    func `A minute in which nothing happens is for those who debug`(
        level: Logger.Level, count: Int
    ) throws {
        var chat = try WatchedChat(level: level)
        chat.run(seconds: 125)
        #expect(chat.records(.statistics).count == count)
    }

    @Test func `A loop that comes round late is told of, and in the minute's record`() throws {
        var chat = try WatchedChat()
        _ = chat.enter("ann")
        chat.run(seconds: 2)
        // The tick's probe is under way when the process is stopped for a while.
        func pause(_ duration: Duration) {
            chat.stall(for: .milliseconds(1001))
            chat.simulation.turn()
            chat.stall(for: duration)
            chat.simulation.settle()
            chat.listen()
        }
        pause(.milliseconds(900))
        #expect(chat.records(.loopSlow) == [])
        pause(.milliseconds(1500))
        let record = try #require(chat.records(.loopSlow).first)
        #expect(record["ROOST_LOOP_LAG_US"] == "1500000")
        #expect(record["MESSAGE"] == "The event loop was late by 1500 ms.")
        #expect(record["PRIORITY"] == "4")
        #expect(record["MESSAGE_ID"] == ServerEvent.loopSlow.messageID)
        chat.run(seconds: 60)
        #expect(chat.records(.loopSlow).count == 1)
        #expect(chat.records(.statistics).first?["ROOST_LOOP_LAG_US"] == "1500000")
    }

    // MARK: The end when nobody is there

    @Test func `It ends after ten minutes of nobody, and of nobody only`() throws {
        var chat = try WatchedChat(idleExit: .seconds(600))
        let client = chat.enter("ann")
        chat.run(seconds: 700)
        #expect(chat.simulation.core.isDone == false, "somebody is there")
        chat.cut(client)
        chat.run(seconds: 595)
        // A request is somebody, too.
        let socket = chat.simulation.network.connect()
        chat.simulation.network.send(
            Array("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".utf8), on: socket)
        chat.run(seconds: 595)
        #expect(chat.simulation.core.isDone == false, "somebody asked")
        chat.run(seconds: 10)
        #expect(chat.simulation.core.isDone == true)
        #expect(chat.records(.idleExit).count == 1)
    }
}
