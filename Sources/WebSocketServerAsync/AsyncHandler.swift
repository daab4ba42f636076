// Between the loop's callbacks and the tasks of connections.
import LinuxReactor
import WebSocketServer

/// What an ``AsyncServer`` is made of.
struct Service: Sendable {
    typealias ShouldUpgrade = @Sendable (borrowing HTTPRequest) throws -> UpgradeReply
    typealias Respond = @Sendable (borrowing HTTPRequest) -> HTTPResponse
    typealias Serve = @Sendable (WebSocket) async throws -> Void

    var bounds = SocketBounds()
    /// The subprotocols of the configuration.
    var subprotocols: [String] = []
    var shouldUpgrade: ShouldUpgrade = { _ in UpgradeReply() }
    var respond: Respond = { .webSocketOnly($0.head) }
    var serve: Serve = { _ in }
}

/// The handler of the loop: it has a ``WebSocket`` for each connection, and runs the jobs of its
/// task in each callback.
///
/// A hand-over to another process takes no tasks along: `restore` closes the connections with 1012,
/// and their clients come back.
struct AsyncHandler: HTTPHandler, MailHandler, OutputHandler, OperationsHandler,
    HandOverHandler
{
    typealias Mail = Wake

    let reactor: Reactor
    private let service: Service
    /// By `ConnectionID.slot`.
    private var sockets: [WebSocket?] = []
    /// The request that has been accepted and is not open yet.
    private var accepted: (id: ConnectionID, request: UpgradeRequest)?

    init(_ reactor: Reactor, _ service: Service) {
        self.reactor = reactor
        self.service = service
    }

    mutating func onStart(_ io: inout ServerContext) {
        reactor.begin()
        reactor.runJobs(&io)
    }

    // MARK: The opening

    mutating func onUpgrade(_ request: borrowing HTTPRequest) throws -> UpgradeReply {
        let reply = try service.shouldUpgrade(request)
        let offered = request.head.subprotocols
        let subprotocol = reply.subprotocol ?? service.subprotocols.first(where: offered.contains)
        accepted = (
            request.id,
            UpgradeRequest(head: request.head, subprotocol: subprotocol, peer: request.peer)
        )
        return reply
    }

    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        io.respond(to: request.id, with: service.respond(request))
    }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        if io.isOutgoing(id) {
            openOutgoing(id, &io)
        } else if let (acceptedID, request) = accepted, acceptedID == id {
            accepted = nil
            let socket = WebSocket(id, request, reactor, service.bounds)
            keep(socket)
            reactor.serve(socket, service.serve)
        }
        reactor.runJobs(&io)
    }

    private mutating func openOutgoing(_ id: ConnectionID, _ io: inout ServerContext) {
        guard let opening = reactor.takeOpening(id) else { return }
        let request = UpgradeRequest(
            head: nil, subprotocol: io.agreement(of: id)?.subprotocol,
            peer: io.peer(of: id) ?? .unknown)
        let socket = WebSocket(id, request, reactor, opening.bounds)
        keep(socket)
        opening.waiter.resume(returning: socket)
    }

    private mutating func keep(_ socket: WebSocket) {
        let index = Int(socket.id.slot)
        while sockets.count <= index { sockets.append(nil) }
        sockets[index] = socket
    }

    private func socket(_ id: ConnectionID) -> WebSocket? {
        let index = Int(id.slot)
        guard index < sockets.count, let socket = sockets[index], socket.id == id else {
            return nil
        }
        return socket
    }

    // MARK: The connection

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        socket(id)?.deliver(WebSocketMessage(message), &io)
        reactor.runJobs(&io)
    }

    mutating func onDrain(_ id: ConnectionID, _ io: inout ServerContext) {
        socket(id)?.resumeWriters()
        reactor.runJobs(&io)
    }

    mutating func onError(
        _ id: ConnectionID, _ error: ConnectionError, _ io: inout ServerContext
    ) {
        io.logger.debug("Connection \(id): \(error)")
        reactor.noteFailure(of: id, error)
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        if let socket = socket(id) {
            sockets[Int(id.slot)] = nil
            socket.end(cause)
        } else if let opening = reactor.takeOpening(id) {
            opening.waiter.resume(throwing: opening.error ?? .notConnected(cause))
        }
        reactor.runJobs(&io)
    }

    // MARK: The loop

    mutating func onMail(_ mail: Wake, _ io: inout ServerContext) { reactor.runJobs(&io) }

    mutating func onTick(_ io: inout ServerContext) {
        io.applicationByteCount = reactor.unreadByteCount.load(ordering: .relaxed)
        reactor.runJobs(&io)
    }

    mutating func onWork(_ io: inout ServerContext) { reactor.turned(&io) }

    /// Nothing of it is data.
    func save(to writer: inout StateWriter, _ io: borrowing ServerContext) {}

    mutating func restore(
        from reader: inout StateReader, _ io: inout ServerContext
    ) throws(StateError) {
        for id in io.openConnections { io.close(id, code: .serviceRestart) }
    }
}
