// The close codes that the chat's protocol defines: 4000–4999 belong to applications
// (RFC 6455 §7.4.2).
import CommandLineOptions
import WebSocketServer

extension CloseCode {
    /// The client read so slowly that it lost its place in a room: it reconnects and resumes.
    static let fellBehind = CloseCode(rawValue: 4001)
    /// An operator sent the client out: its user decides whether to come back.
    static let kicked = CloseCode(rawValue: 4003)
    /// A moderator or an operator has banned the user.
    static let banned = CloseCode(rawValue: 4004)
    /// The user has signed out on another connection.
    static let sessionEnded = CloseCode(rawValue: 4005)
}

extension ServerOptions {
    /// The limits of the command line, with the chat's close code for slow clients.
    var chatServerLimits: Limits {
        var limits = limits
        limits.slowConsumerCloseCode = .fellBehind
        return limits
    }
}
