// The server as a program uses it: bind, run, stop.
import Glibc
import LinuxReactor
import Logging

/// A WebSocket server with its handler. It runs on one thread, the one that calls ``run()``.
///
/// ```swift
/// let server = try Server(Chat(), ServerConfiguration(port: 8080))
/// print("Listening on \(server.addresses)")
/// server.run()
/// ```
public final class Server<Handler: WebSocketHandler & ~Copyable> {
    private var core: ServerCore<LinuxKernel>?
    private var handler: Handler?
    /// The queue through which other threads reach the handler; see
    /// ``WebSocketHandler/onMail(_:_:)``. It holds 65,536 messages; `post` returns false when it is
    /// full or the server has stopped.
    public let mailbox: Mailbox<Handler.Mail>
    /// The addresses that the server listens on for clients, with the actual ports.
    public let addresses: [NetworkAddress]
    /// All listening sockets, for clients and for operating the server.
    public let listeners: [Listener]
    /// The most connections of this server: ``Limits/connectionCount``, or what RLIMIT_NOFILE
    /// allows.
    public let connectionLimit: Int

    /// Binds the listening sockets. Clients can connect from then on; ``run()`` serves them.
    ///
    /// From then on SIGPIPE does not end the process, and its soft limit on open files is the hard
    /// limit. The server handles ``ServerConfiguration/stopSignals`` and
    /// ``ServerConfiguration/signals``, whichever thread of the process gets them, until ``run()``
    /// returns or the server is released.
    ///
    /// - Throws: what went wrong, in a sentence for a person: a port is in use, a privilege is
    ///   missing.
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
    /// for a stop, and all connections have ended. Call it once: a second call ends the process.
    public func run() {
        // Locals: to access a property behind the handler, whose size is not known here, needs the
        // type's metadata for each message, and a property of a class an exclusivity check as well.
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

    /// A server that was never run closes what it has opened.
    deinit {
        guard let core = core.take() else { return }
        mailbox.close()
        core.close()
    }
}
