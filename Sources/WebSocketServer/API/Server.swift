// The server as its user meets it: bind, run, stop.
import Glibc
import LinuxReactor
import Logging

/// A WebSocket server with its handler: one thread, the one that calls ``run()``.
///
/// ```swift
/// let server = try Server(Chat(), ServerConfiguration(port: 8080))
/// print("Listening on \(server.addresses)")
/// server.run()
/// ```
public final class Server<Handler: WebSocketHandler & ~Copyable> {
    private var core: ServerCore<LinuxKernel>?
    private var handler: Handler?
    /// Other threads reach the handler through this; see ``WebSocketHandler/onMail(_:_:)``. It
    /// holds 65,536 letters; `post` says false when it is full or the server has stopped.
    public let mailbox: Mailbox<Handler.Mail>
    /// Where the server listens for clients, with the ports that it really got.
    public let addresses: [NetworkAddress]
    /// All its listening sockets, those for clients and those for operation.
    public let listeners: [Listener]
    /// How many connections this server holds at most: ``Limits/connectionCount``, or what
    /// RLIMIT_NOFILE allows.
    public let connectionLimit: Int

    /// Binds the listening sockets. From here on clients can connect; they are served by ``run()``.
    ///
    /// The process ignores SIGPIPE from here on, and its soft limit on open files is raised to the
    /// hard one. ``ServerConfiguration/stopSignals`` are blocked for the calling thread, and for
    /// those that it starts later.
    ///
    /// Throws what went wrong, in a sentence for a person: a busy port, a missing privilege.
    public init(
        _ handler: consuming Handler, _ configuration: ServerConfiguration
    ) throws(SystemError) {
        let core = try ServerCore(LinuxKernel(), configuration)
        listeners = core.listening.listeners
        addresses = listeners.filter { !$0.kind.isInternal }.map(\.address)
        connectionLimit = core.io.connectionLimit
        mailbox = Mailbox(descriptor: core.wakeup, wake: LinuxKernel.wake)
        self.core = consume core
        self.handler = consume handler
    }

    /// Serves until a stop signal comes (``ServerConfiguration/stopSignals``) or the handler asks
    /// for a stop, and everybody has gone. Called once: a second call ends the process.
    public func run() {
        // Locals: to find a property behind the handler, whose size is not known here, would take a
        // look at the type's metadata for each message, and a class's property a check as well.
        guard var core = core.take(), var handler = handler.take() else {
            preconditionFailure("a server runs once")
        }
        let mailbox = mailbox
        core.start { event, id, io throws(Disconnect) in
            try handler.handle(event, id, &io, mailbox)
        }
        while !core.isDone {
            core.turn { event, id, io throws(Disconnect) in
                try handler.handle(event, id, &io, mailbox)
            }
        }
        mailbox.close()
        core.close()
    }

    /// A server that was never run gives back what it has opened.
    deinit {
        guard let core = core.take() else { return }
        mailbox.close()
        core.close()
    }
}
