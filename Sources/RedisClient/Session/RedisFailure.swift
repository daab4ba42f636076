// Why there is no connection to Redis.

/// Why a connection to Redis has ended, or was not made.
public enum RedisFailure: Error, Hashable, Sendable {
    /// The host name is not known; an EAI_ number of getaddrinfo(3).
    case unknownHost(Int32)
    /// connect(2) has failed; an errno(3).
    case notConnected(Int32)
    /// A connection was not made in 2 s.
    case connectTimedOut
    /// There is no TLS with the server, for the reason of this sentence: nobody vouches for its
    /// certificate, it is for another host, it has expired, or the port speaks no TLS.
    case encryption(String)
    /// What answers at the address is something else than Redis, as this sentence says.
    case notRedis(String)
    /// The connection has ended before the greeting was answered: perhaps one end speaks TLS, and
    /// the other does not.
    case notGreeted
    /// Redis has answered the greeting with this error: a wrong password, `NOAUTH`, `LOADING`.
    case refused(String)
    /// Redis does not speak RESP3: it is older than version 6.
    case tooOld
    /// It is a replica: what is published there does not reach the primary and its clients.
    case replica
    /// It is a Sentinel, which knows where a Redis is, and is none.
    case sentinel
    /// A command was not answered within 2 s.
    case unanswered
    /// Redis has ended the connection.
    case ended
    /// The connection was lost; an errno(3).
    case lost(Int32)
    /// What was received is not what Redis sends, for this reason.
    case violation(String)
    /// The program has given the connection up, for this reason.
    case abandoned(String)
    /// This process hands its connections to the next one, which connects again.
    case handedOver
}

extension RedisFailure: CustomStringConvertible {
    /// What has happened, and what can be done about it.
    public var description: String {
        switch self {
        case .unknownHost(let number):
            "The host name cannot be looked up (EAI_ error \(number)): check the host of its URL."
        case .notConnected(let number):
            "The connection was not made (errno \(number)): check that Redis runs, and the host "
                + "and port, or the path, of its URL."
        case .connectTimedOut:
            "The connection was not made within 2 s: check that the host is right, and that no "
                + "firewall drops the packets."
        case .encryption(let reason): reason
        case .notRedis(let reason): reason
        case .notGreeted:
            "The connection was ended before the greeting was answered: check the host and port of "
                + "its URL, and whether TLS is spoken there (rediss://) or not (redis://)."
        case .refused(let error): "Redis refuses the connection: \(error)\(Self.advice(on: error))"
        case .tooOld: "This Redis does not speak RESP3: version 6 or newer is needed."
        case .replica:
            "This Redis is a replica: what is published there does not reach its primary. Name the "
                + "primary in the URL."
        case .sentinel:
            "This is a Sentinel, and not a Redis: name in the URL the primary that it watches."
        case .unanswered: "A command was not answered within 2 s: Redis hangs, or is overloaded."
        case .ended: "Redis has ended the connection."
        case .lost(let number): "The connection was lost (errno \(number))."
        case .violation(let reason): "Redis has broken the protocol. \(reason)"
        case .abandoned(let reason): "The program has given the connection up: \(reason)"
        case .handedOver: "The process hands its connections to the next one."
        }
    }

    /// Its name in metrics.
    package var name: String {
        switch self {
        case .unknownHost: "unknown_host"
        case .notConnected: "not_connected"
        case .connectTimedOut: "connect_timed_out"
        case .encryption: "encryption"
        case .notRedis: "not_redis"
        case .notGreeted: "not_greeted"
        case .refused: "refused"
        case .tooOld: "too_old"
        case .replica: "replica"
        case .sentinel: "sentinel"
        case .unanswered: "unanswered"
        case .ended: "ended"
        case .lost: "lost"
        case .violation: "violation"
        case .abandoned: "abandoned"
        case .handedOver: "handed_over"
        }
    }

    /// What to do about an error of Redis, which is known by its first words.
    private static func advice(on error: String) -> String {
        let known: [(String, String)] = [
            ("WRONGPASS", "Check the user and the password of its URL."),
            (
                "NOAUTH",
                "It wants a password: redis://USER:PASSWORD@HOST, or redis://:PASSWORD@HOST."
            ),
            ("NOPERM", "Let the user do it: ACL SETUSER, with +ping, +@pubsub and its channels."),
            ("LOADING", "It is tried again until it has loaded them."),
            ("DENIED", "Give it a password (requirepass), or let it listen elsewhere (bind)."),
            ("ERR max number of clients", "Raise its maxclients, or find out who is connected."),
        ]
        guard let (_, advice) = known.first(where: { error.hasPrefix($0.0) }) else { return "" }
        return error.hasSuffix(".") ? " \(advice)" : ". \(advice)"
    }
}
