// The server as its user meets it: bind, run, stop.
import Glibc
import LinuxReactor
import Logging

/// A WebSocket server with its handler.
///
/// ```swift
/// var server = try Server(Chat(), ServerConfiguration(port: 8080))
/// print("Listening on \(server.addresses)")
/// server.run()
/// ```
public struct Server<Handler: WebSocketHandler & ~Copyable>: ~Copyable {
    private var core: ServerCore<LinuxKernel>
    private var handler: Handler
    /// Other threads reach the handler through this; see ``WebSocketHandler/onMail(_:_:)``.
    public let mailbox: Mailbox<Handler.Mail>

    /// Binds the listening sockets. From here on clients can connect; they are served by ``run()``.
    ///
    /// Throws what went wrong, in a sentence for a person: a busy port, a missing privilege.
    public init(
        _ handler: consuming Handler, _ configuration: ServerConfiguration
    ) throws(SystemError) {
        core = try ServerCore(LinuxKernel(), configuration)
        self.handler = handler
        mailbox = Mailbox(descriptor: core.wakeup, wake: LinuxKernel.wake)
    }

    /// Where the server listens, with the ports that it really got.
    public var addresses: [NetworkAddress] { core.listeners.map(\.address) }

    /// How many connections this process may hold.
    public var connectionLimit: Int { core.connectionLimit }

    /// Serves until a stop signal comes (``ServerConfiguration/stopSignals``) or the handler asks for
    /// a stop, and everybody has gone. Called once.
    public consuming func run() {
        // Locals: to find a property behind the handler, whose size is not known here, would take a
        // look at the type's metadata for each message.
        let mailbox = mailbox
        var core = core
        var handler = handler
        while !core.isDone {
            core.turn { event, id, io throws(Disconnect) in
                try handler.handle(event, id, &io, mailbox)
            }
        }
        mailbox.close()
        core.close()
    }
}
