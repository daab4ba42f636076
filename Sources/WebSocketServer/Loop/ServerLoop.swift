// The loop with its handler, as one value that a thread runs.
import LinuxReactor

/// What belongs to the thread that runs a server.
package struct ServerLoop<Handler: WebSocketHandler & ~Copyable>: ~Copyable {
    private var core: ServerCore<LinuxKernel>
    private var handler: Handler
    let mailbox: Mailbox<Handler._Mail>
    let stops: StopRequests

    /// Opens all that can fail.
    package init(
        _ handler: consuming Handler, _ configuration: ServerConfiguration
    ) throws(SystemError) {
        #if DEBUG
            CallbackCheck.run(Handler.self, configuration.logger)
        #endif
        let core = try ServerCore(LinuxKernel(), configuration)
        mailbox = Mailbox(descriptor: core.wakeup, wake: LinuxKernel.wake)
        stops = StopRequests(waking: core.wakeup)
        self.core = core
        self.handler = handler
    }

    package var listeners: [Listener] { core.listening.listeners }
    var connectionLimit: Int { core.io.connectionLimit }

    /// Takes turns until somebody asks for a stop, and all connections have ended.
    package consuming func run() {
        // Locals: to access a property behind the handler, whose size is not known here, needs the
        // type's metadata for each message.
        let (mailbox, stops) = (mailbox, stops)
        var core = core
        var handler = handler
        core.start { event, id, io throws(Disconnect) in
            try handler.handle(event, id, &io, mailbox)
        }
        while !core.isDone {
            core.turn { event, id, io throws(Disconnect) in
                try handler.handle(event, id, &io, mailbox)
            }
            if let request = stops.take() {
                core.io.stop(grace: request.grace, restarting: request.isRestart)
            }
        }
        mailbox.close()
        stops.close()
        core.close()
    }

    /// Closes what was opened, without a turn.
    consuming func close() {
        mailbox.close()
        stops.close()
        core.close()
    }
}
