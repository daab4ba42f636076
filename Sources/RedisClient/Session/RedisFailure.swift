// Why there is no connection to Redis.

/// Why a connection to Redis has ended, or was not made.
public enum RedisFailure: Error, Hashable, Sendable {
    /// The host name is not known; an EAI_ number of getaddrinfo(3).
    case unknownHost(Int32)
    /// connect(2) has failed; an errno(3).
    case notConnected(Int32)
    /// A connection was not made in 2 s.
    case connectTimedOut
    /// Redis has answered the greeting with this error: a wrong password, `NOAUTH`, `LOADING`.
    case refused(String)
    /// Redis does not speak RESP3: it is older than version 6.
    case tooOld
    /// A command was not answered within 2 s.
    case unanswered
    /// Redis has ended the connection.
    case ended
    /// The connection was lost; an errno(3).
    case lost(Int32)
    /// What was received is not what Redis sends, for this reason.
    case violation(String)
    /// This process hands its connections to the next one, which connects again.
    case handedOver
}

extension RedisFailure: CustomStringConvertible {
    /// A sentence about what has happened.
    public var description: String {
        switch self {
        case .unknownHost(let number): "The host name cannot be looked up (EAI_ error \(number))."
        case .notConnected(let number): "The connection was not made (errno \(number))."
        case .connectTimedOut: "The connection was not made within 2 s."
        case .refused(let error): "Redis refuses the connection: \(error)"
        case .tooOld: "This Redis does not speak RESP3: version 6 or newer is needed."
        case .unanswered: "A command was not answered within 2 s."
        case .ended: "Redis has ended the connection."
        case .lost(let number): "The connection was lost (errno \(number))."
        case .violation(let reason): "Redis has broken the protocol. \(reason)"
        case .handedOver: "The process hands its connections to the next one."
        }
    }
}
