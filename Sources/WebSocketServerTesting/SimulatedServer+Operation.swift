// Mail, signals, the orderly stop and the hand-over of a simulated server.
import LinuxReactor
import Storage
import WebSocketServer

extension SimulatedServer where Handler: MailHandler & ~Copyable {
    /// The queue through which other threads reach the handler, as a `Server` has it. What is
    /// posted to it from another thread is delivered with the next ``settle()`` or other call.
    public var mailbox: Mailbox<Handler.Mail> { simulation.mailbox }

    /// Posts mail to the handler, and lets it take it. Returns false if the server has stopped.
    @discardableResult
    public func post(_ mail: sending Handler.Mail) -> Bool {
        defer { settle() }
        return simulation.mailbox.post(mail)
    }
}

extension SimulatedServer where Handler: ~Copyable {
    /// A signal comes that the configuration names: `ServerConfiguration.stopSignals`
    /// stop the server, `ServerConfiguration.signals` go to `onSignal`.
    public func raise(_ signal: Signal) {
        precondition(
            network.watchedSignals.contains(signal.rawValue),
            "The server does not watch for \(signal), which would end the process or do nothing: "
                + "name it in stopSignals or signals of its configuration.")
        network.pendingSignals.append(signal.rawValue)
        settle()
    }

    // MARK: The end

    /// Asks for a stop, as `Server.stop(grace:restarting:)` does. The Closes are spread over the
    /// grace, and peers have time to answer: ``advance(by:)`` lets it pass.
    public func stop(grace: Duration? = nil, restarting: Bool = false) {
        withContext { _, io in io.stop(grace: grace, restarting: restarting) }
    }

    /// Whether the server has stopped and all connections have ended: `Server.run()` would return.
    public var hasStopped: Bool { simulation.core.isDone || hasFailed }

    // MARK: The hand-over

    /// Another process takes over with a new handler, while the clients stay connected and notice
    /// nothing: this handler's `save(to:_:)` is called, if it is a `HandOverHandler`, then the next
    /// one's `restore(from:_:)` and `onStart`. Requests that wait for an answer go on if it is one,
    /// and event streams; otherwise they end.
    ///
    /// The next handler comes with nothing but what was saved: state that `save` forgets is lost
    /// here as it would be there.
    ///
    /// - Throws: what `restore` has thrown, or that it has not read all that was written. No server
    ///   is left then, and all connections have ended.
    public func handOver(to next: consuming Handler) throws(StateError) {
        precondition(!hasStopped, "The server has stopped: there is nothing to hand over.")
        let state = simulation.save()
        simulation.handler = next
        do {
            try simulation.restore(state)
        } catch {
            hasFailed = true
            for socket in network.openDescriptors { network.abandon(socket) }
            throw (error as? StateError) ?? StateError("\(error)")
        }
        simulation.start()
        settle()
    }
}
