// Protocols that refine the handler's: their callbacks are called, whatever kind of type conforms.
import LinuxReactor
import Storage
import Testing
import WebSocketCore
import WebSocketServer

@testable import SimulationKit

/// What a handler here has seen.
private struct Seen {
    var calls: [String] = []
}

/// Conforms to all at once.
private struct Everything: HTTPHandler, MailHandler, OutputHandler, OperationsHandler,
    HandOverHandler
{
    var seen = Seen()

    func onMessage(_: borrowing Message, from id: ConnectionID, _ io: inout ServerContext) {}
    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        seen.calls.append("request")
        io.respond(to: request.id, with: .text(.ok, "mine"))
    }
    mutating func onMail(_ mail: Int, _ io: inout ServerContext) { seen.calls.append("mail") }
    mutating func onDrain(_ id: ConnectionID, _ io: inout ServerContext) {}
    mutating func onStart(_ io: inout ServerContext) { seen.calls.append("start") }
    func save(to writer: inout StateWriter, _ io: borrowing ServerContext) { writer.write(7) }
    mutating func restore(
        from reader: inout StateReader, _ io: inout ServerContext
    ) throws(StateError) {
        let number: Int = try reader.read()
        seen.calls.append("restore \(number)")
    }
}

/// Cannot be copied, and conforms in extensions of its own.
private struct Unique: ~Copyable, WebSocketHandler {
    var seen = Seen()

    func onMessage(_: borrowing Message, from id: ConnectionID, _ io: inout ServerContext) {}
}

extension Unique: HTTPHandler {
    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        seen.calls.append("request")
        io.respond(to: request.id, with: .text(.ok, "mine"))
    }
}

extension Unique: MailHandler {
    mutating func onMail(_ mail: String, _ io: inout ServerContext) { seen.calls.append(mail) }
}

/// Wraps another handler, and is what that is.
private struct Wrapped<Inner: HTTPHandler>: HTTPHandler, OperationsHandler {
    var inner: Inner
    var ticks = 0

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws { try inner.onMessage(message, from: id, &io) }
    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) throws {
        try inner.onRequest(request, &io)
    }
    mutating func onTick(_ io: inout ServerContext) { ticks += 1 }
}

/// Refines nothing, though it has a method with the name of a callback.
private struct Plain: WebSocketHandler {
    var seen = Seen()

    func onMessage(_: borrowing Message, from id: ConnectionID, _ io: inout ServerContext) {}
    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        seen.calls.append("request")
    }
}

@Suite struct HandlerProtocolTests {
    private func get<Handler: WebSocketHandler & ~Copyable>(
        _ simulation: inout Simulation<Handler>
    ) -> String {
        let socket = simulation.network.connect()
        simulation.network.send(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8), on: socket)
        simulation.settle()
        return String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
    }

    @Test func `A handler may conform to all protocols`() throws {
        var simulation = try Simulation(Everything())
        #expect(get(&simulation).hasSuffix("mine\n"))
        simulation.mailbox.post(3)
        simulation.settle()
        try simulation.handOver()
        #expect(simulation.handler.seen.calls == ["start", "request", "mail", "restore 7"])
    }

    @Test func `A handler that cannot be copied may conform in extensions`() throws {
        var simulation = try Simulation(Unique())
        #expect(get(&simulation).hasSuffix("mine\n"))
        simulation.mailbox.post("hello")
        simulation.settle()
        #expect(simulation.handler.seen.calls == ["request", "hello"])
    }

    @Test func `A generic handler is called as what it is`() throws {
        var simulation = try Simulation(Wrapped(inner: Everything()))
        #expect(get(&simulation).hasSuffix("mine\n"))
        simulation.run(for: .seconds(3))
        #expect(simulation.handler.ticks >= 2)
        #expect(simulation.handler.inner.seen.calls == ["request"])
    }

    @Test func `A handler that is none for HTTP is not asked, and the client gets 426`() throws {
        var simulation = try Simulation(Plain())
        #expect(get(&simulation).hasPrefix("HTTP/1.1 426 "))
        #expect(simulation.handler.seen.calls.isEmpty)
    }
}
