// Flow control, limits, random bytes, and the end of the server.
import LinuxReactor
import WebSocketCore

extension ServerContext {
    /// Stops reading from a connection until ``resumeReading(_:)``: while a command is being answered by
    /// another thread, later ones wait. What has been received already is kept, at most
    /// 128 KiB; the peer is slowed down by TCP. Holding twice is the same as once.
    ///
    /// For as long as it is held nothing is heard from the peer, and its silence is not held against
    /// it. A reset is noticed; what the peer sent before it and was not read is lost then.
    public mutating func pauseReading(_ id: ConnectionID) {
        guard let slot = connections.slot(of: id), connections.slots[slot].isOpen else { return }
        pauseReading(slot, .handler)
    }

    /// Goes on reading from a connection that was held. What it had sent meanwhile is delivered
    /// first, from the next turn on. Does nothing if it is not held.
    public mutating func resumeReading(_ id: ConnectionID) {
        guard let slot = connections.slot(of: id) else { return }
        resumeReading(slot, .handler)
    }

    /// Stops the server in order: nobody new is accepted, open connections get a Close 1001, or 1012
    /// for a restart, and ``Server/run()`` returns when all have gone.
    ///
    /// The Closes are spread over `grace`, or over a millisecond for each connection if that is
    /// less, so that not everybody reconnects in the same instant. Connections that are still there
    /// ``Limits/closeDeadline`` after the last Close are reset.
    ///
    /// - Parameters:
    ///   - grace: over which time the Closes are spread at most. Asking again may shorten it.
    ///   - restarting: tells the peers that the server will be back at once (Close 1012), and counts
    ///     as ``CloseCause/restarting``. What was said first remains.
    public mutating func stop(grace: Duration = .seconds(5), restarting: Bool = false) {
        shutdown.ask(grace: grace, isRestart: restarting)
    }

    /// Lets other limits and another Origin rule hold from the next turn on, for connections that are
    /// open too. Nobody is sent away who is there already, and topics keep the log limit that they
    /// were made with.
    public mutating func update(limits: Limits, origin: OriginPolicy) {
        settings.pending = (limits, origin)
    }

    /// `count` unpredictable bytes of the kernel: for tokens and session names.
    public mutating func randomBytes(_ count: Int) -> [UInt8] { random.take(count) }
}
