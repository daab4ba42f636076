// Signals by name.
import LibC

/// A signal, identified by its number: signal(7).
public struct Signal: RawRepresentable, Hashable, Sendable, BitwiseCopyable,
    ExpressibleByIntegerLiteral, CustomStringConvertible
{
    /// The number that kill(2) takes.
    public let rawValue: Int32

    /// The signal with this number.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// The signal with this number, written as an integer literal.
    public init(integerLiteral value: Int32) { rawValue = value }

    /// SIGINT: Ctrl-C in a terminal.
    public static let interrupt = Signal(rawValue: SIGINT)
    /// SIGTERM: what systemd and kill(1) send to end a process.
    public static let terminate = Signal(rawValue: SIGTERM)
    /// SIGHUP: by convention, a request to read the configuration again.
    public static let hangUp = Signal(rawValue: SIGHUP)
    /// SIGUSR1, for the application to give a meaning.
    public static let user1 = Signal(rawValue: SIGUSR1)
    /// SIGUSR2, for the application to give a meaning.
    public static let user2 = Signal(rawValue: SIGUSR2)

    /// The number, as "signal 15".
    public var description: String { "signal \(rawValue)" }
}
