// The server's log records, as sentences and fields. Messages of users are never logged.
import Logging
import WebSocketServer

/// Writes events to the log: a sentence for people, fields for programs.
struct EventLog {
    /// The destination. Private, so that every record has the name of a ``ServerEvent``.
    private var logger: Logger
    /// The lowest level that is logged.
    var level: Logger.Level {
        get { logger.logLevel }
        set { logger.logLevel = newValue }
    }

    init(logger: Logger) { self.logger = logger }

    /// Logs an event, at its own level unless `level` is given. The fields' names become ROOST_… in
    /// the journal.
    func log(
        _ event: ServerEvent, _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> Logger.Metadata = [:], level: Logger.Level? = nil
    ) {
        logger.log(
            level: level ?? event.level, "\(message())",
            metadata: fields().merging(["event": .string(event.rawValue)]) { $1 })
    }

    /// The user of a connection that has ended, and the rooms it was in.
    struct Party {
        var user: String?
        var rooms: [String] = []

        /// " of ann in lobby, kitchen".
        var words: String {
            let user = user.map { " of \($0)" } ?? ""
            return rooms.isEmpty ? user : "\(user) in \(rooms.joined(separator: ", "))"
        }
    }

    func opened(_ id: ConnectionID, _ peer: NetworkAddress?) {
        log(
            .connectionOpened, "Connection \(id.resourceID) from \(host(peer)) is open.",
            fields(id, peer))
    }

    /// `reason` is the sentence that the server has given the peer, if it closed the connection.
    func ended(
        _ id: ConnectionID, _ cause: CloseCause, _ peer: NetworkAddress?, _ party: Party,
        reason: String = ""
    ) {
        var end = "\(cause)."
        if case .serverClosed = cause, !reason.isEmpty { end = "\(cause): \(reason)" }
        log(
            ServerEvent(cause),
            "Connection \(id.resourceID)\(party.words) from \(host(peer)) ended: \(end)",
            fields(id, peer).merging([
                "cause": .string(CloseCause.counterNames[cause.counterIndex]),
                "close-code": .string("\(cause.code)"),
            ]) { $1 }.merging(party.fields) { $1 })
    }

    func refused(_ refused: RefusedConnection) {
        let status = refused.status.map { " with HTTP \($0.rawValue)" } ?? ""
        let reason = refused.reason.isEmpty ? "no request came in time." : refused.reason
        var fields = Self.fields(of: refused.peer)
        fields["cause"] = .string(refused.refusal.name)
        if let status = refused.status { fields["status"] = .string("\(status.rawValue)") }
        log(
            ServerEvent(refused.refusal),
            "Refused \(host(refused.peer))\(status): \(reason)", fields)
    }

    /// An address has sent more wrong tokens than a person mistypes.
    func tokensGuessed(_ peer: NetworkAddress) {
        let end = peer.isLoopback ? "" : " It gets 429 now, and may try one in 6 seconds."
        log(
            .tokensGuessed, "Many wrong tokens from \(host(peer)).\(end)",
            Self.fields(of: peer))
    }

    private func fields(_ id: ConnectionID, _ peer: NetworkAddress?) -> Logger.Metadata {
        var fields = peer.map(Self.fields(of:)) ?? [:]
        fields["connection"] = .string("\(id.resourceID)")
        return fields
    }

    private static func fields(of peer: NetworkAddress) -> Logger.Metadata {
        ["peer": .string(peer.host), "peer-port": .string("\(peer.port)")]
    }

    private func host(_ peer: NetworkAddress?) -> String {
        guard let peer else { return "an unknown address" }
        return peer.family == .local ? "a local socket" : peer.host
    }
}

extension EventLog.Party {
    fileprivate var fields: Logger.Metadata {
        var fields: Logger.Metadata = [:]
        if let user { fields["user"] = .string(user) }
        if !rooms.isEmpty { fields["room"] = .array(rooms.map { .string($0) }) }
        return fields
    }
}

extension ServerEvent {
    /// The event for the end of a connection.
    init(_ cause: CloseCause) {
        switch cause {
        case .peerClosed: self = .endedByPeer
        case .endOfStream: self = .endedWithoutClose
        case .serverClosed(.normal), .serverClosed(.sessionEnded): self = .signedOut
        case .serverClosed: self = .endedByServer
        case .violation: self = .protocolViolation
        case .pingTimeout: self = .pingTimeout
        case .slowConsumer: self = .slowConsumer
        case .memoryShort: self = .endedForMemory
        case .stopping: self = .endedForStop
        case .restarting: self = .endedForRestart
        // The last ones are for outgoing connections; a chat has none.
        case .connectionLost, .nameResolutionFailed, .connectFailed, .handshakeRefused,
            .handshakeFailed,
            .handshakeTimedOut:
            self = .connectionLost
        }
    }

    /// The event for a refused connection.
    init(_ refusal: Refusal) {
        switch refusal {
        case .tooManyConnections, .tooManyHandshakes: self = .serverFull
        case .tooManyFromAddress: self = .addressFull
        case .rateLimitedAddress: self = .addressTooFast
        case .noDescriptors: self = .outOfDescriptors
        case .request, .tlsHandshake: self = .requestRefused
        case .proxyHeader: self = .proxyHeader
        case .wrongHost: self = .wrongHost
        case .handshakeTimeout: self = .requestTimeout
        }
    }
}
