// The handler of these tests: a chat with a name for each connection.
import WebSocketServer

/// Numbers the messages, publishes them, and records why connections end.
struct Chat: HTTPHandler, MailHandler, OutputHandler, OperationsHandler, HandOverHandler {
    typealias Mail = String

    var count = 0
    var causes: [CloseCause] = []
    var openCount = 0
    var tickCount = 0
    var drainCount = 0
    var signals: [Signal] = []
    var waiting: [ConnectionID] = []
    /// What this process does not write down: the tests look whether it is missed.
    var savesCount = true
    var startCount = 0

    mutating func onStart(_ io: inout ServerContext) { startCount += 1 }

    mutating func onUpgrade(_ request: borrowing HTTPRequest) throws -> UpgradeReply {
        if request.head.path == "/secret", request.head.header("Cookie") == nil {
            throw HandshakeRejection(.unauthorized, reason: "Log in first.")
        }
        return UpgradeReply()
    }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        openCount += 1
        io.subscribe(id, to: io.topic(named: "all"))
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        count += 1
        guard message.isText else { return io.send(message, to: id) }
        if message.text == "bye" { return io.close(id, code: .normal, reason: "As you wish.") }
        io.publish("\(count): \(message.text)", to: io.topic(named: "all"))
    }

    mutating func onDrain(_ id: ConnectionID, _ io: inout ServerContext) { drainCount += 1 }

    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        switch request.head.path {
        case "/later": waiting.append(request.id)
        case "/events":
            if io.beginEventStream(to: request.id) {
                io.subscribe(request.id, to: io.topic(named: "all"))
            }
        default:
            io.logger.info("A request", metadata: ["path": "\(request.head.path)"])
            io.respond(to: request.id, with: .text(.ok, "\(count) messages"))
        }
    }

    mutating func onMail(_ mail: String, _ io: inout ServerContext) {
        io.publish(mail, to: io.topic(named: "all"))
        for id in waiting { io.respond(to: id, with: .text(.accepted, mail)) }
        waiting = []
    }

    mutating func onTick(_ io: inout ServerContext) { tickCount += 1 }

    mutating func onSignal(_ signal: Signal, _ io: inout ServerContext) { signals.append(signal) }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        causes.append(cause)
    }

    mutating func onEventStreamEnd(
        _ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext
    ) {
        causes.append(cause)
    }

    func save(to writer: inout StateWriter, _ io: borrowing ServerContext) {
        if savesCount { writer.write(Int64(count)) }
    }

    mutating func restore(
        from reader: inout StateReader, _ io: inout ServerContext
    ) throws(StateError) {
        count = Int(try reader.read(Int64.self))
    }
}
