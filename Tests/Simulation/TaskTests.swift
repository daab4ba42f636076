// Async work for connections: the order of their messages, failures, and the bound on it.
import Testing
import WebSocketCore

@testable import SimulationKit
@testable import WebSocketServer

private struct Mistake: Error, CustomStringConvertible {
    let description = "a mistake"
}

@Suite struct TaskTests {
    private let log = LogKeeper()

    @Test func `Messages wait for the answer before them, and other connections go on`() throws {
        var server = try AskingServer()
        let (asker, other) = (server.simulation.open(), server.simulation.open())
        for client in [asker, other] { client.read() }
        for text in ["a", "ping", "b", "ping"] { asker.send(text) }
        other.send("ping")
        server.settle()
        #expect(asker.takeTexts() == [])
        #expect(other.takeTexts() == ["pong"])
        #expect(server.answers.questions == ["a"])
        #expect(server.simulation.core.io.gauges().taskCount == 1)
        server.answer("a")
        #expect(asker.takeTexts() == ["yes 1", "pong"])
        #expect(server.answers.questions == ["b"])
        server.answer("b")
        #expect(asker.takeTexts() == ["yes 2", "pong"])
        #expect(server.outcomes == ["a: yes", "b: yes"])
        #expect(server.simulation.core.io.statistics.startedTaskCount == 2)
        server.expectNothingLeft()
    }

    @Test func `Answers come in the order in which tasks return, each to its connection`() throws {
        var server = try AskingServer()
        let clients = (0..<5).map { _ in server.simulation.open() }
        for (number, client) in clients.enumerated() {
            client.read()
            client.send("q\(number)")
        }
        server.settle()
        #expect(server.answers.questions == ["q0", "q1", "q2", "q3", "q4"])
        for number in [3, 0, 4] { server.answers.answer("q\(number)", .success("\(number)")) }
        server.settle()
        #expect(server.outcomes == ["q3: 3", "q0: 0", "q4: 4"])
        #expect(clients.map { $0.takeTexts() } == [["0 2"], [], [], ["3 1"], ["4 3"]])
    }

    @Test func `A connection with two tasks is read again after both`() throws {
        var server = try AskingServer()
        let client = server.simulation.open()
        client.read()
        client.send("two")
        client.send("ping")
        server.settle()
        server.answer("second")
        #expect(client.takeTexts() == ["yes 1"])
        server.answer("first")
        #expect(client.takeTexts() == ["yes 2", "pong"])
        server.expectNothingLeft()
    }

    @Test(arguments: [false, true])
    func `A thrown error closes with 1011 and is logged, or goes to the handler`(
        catches: Bool
    ) throws {
        var server = try AskingServer(log: log) { $0.catches = catches }
        let client = server.simulation.open()
        client.read()
        for text in ["a", "ping"] { client.send(text) }
        server.settle()
        server.answer("a", .failure(Mistake()))
        #expect(client.closeCode == (catches ? nil : 1011))
        #expect(client.takeTexts() == (catches ? ["sorry", "pong"] : []))
        #expect(server.outcomes == ["a: a mistake"])
        #expect(log.all.contains { $0.contains("has thrown: a mistake") } == !catches)
        server.expectNothingLeft()
    }

    @Test func `What the work throws, or the closure that gets its value, closes as it says`()
        throws
    {
        var server = try AskingServer(log: log)
        let clients = [server.simulation.open(), server.simulation.open()]
        for (number, client) in clients.enumerated() {
            client.read()
            client.send("q\(number)")
        }
        server.settle()
        server.answer("q0", .failure(Disconnect(CloseCode(rawValue: 4000), "enough")))
        server.answer("q1", .success("throw"))
        #expect(clients.map { $0.closeCode } == [4000, 4001])
        #expect(log.all == [])
    }

    @Test(arguments: [false, true])
    func `A task that is late is cancelled, and its result is not taken any more`(
        endsWhenCancelled: Bool
    ) throws {
        var limits = Limits()
        limits.taskDeadline = .seconds(3)
        var server = try AskingServer(limits: limits, log: log) {
            $0.endsWhenCancelled = endsWhenCancelled
            $0.catches = true
        }
        let client = server.simulation.open()
        client.read()
        for text in ["a", "ping"] { client.send(text) }
        server.settle()
        server.simulation.run(for: .milliseconds(2_990))
        #expect(server.answers.cancelled == [])
        #expect(client.takeTexts() == [])
        server.simulation.run(for: .milliseconds(160))
        #expect(server.answers.cancelled == ["a"])
        #expect(client.takeTexts() == ["sorry", "pong"])
        // It counts until it has returned.
        let left = endsWhenCancelled ? 0 : 1
        server.settle()
        #expect(server.simulation.core.io.gauges().taskCount == left)
        server.answer("a")
        #expect(client.takeTexts() == [])
        #expect(server.outcomes == ["a: the task has taken too long"])
        #expect(server.simulation.core.io.statistics.timedOutTaskCount == 1)
        server.expectNothingLeft()
    }

    @Test(arguments: [false, true])
    func `A full server refuses a task at once, and the handler gets that too`(
        catches: Bool
    ) throws {
        var limits = Limits()
        limits.taskCount = 2
        var server = try AskingServer(limits: limits, log: log) { $0.catches = catches }
        let clients = (0..<3).map { _ in server.simulation.open() }
        for (number, client) in clients.enumerated() {
            client.read()
            client.send("q\(number)")
            server.settle()
        }
        #expect(server.answers.questions == ["q0", "q1"])
        #expect(clients[2].closeCode == (catches ? nil : 1013))
        #expect(clients[2].takeTexts() == (catches ? ["sorry"] : []))
        #expect(server.simulation.core.io.statistics.refusedTaskCount == 1)
        // A place is free again when a task has returned, and not before.
        server.answer("q0")
        clients[1].send("q4")
        clients[0].send("q3")
        server.settle()
        #expect(server.answers.questions == ["q1", "q3"])
        for question in ["q1", "q3", "q4"] { server.answer(question) }
        #expect(log.all == [])
        server.expectNothingLeft()
    }
}
