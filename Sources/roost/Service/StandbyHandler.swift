// What a server answers that could not start: to clients that it is closed, to operators why.
import ChatRooms
import Glibc
import Logging
import WebSocketServer

/// The handler of a server in standby. Clients learn that it is closed, but none of its settings.
struct StandbyHandler: HTTPHandler, OperationsHandler, ~Copyable {
    private static let sentence =
        "The chat is closed until its operator has corrected its settings. Try again later."

    private var failure: StartFailure
    private let access: Access
    private var service: Service
    /// Tries to start the server, and keeps it.
    private let start: () throws(StartFailure) -> Void
    private var isMended = false
    private var started: Instant?
    private var lastReload = LastReload(isGood: false)
    private var nextTry = Instant(nanoseconds: 0)

    /// How often the start is tried again without a reload, if that may help.
    private static let retryInterval = Duration.seconds(10)

    init(
        _ failure: StartFailure, access: Access, service: consuming Service,
        start: @escaping () throws(StartFailure) -> Void
    ) {
        self.failure = failure
        self.access = access
        self.service = service
        self.start = start
    }

    // MARK: The service

    mutating func onStart(_ io: inout ServerContext) {
        started = io.now
        lastReload.at = io.wallClock
        nextTry = io.now + Self.retryInterval
    }

    mutating func onTick(_ io: inout ServerContext) {
        service.tick(roomCount: 0, userCount: 0, &io)
        guard failure.isPassing, io.now >= nextTry else { return }
        nextTry = io.now + Self.retryInterval
        tryToStart(&io, reportsFailure: false)
    }

    mutating func onLoopProbe(_ io: inout ServerContext) { service.loopProbe(io) }

    mutating func onSignal(_ signal: Signal, _ io: inout ServerContext) {
        switch signal {
        case .user2: service.restart(&io)
        // No chat is there that another program could go on with.
        case .user1, .hangUp: reload(&io)
        default: break
        }
    }

    /// The end of the standby is no stop if a server takes its place.
    mutating func onStop(_ io: inout ServerContext) {
        if !isMended { service.stopping(io) }
    }

    private mutating func reload(_ io: inout ServerContext) {
        guard !isMended, !io.isStopping else { return }
        service.reloading()
        tryToStart(&io, reportsFailure: true)
    }

    /// Tries to start again. If that succeeds, the standby ends.
    private mutating func tryToStart(_ io: inout ServerContext, reportsFailure: Bool) {
        guard !isMended, !io.isStopping else { return }
        do throws(StartFailure) {
            try start()
            isMended = true
            service.events.log(.reloaded, "The settings are good now: serving.")
            // READY=1 comes from the server that takes over.
            io.stop(grace: .zero)
        } catch {
            let isNew = error.sentences != failure.sentences
            failure = error
            if reportsFailure {
                lastReload = LastReload(isGood: false, at: io.wallClock)
                service.events.log(.reloadFailed, "Still not serving: \(error.line)")
            }
            if reportsFailure || isNew { service.change(fault: error.line) }
        }
    }

    // MARK: Clients

    /// A browser that offers subprotocols and is granted none fails the handshake, and its page
    /// would never see the close code.
    mutating func onUpgrade(
        _ request: borrowing HTTPRequest
    ) throws(HandshakeRejection) -> UpgradeReply {
        UpgradeReply(subprotocol: request.head.subprotocols.first.map { String($0) })
    }

    /// A script in a browser sees a close code, but no HTTP status.
    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws(Disconnect) {
        service.clientIsActive()
        throw Disconnect(.tryAgainLater, Self.sentence)
    }

    /// Never called: no WebSocket stays open.
    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect) {}

    /// Does nothing: the minute's record counts the clients that came.
    mutating func onError(_ id: ConnectionID, _ error: ConnectionError, _ io: inout ServerContext) {
    }

    /// No client's body is of any use.
    mutating func onRequestHead(
        _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) throws(HandshakeRejection) {
        guard !request.listener.isInternal else { return }
        service.clientIsActive()
        throw HandshakeRejection(Self.closed(request.head.path))
    }

    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        let path = request.head.path
        let response: HTTPResponse
        if path == "/healthz" {
            response = .json(.ok, Array(#"{"status":"ok"}"#.utf8))
        } else if path == "/readyz" {
            response = .json(.serviceUnavailable, Array(#"{"status":"not_serving"}"#.utf8))
        } else if request.listener.isInternal {
            response = answerOperator(request, &io)
        } else {
            service.clientIsActive()
            response = Self.closed(path)
        }
        io.respond(to: request.id, with: response)
    }

    private static func closed(_ path: String) -> HTTPResponse {
        if RoomRequest(path) != nil || HookRequest(path) != nil {
            return HTTPResponse(
                RoomAnswer(refusing: .unavailable, "The chat is closed for now: see its journal."))
        }
        var response = HTTPResponse.text(.serviceUnavailable, sentence)
        response.headers.append(("Retry-After", "10"))
        return response
    }

    // MARK: Operators

    private mutating func answerOperator(
        _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) -> HTTPResponse {
        let (path, isPost) = (request.head.path, request.head.method == .post)
        let rank: Access.Rank =
            request.listener == .metrics ? .stranger : access.rank(of: request.credentials)
        switch path {
        case "/metrics" where rank >= .member || request.listener == .metrics: return metrics(io)
        case "/status" where rank >= .member: return .status(report(io), request.head)
        case "/reload" where isPost && rank == .administrator,
            "/restart-in-place" where isPost && rank == .administrator:
            note(String(path.dropFirst()), request)
            reload(&io)
            return isMended
                ? .text(.ok, "The settings are good now: the server serves.")
                : .text(.unprocessableContent, failure.line)
        case "/stop" where isPost && rank == .administrator:
            note("stop", request)
            io.stop()
            return .text(.accepted, "The server is stopping.")
        case _
        where request.listener != .metrics
            && (rank < .member
                || isPost && ["/reload", "/restart-in-place", "/stop"].contains(path)):
            return HTTPResponse(
                RoomAnswer(
                    refusing: .forbidden,
                    "The server is not serving. Only root may correct that."))
        default: return Self.closed(path)
        }
    }

    private func note(_ action: String, _ request: borrowing HTTPRequest) {
        let user = request.credentials?.user ?? .max
        service.events.log(
            .controlAction, "User \(user) asked for \(action) at the control socket.",
            ["action": .string(action), "uid": .string("\(user)")])
    }

    private func report(_ io: borrowing ServerContext) -> StatusReport {
        var report = StatusReport()
        report.process = getpid()
        report.uptime = started.map { io.now.since($0) } ?? .zero
        report.isStopping = io.isStopping
        report.faults = failure.sentences
        report.statistics = io.statistics
        report.gauges = io.gauges()
        report.connectionLimit = io.connectionLimit
        report.loopLag = io.loopLag
        report.residentByteCount = ProcessFigures.residentByteCount ?? 0
        report.droppedLogRecordCount = service.droppedRecordCount
        return report
    }

    private func metrics(_ io: borrowing ServerContext) -> HTTPResponse {
        var text = MetricsText(prefix: "roost")
        let gauges = io.gauges()
        text.write(io.statistics, gauges, connectionLimit: io.connectionLimit)
        return .metrics(
            text.text
                + OperationMetrics.text(
                    lastReload, isServing: false, connectionCount: gauges.connectionCount))
    }
}
