// A program that only connects outward: the server's loop without listeners.
import LinuxReactor
import Logging
import WebSocketCore

/// A loop for WebSockets that this program opens, with its handler: one thread, the one that calls
/// ``run()``. The handler is the same as a ``Server``'s, and begins in ``WebSocketHandler/onStart(_:)``:
///
/// ```swift
/// struct Greeter: WebSocketHandler {
///     let url: WebSocketURL
///
///     mutating func onStart(_ io: inout ServerContext) { io.connect(ConnectRequest(url)) }
///
///     mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) { io.send("Hello!", to: id) }
///
///     mutating func onMessage(
///         _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
///     ) {
///         print(message.text)
///         io.stop()
///     }
///
///     mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
///         io.stop()
///     }
/// }
///
/// let client = try WebSocketClient(Greeter(url: WebSocketURL("ws://127.0.0.1:8080")))
/// client.run()
/// ```
///
/// It holds as many connections as RLIMIT_NOFILE allows, at the cost of a slot each: no object, task
/// or closure stands behind one. A program that serves needs no client: its handler calls
/// ``ServerContext/connect(_:)`` as well.
public final class WebSocketClient<Handler: WebSocketHandler & ~Copyable> {
    private let server: Server<Handler>

    /// Other threads reach the handler through this; see ``WebSocketHandler/onMail(_:_:)``.
    public var mailbox: Mailbox<Handler.Mail> { server.mailbox }
    /// How many connections this client holds at most: ``Limits/connectionCount``, or what
    /// RLIMIT_NOFILE allows.
    public var connectionLimit: Int { server.connectionLimit }

    /// Makes everything ready; nothing is connected before ``run()``.
    ///
    /// The process ignores SIGPIPE from here on, and its soft limit on open files is raised to the
    /// hard one. ``ClientConfiguration/stopSignals`` are blocked for the calling thread, and for
    /// those that it starts later. Throws if the process has no descriptors left.
    public init(
        _ handler: consuming Handler, _ configuration: ClientConfiguration = ClientConfiguration()
    ) throws(SystemError) {
        server = try Server(handler, ServerConfiguration(configuration))
    }

    /// Calls the handler until it asks for a stop (``ServerContext/stop(grace:restarting:)``) or a stop
    /// signal comes, and all connections have ended. Called once: a second call ends the process.
    public func run() { server.run() }
}

/// What a client is told before it starts.
public struct ClientConfiguration: Sendable {
    /// What servers may do, and how long they may take; see ``Limits``. Messages may have 1 MiB here,
    /// in as many frames as the server likes, since a client has chosen its server.
    public var limits: Limits
    /// How often ``WebSocketHandler/onTick(_:)-(ServerContext)`` is called. A millisecond is the finest
    /// that there is: for a program that sends at a steady rate.
    public var tickInterval = Duration.seconds(1)
    /// Signals that close all connections in order and end the loop; a second one hurries. Empty if
    /// the program sees to signals itself.
    public var stopSignals: [Signal] = []
    /// Where the client and the handler log to.
    public var logger = Logger(label: "websocket-client")

    /// The defaults.
    public init() {
        limits = Limits()
        limits.messageByteCount = 1024 * 1024
        limits.fragmentCount = .max
    }
}

extension ServerConfiguration {
    /// A server that listens nowhere.
    fileprivate init(_ client: ClientConfiguration) {
        addresses = []
        limits = client.limits
        tickInterval = client.tickInterval
        stopSignals = client.stopSignals
        logger = client.logger
    }
}
