// A handler that decides about opening handshakes when the test says so.
import LinuxReactor
import Storage
import WebSocketServer

/// Asks somebody else about every client, and carries out what that says.
struct Registrar: MailHandler, OperationsHandler, HandOverHandler {
    var asked: [ConnectionID] = []
    var events: [String] = []

    mutating func onUpgrade(
        _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) throws -> UpgradeDecision {
        asked.append(request.id)
        // Not decided about before this has returned.
        io.acceptUpgrade(request.id)
        precondition(!io.isUndecided(request.id), "not asked yet")
        return .later
    }

    mutating func onMail(
        _ mail: @Sendable (ConnectionID, inout ServerContext) -> Void, _ io: inout ServerContext
    ) {
        for id in asked { mail(id, &io) }
    }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        events.append("open \(id.resourceID)")
        io.send("hello", to: id)
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) { events.append("message \(id.resourceID) \(message.text)") }

    mutating func onError(
        _ id: ConnectionID, _ error: ConnectionError, _ io: inout ServerContext
    ) { events.append("error \(id.resourceID)") }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        precondition(!io.isUndecided(id), "it has ended")
        io.acceptUpgrade(id)
        events.append("close \(id.resourceID) \(cause.code.rawValue)")
    }

    mutating func onRefusal(_ refused: RefusedConnection, _ io: inout ServerContext) {
        events.append("refusal \(refused.status?.rawValue ?? 0)")
    }

    func save(to writer: inout StateWriter, _ io: borrowing ServerContext) {}
    mutating func restore(
        from reader: inout StateReader, _ io: inout ServerContext
    ) throws(StateError) {}
}
