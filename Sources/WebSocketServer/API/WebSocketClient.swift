// A program that only makes outgoing connections: the server's loop without listeners.
import LinuxReactor
import Logging
import WebSocketCore

/// A loop for WebSockets that this program opens, with its handler. It runs on one thread: the
/// thread that calls `run()`, or one of its own in a program with async functions. The handler is
/// the same as a ``Server``'s, and begins in
/// ``OperationsHandler/onStart(_:)``:
///
/// ```swift
/// struct Greeter: OperationsHandler {
///     let url: WebSocketURL
///
///     mutating func onStart(_ io: inout ServerContext) { io.connect(ConnectRequest(url)) }
///
///     mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
///         io.send("Hello!", to: id)
///     }
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
/// It can have as many connections as RLIMIT_NOFILE allows; each costs a slot, without an object,
/// task or closure. A program that has a server needs no client: its handler can call
/// ``ServerContext/connect(_:)`` as well.
public final class WebSocketClient<Handler: WebSocketHandler & ~Copyable>: Sendable {
    fileprivate let server: Server<Handler>

    /// The most connections of this client: ``Limits/connectionCount``, or what RLIMIT_NOFILE
    /// allows.
    public var connectionLimit: Int { server.connectionLimit }

    /// Prepares the loop; nothing is connected before `run()`.
    ///
    /// From then on SIGPIPE does not end the process, and its soft limit on open files is the hard
    /// limit. ``ClientConfiguration/stopSignals`` are handled until `run()` returns or the client
    /// is released; see ``ServerConfiguration/stopSignals``.
    ///
    /// - Throws: if the process has no descriptors left, or one of the signals can't be handled.
    public init(
        _ handler: consuming sending Handler,
        _ configuration: ClientConfiguration = ClientConfiguration()
    ) throws(SystemError) {
        server = try Server(handler, ServerConfiguration(configuration))
    }

    /// Calls the handler until it asks for a stop (``ServerContext/stop(grace:restarting:)``) or a
    /// stop signal comes, and all connections have ended. Call it once: a second call ends the
    /// process.
    public func run() { server.run() }

    /// The same on a thread of its own, while the task waits; where the task is cancelled, the
    /// client stops in order.
    ///
    /// - Throws: if the system has no more threads.
    public func run() async throws(SystemError) { try await server.run() }

    /// Closes all connections in order, from any thread and at any time; see
    /// ``Server/stop(grace:restarting:)``.
    public func stop(grace: Duration? = nil) { server.stop(grace: grace) }
}

extension WebSocketClient where Handler: MailHandler & ~Copyable {
    /// The queue through which other threads reach the handler; see ``Server/mailbox``.
    public var mailbox: Mailbox<Handler.Mail> { server.mailbox }
}

/// The settings of a client, given before it starts.
public struct ClientConfiguration: Sendable {
    /// What servers may do, and how long they may take; see ``Limits``. By default messages may
    /// have 1 MiB, in any number of frames, since a client has chosen its server.
    public var limits: Limits
    /// How often ``OperationsHandler/onTick(_:)-(ServerContext)`` is called. The finest interval is
    /// a millisecond, for a program that sends at a steady rate.
    public var tickInterval = Duration.seconds(1)
    /// Signals that close all connections in order and end the loop; a second signal ends the
    /// grace. Empty if the program handles signals itself.
    public var stopSignals: [Signal] = []
    /// The logger of the client and the handler.
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
    init(_ client: ClientConfiguration) {
        addresses = []
        isClient = true
        limits = client.limits
        tickInterval = client.tickInterval
        stopSignals = client.stopSignals
        logger = client.logger
    }
}
