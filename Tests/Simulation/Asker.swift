// A handler that asks elsewhere, and a server whose tasks the test moves on.
import Testing
import WebSocketCore

@testable import SimulationKit
@testable import WebSocketServer

/// Each message and each request is a question, which is answered with the number of the outcome.
struct Asker: HTTPHandler {
    let answers: ScriptedAnswers
    /// Whether failures go to the handler, or have their defaults.
    var catches = false
    var outcomes: [String] = []
    var causes: [CloseCause] = []
    var endsWhenCancelled = true
    var lastRequest: ConnectionID?

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        let text = message.text
        switch text {
        case "ping": return io.send("pong", to: id)
        case "two":
            ask("first", for: id, &io)
            ask("second", for: id, &io)
        default: ask(text, for: id, &io)
        }
    }

    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        lastRequest = request.id
        if request.head.path == "/begun" { io.beginResponse(to: request.id, .ok) }
        if request.head.path == "/events" { _ = io.beginEventStream(to: request.id) }
        ask(request.head.path, for: request.id, &io)
    }

    private func ask(_ question: String, for id: ConnectionID, _ io: inout ServerContext) {
        let (answers, ends) = (answers, endsWhenCancelled)
        startTask(for: id, &io) {
            try await answers.ask(question, endsWhenCancelled: ends)
        } then: { handler, answer, io in
            handler.outcomes.append("\(question): \(answer)")
            if answer == "throw" { throw Disconnect(CloseCode(rawValue: 4001), "thrown") }
            io.send("\(answer) \(handler.outcomes.count)", to: id)
            io.respond(to: id, with: .text(.ok, answer))
        } otherwise: { handler, failure, io in
            handler.outcomes.append("\(question): \(failure)")
            if !handler.catches { throw failure }
            io.send("sorry", to: id)
            io.respond(to: id, with: .text(.badGateway, "sorry"))
        }
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        outcomes.append("closed")
        causes.append(cause)
    }
}

/// A server with askers, whose tasks run on the test's thread.
struct AskingServer: ~Copyable {
    let executor = ScriptedExecutor()
    let answers = ScriptedAnswers()
    var simulation: Simulation<Asker>

    init(
        limits: Limits = Limits(), log: LogKeeper = LogKeeper(),
        _ change: (inout Asker) -> Void = { _ in }
    ) throws {
        var handler = Asker(answers: answers)
        change(&handler)
        let executor = executor
        simulation = try Simulation(handler, limits: limits, logger: log.logger) {
            $0.taskExecutor = executor
        }
    }

    var outcomes: [String] { simulation.handler.outcomes }

    /// Everything happens that can: in the server, and in its tasks.
    mutating func settle() {
        simulation.settle()
        while executor.run() { simulation.settle() }
    }

    /// Gives an answer, and everything that follows from it happens.
    mutating func answer(_ question: String, _ answer: Result<String, any Error> = .success("yes"))
    {
        answers.answer(question, answer)
        settle()
    }

    /// Sends a request on a new connection.
    mutating func request(_ path: String) -> Int32 {
        let socket = simulation.network.connect()
        send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n", on: socket)
        return socket
    }

    mutating func send(_ text: String, on socket: Int32) {
        simulation.network.send(Array(text.utf8), on: socket)
        settle()
    }

    func received(on socket: Int32) -> String {
        String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
    }

    /// No task is left over, and nobody waits for one.
    func expectNothingLeft() {
        #expect(simulation.core.io.tasks.runningCount == 0)
        #expect(simulation.core.io.tasks.isEmpty == true)
        #expect(answers.questions == [])
    }
}
