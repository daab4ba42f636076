// Running another program in place of this one, which goes on with all connections.
import LinuxReactor

/// Which program takes over, and how long it may take: see ``Server/reexec(_:onFailure:)``.
public struct Reexec: Sendable {
    /// The path of the program, not searched for in PATH. By default that of the running program,
    /// as it was when the server was made: where an upgrade puts another file there, that one
    /// starts. A link that leads to another file by now is not followed again: name it here.
    public var executable: String?
    /// The program's arguments; the first is its own name. By default the running program's.
    public var arguments = CommandLine.arguments
    /// The program's environment; nil, the default, for this process's.
    public var environment: [String: String]?
    /// How long requests, TLS handshakes and tasks that are under way may take to end, once the
    /// program has checked the state. Nobody else waits for them meanwhile. 2 s by default.
    public var grace = Duration.seconds(2)
    /// How long the program may take to check the state, as a child, while this one serves: its
    /// start counts. 30 s by default.
    public var checkDeadline = Duration.seconds(30)
    /// Called once instead of a hand-over, on the loop's thread, when the program has checked the
    /// state and could take it over. Nil, the default, lets it take over.
    package var onChecked: (@Sendable () -> Void)?

    /// The running program again, or what has been installed in its place.
    public init() {}
}

/// Why no other program has taken over. The server serves on. The description is a sentence.
public enum ReexecFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Another program is about to take over already.
    case underWay
    /// The server stops, or has stopped.
    case stopping
    /// The process has this many servers and clients (``WebSocketClient``), and only one can be
    /// handed over.
    case severalServers(Int)
    /// The server listens nowhere, or is a simulated one.
    case notListening
    /// The system refuses: the program cannot be run, or there is no memory.
    case system(SystemError)
    /// The program does not take over: what it wrote to its standard error, in one line.
    case refused(String)
    /// The program has ended with this status without having checked the state: it is another
    /// program, or too old.
    case unchecked(status: Int32)
    /// This signal has ended the program while it checked.
    case killed(Signal)
    /// The program has not answered within this time.
    case late(Duration)
    /// The handler has not come to rest within this time:
    /// ``HandOverHandler/prepareHandOver(_:_:)``.
    case busy(Duration)

    /// What happened.
    public var description: String {
        switch self {
        case .underWay: "Another program is about to take over already."
        case .stopping: "The server stops."
        case .severalServers(let count):
            "The process has \(count) servers and clients, and only one can be handed over."
        case .notListening: "The server has no listening socket that could be handed over."
        case .system(let error): error.description
        case .refused(let words): "The new program refuses: \(words)"
        case .unchecked(let status):
            """
            The new program has ended with status \(status) and has not checked the state: it is \
            another program, or too old.
            """
        case .killed(let signal): "The new program was ended by \(signal) while it checked."
        case .late(let limit): "The new program has not answered within \(limit)."
        case .busy(let limit): "This program has not come to rest within \(limit)."
        }
    }
}
