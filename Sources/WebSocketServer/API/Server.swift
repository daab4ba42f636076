// The server as a program uses it: bind, run, stop.
import LibC
import LinuxReactor
import Logging
import Storage
import Synchronization

/// A WebSocket server with its handler. It runs on one thread: the thread that calls
/// `run()`, or one of its own in a program with async functions.
///
/// ```swift
/// let server = try Server(Chat(), ServerConfiguration(port: 8080))
/// print("Listening on \(server.addresses)")
/// server.run()
/// ```
///
/// It may be passed to any thread, to stop it from there. A program may have several.
public final class Server<Handler: WebSocketHandler & ~Copyable>: Sendable {
    /// Until it is taken to be run.
    private let loop: Mutex<ServerLoop<Handler>?>
    let requests: LoopRequests
    let anyMailbox: Mailbox<Handler._Mail>
    /// The addresses that the server listens on for clients, with the actual ports.
    public let addresses: [NetworkAddress]
    /// All listening sockets, for clients and for operating the server.
    public let listeners: [Listener]
    /// The most connections of this server: ``Limits/connectionCount``, or what RLIMIT_NOFILE
    /// allows.
    public let connectionLimit: Int

    /// Binds the listening sockets. Clients can connect from then on; `run()` serves them.
    ///
    /// From then on SIGPIPE does not end the process, and its soft limit on open files is the hard
    /// limit. The server handles ``ServerConfiguration/stopSignals`` and
    /// ``ServerConfiguration/signals``, whichever thread of the process gets them, until `run()`
    /// returns or the server is released.
    ///
    /// - Throws: what went wrong, in a sentence for a person: a port is in use, a privilege is
    ///   missing.
    public init(
        _ handler: consuming sending Handler, _ configuration: ServerConfiguration
    ) throws(SystemError) {
        let loop = try ServerLoop(handler, configuration)
        listeners = loop.listeners
        addresses = listeners.filter { $0.kind.servesClients }.map(\.address)
        connectionLimit = loop.connectionLimit
        anyMailbox = loop.mailbox
        requests = loop.requests
        self.loop = Mutex(loop)
    }

    /// Serves until somebody asks for a stop, and all connections have ended: a stop signal
    /// (``ServerConfiguration/stopSignals``), ``stop(grace:restarting:)``, or the handler. Call it
    /// once: a second call ends the process.
    public func run() {
        guard let loop = loop.withLock({ $0.take() }) else {
            preconditionFailure("a server runs once")
        }
        loop.run()
    }

    /// Serves like `run()`, on a thread of its own, while the task waits. Where the task is
    /// cancelled the server stops in order, with the grace of ``stop(grace:restarting:)``, and this
    /// returns when all connections have ended.
    ///
    /// - Throws: if the system has no more threads.
    public func run() async throws(SystemError) {
        let isStarted = await withTaskCancellationHandler {
            await withCheckedContinuation { end in
                let isStarted = WorkerThread.start("server") {
                    self.run()
                    end.resume(returning: true)
                }
                if !isStarted { end.resume(returning: false) }
            }
        } onCancel: {
            stop()
        }
        guard isStarted else { throw SystemError(EAGAIN, "start a thread for the server") }
    }

    /// Stops the server in order, from any thread and at any time: see
    /// ``ServerContext/stop(grace:restarting:)``. It returns at once, and `run()` returns when all
    /// connections have ended. Before `run()`, that returns after its first turns; afterwards there
    /// is nothing to stop.
    public func stop(grace: Duration? = nil, restarting: Bool = false) {
        requests.askStop(grace: grace ?? Shutdown.usualGrace(restarting), isRestart: restarting)
    }

    /// A server that was never run closes what it has opened.
    deinit { loop.withLock({ $0.take() })?.close() }
}

extension Server where Handler: MailHandler & ~Copyable {
    /// The queue through which other threads reach the handler; see ``MailHandler/onMail(_:_:)``.
    /// It holds 65,536 messages; `post` returns false when it is full or the server has stopped.
    public var mailbox: Mailbox<Handler.Mail> { anyMailbox }
}
