// The control socket: the requests and commands of operators.
import ChatRooms
import Glibc
import Logging
import WebSocketServer

extension ChatHandler {
    /// Answers a request to a listener that is not for clients: control socket or metrics. Nil if
    /// the answer comes later.
    mutating func answerOperator(
        _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) -> HTTPResponse? {
        let path = request.head.path
        if path == "/healthz" || path == "/readyz" {
            return site.answer(request.head, isStopping: io.isStopping, isCutOff: isCutOff)
        }
        let isReading = request.head.method == .get || request.head.method == .head
        if request.listener == .metrics {
            guard path == "/metrics" else {
                return .text(.notFound, "There is nothing here. The metrics are at /metrics.")
            }
            return isReading ? metrics(io) : .notAllowed(request.head, allow: "GET, HEAD")
        }
        let rank = access.rank(of: request.credentials)
        guard rank >= .member else {
            return Self.strangerAtControl
        }
        switch path {
        case "/status", "/metrics", "/connections", "/rooms", "/ends", "/accounts", "/bans",
            "/hooks":
            guard isReading else { return .notAllowed(request.head, allow: "GET, HEAD") }
            return look(path, request.head, io)
        default: break
        }
        guard let action = ControlAction(path) else {
            return .text(.notFound, "There is nothing here. \(ControlAction.list)")
        }
        guard request.head.method == .post else { return .notAllowed(request.head, allow: "POST") }
        guard rank == .administrator else {
            return HTTPResponse(
                RoomAnswer(
                    refusing: .forbidden,
                    "Only root and members of the group of --admin-group may do this."))
        }
        let user = request.credentials?.user ?? .max
        if !action.logsResult {
            service.events.log(
                .controlAction, "User \(user) asked for \(action.rawValue) at the control socket.",
                ["action": .string(action.rawValue), "uid": .string("\(user)")])
        }
        return carryOut(action, request, &io)
    }

    static var strangerAtControl: HTTPResponse {
        HTTPResponse(
            RoomAnswer(
                refusing: .forbidden, "Only members of the control group may use this socket."))
    }

    /// What a member may read.
    private mutating func look(
        _ path: String, _ head: RequestHead, _ io: borrowing ServerContext
    ) -> HTTPResponse {
        switch path {
        case "/status": status(head, io)
        case "/metrics": metrics(io)
        case "/connections": connections(head, io)
        case "/rooms": roomList(head, io)
        case "/accounts": accounts(head)
        case "/bans": bans(head)
        case "/hooks": hooks(head)
        default: ends(head, io)
        }
    }

    private mutating func carryOut(
        _ action: ControlAction, _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) -> HTTPResponse? {
        switch action {
        case .stop:
            io.stop()
            return .text(.accepted, "The server is stopping.\(stopNote)")
        case .kick: return kick(request, &io)
        case .resetAccount: return resetAccount(request, &io)
        case .deleteAccount: return deleteAccount(request, &io)
        case .ban: return moderate(.ban, request, &io)
        case .unban: return moderate(.unban, request, &io)
        case .mute: return moderate(.mute, request, &io)
        case .unmute: return moderate(.unmute, request, &io)
        case .mod: return setModerator(request, &io)
        case .addHook: return addHook(request, &io)
        case .deleteHook: return deleteHook(request, &io)
        case .reload: return reload(request, &io)
        case .restartInPlace: return reload(request, inPlace: true, &io)
        case .checkHandOver: return checkHandOver(request, &io)
        }
    }

    /// What to know about a stop: with sockets from systemd it does not last.
    private var stopNote: String {
        isActivatedBySocket
            ? " Its sockets stay open in systemd: the next connection starts it again. To stop it "
                + "for good, stop its sockets as root: systemctl stop roost.socket."
            : ""
    }
}

/// The commands of an administrator, by their path.
enum ControlAction: String, CaseIterable {
    case stop, reload, kick, ban, unban, mute, unmute, mod
    case resetAccount = "reset-account"
    case deleteAccount = "delete-account"
    case addHook = "add-hook"
    case deleteHook = "delete-hook"
    case restartInPlace = "restart-in-place"
    case checkHandOver = "check-handover"

    /// Whether its result says more than that it was asked for, and is logged instead.
    var logsResult: Bool {
        ![.stop, .reload, .restartInPlace, .checkHandOver].contains(self)
    }

    init?(_ path: String) {
        guard path.first == "/" else { return nil }
        self.init(rawValue: String(path.dropFirst()))
    }

    /// The answer to requests for any other path.
    static var list: String {
        "Ask for GET /status, /metrics, /connections, /rooms, /ends, /accounts, /bans, /hooks, "
            + allCases.map { "POST /\($0.rawValue)" }.joined(separator: ", ")
            + ", POST /rooms/ROOM/messages."
    }
}
