// Flow control, limits, random bytes, and stopping the server.
import LinuxReactor
import WebSocketCore

extension ServerContext {
    /// Pauses reading from a connection until ``resumeReading(_:)``: for example, later commands
    /// wait while another thread answers one. Up to 128 KiB that have been received already are
    /// kept; TCP slows the peer down. Pausing twice is the same as once.
    ///
    /// While reading is paused nothing is seen of the peer, so its silence is not a timeout. A
    /// reset is noticed; what the peer sent before it and was not read is lost then.
    public mutating func pauseReading(_ id: ConnectionID) {
        guard let slot = connections.slot(of: id), connections.slots[slot].isOpen else { return }
        pauseReading(slot, .handler)
    }

    /// Resumes reading from a paused connection. What it had sent meanwhile is delivered first,
    /// from the next turn on. Does nothing if reading is not paused.
    public mutating func resumeReading(_ id: ConnectionID) {
        guard let slot = connections.slot(of: id) else { return }
        resumeReading(slot, .handler)
    }

    /// Stops the server in order: it accepts no more connections, closes the open ones with 1001,
    /// or 1012 for a restart, and `Server.run()` returns when all have ended.
    ///
    /// The Closes are spread over `grace`, or over a millisecond for each connection if that is
    /// less, so that not all clients reconnect at once. Connections that remain
    /// ``Limits/closeDeadline`` after the last Close are reset.
    ///
    /// For a restart with a ``ServerConfiguration/descriptorStore`` no connection is closed: all of
    /// them wait there for the next process, and `Server.run()` returns as soon as they do, or
    /// after the 2 s that TLS handshakes, tasks and what else cannot go on there have to end. The
    /// handler's `save(to:_:)` is the last callback then, and `onStop` does not come. Only if the
    /// store does not take them, this is a stop like any other; the reason is logged.
    ///
    /// Without one, every client waits at a restart until the last one is gone, since only then the
    /// next process accepts. So the Closes are not spread, and peers that do not answer are waited
    /// for no longer than 300 ms: the kernel goes on sending to them what they have not taken.
    ///
    /// - Parameters:
    ///   - grace: the time over which the Closes are spread, at most; nil for 5 s, or none for a
    ///     restart. A second call may shorten it.
    ///   - restarting: tells the peers that the server will be back at once (Close 1012); the cause
    ///     is then ``CloseCause/restarting``. The first call decides.
    public mutating func stop(grace: Duration? = nil, restarting: Bool = false) {
        let isFirst = !isStopping && shutdown.request == nil
        if restarting, isFirst, requests?.askLeaving() == true { return }
        shutdown.ask(grace: grace ?? Shutdown.usualGrace(restarting), isRestart: restarting)
    }

    /// Sets other limits and other rules for pages and hosts, in force from the next turn on, also
    /// for open connections. No open connection is closed for it, and topics keep the log limit
    /// that they were made with. Without `hosts`, those rules stay as they are.
    public mutating func update(limits: Limits, origin: OriginPolicy, hosts: HostRules? = nil) {
        settings.pending = (limits, origin, hosts ?? settings.pending?.hosts ?? settings.hosts)
    }

    /// Uses other certificates for handshakes that begin from now on; connections keep theirs. For
    /// a server that was started without ``ServerConfiguration/tls`` it does nothing. Clients
    /// resume their sessions if both have the same ``TLS/Options/ticketKeys``, or both none.
    public mutating func update(tls: TLS) {
        if settings.tls != nil { settings.tls = tls }
    }

    /// `count` unpredictable bytes from the kernel (getrandom(2)), for tokens and session names.
    public mutating func randomBytes(_ count: Int) -> [UInt8] { random.take(count) }
}
