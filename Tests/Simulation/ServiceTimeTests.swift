// What systemd and the journal get, and when: the chat itself on a simulated machine with the
// test's clock, service manager and journal.
import Logging
import Testing
import WebSocketServer

@testable import SimulationKit
@testable import roost

@Suite struct ServiceTimeTests {
    // MARK: The service manager

    @Test func `It is ready after the first loop probe, and not before`() throws {
        var chat = try WatchedChat()
        chat.listen()
        #expect(chat.told == [], "it listens, and nothing has been served yet")
        // It ticks, and no probe has completed.
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

    /// The limit applies however often the loop ticks and whatever happens.
    @Test func `The status comes at most once a second, and says what is going on`() throws {
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

    /// A probe needs four turns here, and a tick is due in each of them: fed by ticks, the watchdog
    /// would not notice a loop that never finishes its work.
    @Test func `The watchdog is fed by loop probes and not by ticks`() throws {
        var chat = try WatchedChat()
        chat.run(seconds: 3)
        let fed = chat.takeTold().filter { $0 == "WATCHDOG=1" }.count
        let before = chat.simulation.core.io.statistics.loopLag.count
        #expect(fed == Int(before))
        // epoll returns no events: the loop ticks, and no probe completes.
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

    @Test func `Without WatchdogSec there is no watchdog message`() throws {
        var chat = try WatchedChat(watchdog: nil)
        chat.run(seconds: 5)
        #expect(!chat.told.contains("WATCHDOG=1"))
    }

    @Test func `While it drains the stop time is extended, second by second`() throws {
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
        // More than a whole drain takes: 5 s to send all Closes, 5 s to wait for the last.
        #expect(extensions.allSatisfy { $0 == "EXTEND_TIMEOUT_USEC=10000000" })
        #expect(told.contains("STATUS=Stopping: 1 connection left"))
        #expect(told.contains("WATCHDOG=1"), "a drain is not a hang")
        #expect(chat.simulation.core.isDone == false, "she has not answered")
        client.read()
        #expect(client.closeCode == 1001)
        chat.run(seconds: 8)
        #expect(chat.simulation.core.isDone == true)
    }

    // MARK: The journal

    @Test func `Each minute has a record of what happened in it`() throws {
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
        // The next record is about the next minute.
        chat.cut(bob)
        chat.run(seconds: 60)
        #expect(chat.records(.statistics).count == 2)
        let second = try #require(chat.records(.statistics).last)
        #expect(second["ROOST_OPENED"] == "0" && second["ROOST_CLOSED"] == "1")
        #expect(second["ROOST_MESSAGES"] == "0" && second["ROOST_CONNECTIONS"] == "1")
    }

    @Test(arguments: [(Logger.Level.info, 0), (.debug, 2)])
    func `A minute in which nothing happens is logged at debug level`(
        level: Logger.Level, count: Int
    ) throws {
        var chat = try WatchedChat(level: level)
        chat.run(seconds: 125)
        #expect(chat.records(.statistics).count == count)
    }

    @Test func `A late loop is logged, and is in the minute's record`() throws {
        var chat = try WatchedChat()
        _ = chat.enter("ann")
        chat.run(seconds: 2)
        // The tick's probe is under way when the process is stopped for some time.
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

    // MARK: Exit when idle

    @Test func `It ends after ten minutes without clients, and not earlier`() throws {
        var chat = try WatchedChat(idleExit: .seconds(600))
        let client = chat.enter("ann")
        chat.run(seconds: 700)
        #expect(chat.simulation.core.isDone == false, "somebody is there")
        chat.cut(client)
        chat.run(seconds: 595)
        // A request counts as a client, too.
        let socket = chat.simulation.network.connect()
        chat.simulation.network.send(
            Array("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".utf8), on: socket)
        chat.run(seconds: 595)
        #expect(chat.simulation.core.isDone == false, "somebody asked")
        chat.run(seconds: 10)
        #expect(chat.simulation.core.isDone == true)
        #expect(chat.records(.idleExit).count == 1)
    }

    /// Prometheus asks every quarter of a minute, and operators look at the status.
    @Test func `Scrapes and questions of operators do not keep it from ending`() throws {
        var chat = try WatchedChat(idleExit: .seconds(60))
        var asked = 0
        for _ in 0..<30 where !chat.simulation.core.isDone {
            chat.ask("GET /metrics", atListener: WatchedChat.metrics)
            chat.ask("GET /status", atListener: WatchedChat.control)
            chat.ask("GET /healthz", atListener: WatchedChat.control)
            asked += 1
            chat.run(seconds: 10)
        }
        #expect(chat.simulation.core.isDone == true && (5...8).contains(asked), "\(asked)")
        #expect(chat.records(.idleExit).count == 1)
    }

    /// A program that waits for a message is there, and a message that was just published is not
    /// to be forgotten.
    @Test(arguments: [true, false])
    func `Messages that are awaited or published keep it from ending`(isPoll: Bool) throws {
        var chat = try WatchedChat(idleExit: .seconds(30))
        chat.ask("POST /rooms/lobby/messages", atListener: 1, body: #"{"text":"a"}"#)
        for _ in 0..<10 {
            if isPoll {
                chat.ask("GET /rooms/lobby/messages?after=1&wait=55", atListener: 0)
                chat.run(seconds: 56)
            } else {
                chat.ask("POST /rooms/lobby/messages", atListener: 1, body: #"{"text":"a"}"#)
                chat.run(seconds: 20)
            }
            #expect(chat.simulation.core.isDone == false)
        }
        chat.run(seconds: 35)
        #expect(chat.simulation.core.isDone == true)
    }

    // MARK: Closes

    /// The number alone would send the operator to the protocol's table.
    @Test func `The record of a close has the sentence that the client got`() throws {
        var chat = try WatchedChat()
        let flood = chat.enter("ann")
        for _ in 0..<400 { flood.send(#"{"type":"rooms"}"#) }
        let silent = chat.simulation.open()
        let binary = chat.enter("bob")
        binary.send(2, [1, 2, 3])
        chat.run(seconds: 30)
        _ = (flood.read(), silent.read(), binary.read())
        let ends = chat.records(.endedByServer).compactMap { $0["MESSAGE"] }
        #expect(ends.count == 3)
        for words in [
            "the server closed it (4002): Too many commands, in spite of being",
            "the server closed it (1008): Nobody logged in on this connection in time.",
            "the server closed it (1003): The chat speaks JSON in text messages.",
        ] {
            #expect(ends.contains { $0.contains(words) }, "\(ends)")
        }
    }
}
