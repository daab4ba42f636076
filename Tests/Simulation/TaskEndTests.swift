// Tasks whose connection, server or process ends, and tasks for requests.
import Testing
import WebSocketCore

@testable import SimulationKit
@testable import WebSocketServer

@Suite(.overTLSToo) struct TaskEndTests {
    private let log = LogKeeper()

    @Test(arguments: ["close", "reset"])
    func `The end of a connection cancels its task, and the handler gets that first`(
        how: String
    ) throws {
        var server = try AskingServer(log: log)
        let client = server.simulation.open()
        client.send("a")
        server.settle()
        if how == "close" {
            let id = server.simulation.core.io.openConnections[0]
            server.simulation.core.io.close(id, code: .normal)
            client.send(8, [0x03, 0xE8])
        } else {
            server.simulation.network.sockets[client.socket]!.isReset = true
        }
        server.settle()
        #expect(server.answers.cancelled == ["a"])
        #expect(server.outcomes == ["a: the connection has ended", "closed"])
        #expect(log.all == [])
        server.expectNothingLeft()
    }

    @Test func `A task that goes on after its connection has no effect, and keeps its place`()
        throws
    {
        var limits = Limits()
        limits.taskCount = 1
        var server = try AskingServer(limits: limits) { $0.endsWhenCancelled = false }
        let first = server.simulation.open()
        first.send("a")
        server.settle()
        server.simulation.network.sockets[first.socket]!.isReset = true
        server.settle()
        #expect(server.outcomes == ["a: the connection has ended", "closed"])
        // The slot is used again.
        let second = server.simulation.open()
        second.send("b")
        server.settle()
        #expect(second.closeCode == 1013)
        server.answer("a")
        #expect(server.outcomes.count == 3)
        server.expectNothingLeft()
        let third = server.simulation.open()
        third.read()
        third.send("c")
        server.settle()
        server.answer("c")
        #expect(third.takeTexts().count == 1)
    }

    @Test func `A stopping server waits for tasks no longer than for their connections`() throws {
        var server = try AskingServer()
        let clients = (0..<2).map { _ in server.simulation.open() }
        for (number, client) in clients.enumerated() { client.send("q\(number)") }
        server.settle()
        server.simulation.core.io.stop(grace: .zero)
        server.settle()
        // One client answers the Close, the other does not.
        clients[0].send(8, [0x03, 0xE9])
        server.settle()
        #expect(server.answers.cancelled == ["q0"])
        #expect(server.simulation.core.isDone == false)
        server.simulation.run(for: .seconds(7))
        #expect(server.answers.cancelled == ["q0", "q1"])
        #expect(server.simulation.core.isDone == true)
        #expect(server.outcomes.filter { $0 == "closed" }.count == 2)
        #expect(server.outcomes.count == 4)
    }

    @Test func `A server that is closed cancels what is under way, and nothing wakes it`() throws {
        let (executor, answers) = (ScriptedExecutor(), ScriptedAnswers())
        let network: SimulatedNetwork
        do {
            var simulation = try Simulation(Asker(answers: answers)) {
                $0.taskExecutor = executor
            }
            network = simulation.network
            simulation.open().send("a")
            simulation.settle()
            executor.run()
            #expect(answers.questions == ["a"])
            simulation.end()
        }
        network.hasWakeup = false
        executor.run()
        #expect(answers.cancelled == ["a"])
        #expect(!network.hasWakeup)
    }

    @Test func `A handed over connection whose answer is lost is closed with 1012`() throws {
        var server = try AskingServer()
        let (asker, other) = (server.simulation.open(), server.simulation.open())
        for client in [asker, other] { client.read() }
        asker.send("a")
        server.settle()
        try server.simulation.handOver()
        server.settle()
        #expect(asker.closeCode == 1012)
        #expect(other.closeCode == nil)
        asker.send(8, [0x03, 0xF4])
        other.send("b")
        server.settle()
        #expect(server.simulation.handler.causes == [.serverClosed(.serviceRestart)])
        // Late, and of a process that has ended.
        server.answer("a")
        server.answer("b")
        #expect(other.takeTexts().count == 1)
        #expect(server.outcomes == ["closed", "b: yes"])
    }

    @Test func `A request is answered by its task, and the next one waits for it`() throws {
        var server = try AskingServer(log: log)
        let socket = server.request("/a")
        server.send("GET /b HTTP/1.1\r\nHost: localhost\r\n\r\n", on: socket)
        #expect(server.answers.questions == ["/a"])
        // Answered before its task has ended: the task's answer must not be taken for the next.
        let id = server.simulation.handler.lastRequest!
        server.simulation.core.io.respond(to: id, with: .text(.ok, "earlier"))
        server.settle()
        #expect(server.received(on: socket).contains("earlier"))
        #expect(server.answers.questions == ["/a"])
        server.answer("/a", .success("late"))
        #expect(server.received(on: socket) == "")
        #expect(server.answers.questions == ["/b"])
        server.answer("/b", .success("in time"))
        #expect(server.received(on: socket).contains("in time"))
        server.expectNothingLeft()
    }

    @Test(arguments: ["/a", "/begun", "/events"])
    func `A request whose task fails gets 500, or an end that shows it`(path: String) throws {
        var server = try AskingServer(log: log)
        let socket = server.request(path)
        server.answer(path, .failure(CancellationError()))
        let answer = server.received(on: socket)
        #expect(answer.hasPrefix(path == "/a" ? "HTTP/1.1 500 " : "HTTP/1.1 200 "), "\(answer)")
        let state = server.simulation.network.sockets[socket]!
        #expect(state.wasReset == (path == "/begun"))
        #expect(answer.hasSuffix("0\r\n\r\n") == (path == "/events"))
        #expect(log.all.count == 1)
        server.expectNothingLeft()
    }

    @Test func `A late task of a request gets 503, and a client that has gone cancels it`() throws {
        var server = try AskingServer(log: log)
        let (slow, gone) = (server.request("/slow"), server.request("/gone"))
        server.simulation.network.sockets[gone]!.clientHasEnded = true
        server.settle()
        #expect(server.answers.cancelled == ["/gone"])
        server.simulation.run(for: .seconds(11))
        #expect(server.received(on: slow).hasPrefix("HTTP/1.1 503 "))
        #expect(server.answers.cancelled == ["/gone", "/slow"])
        server.settle()
        server.expectNothingLeft()
    }

    @Test func `A rejection that a task throws is the answer to its request`() throws {
        var server = try AskingServer(log: log)
        let socket = server.request("/a")
        server.answer("/a", .failure(HandshakeRejection(.forbidden, reason: "Not you.")))
        #expect(server.received(on: socket).hasPrefix("HTTP/1.1 403 "))
        #expect(log.all == [])
    }
}
