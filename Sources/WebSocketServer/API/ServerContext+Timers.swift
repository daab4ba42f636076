// Timers of the handler.
import LinuxReactor

extension ServerContext {
    /// Sets a timer: ``TimerHandler/onTimer(_:for:_:)`` is called once, when `delay` has
    /// passed. If the timer is set already, it is set anew, so a timer that is set with each
    /// message comes after a silence.
    ///
    /// It never comes early, and up to 0.14 s late, or later if a turn takes longer. Timers come in
    /// the order of their times, and in the order of setting if those are equal.
    ///
    /// - Parameters:
    ///   - name: what the timer is for.
    ///   - delay: how long from the beginning of this turn: between zero and a year, or the nearer
    ///     of these.
    ///   - id: the connection that it belongs to, with which it ends: a WebSocket that is not
    ///     being closed, an event stream, or a connection for requests. Nil for the server's own.
    /// - Returns: false, and nothing is set, if the connection has ended, or if
    ///   ``Limits/timerCount`` timers are set.
    @discardableResult
    public mutating func setTimer(
        _ name: TimerName, after delay: Duration, for id: ConnectionID? = nil
    ) -> Bool {
        if let id, waitingSlot(id) == nil { return false }
        let deadline = clock.now + min(max(delay, .zero), TimerTable.longestDelay)
        guard timers.set(name, of: id, at: deadline, limit: settings.limits.timerCount)
        else { return false }
        pendingCalls.insert(.timers)
        return true
    }

    /// Cancels a timer, which then does not come. Does nothing if it is not set.
    public mutating func cancelTimer(_ name: TimerName, for id: ConnectionID? = nil) {
        timers.cancel(name, of: id)
    }

    /// How long it is until a timer is due; nil if it is not set.
    public func remainingTime(of name: TimerName, for id: ConnectionID? = nil) -> Duration? {
        timers.deadline(of: name, of: id).map { $0.since(clock.now) }
    }

    /// The slot of a connection for which a timer or a task may wait.
    func waitingSlot(_ id: ConnectionID) -> Slot? {
        connections.slot(of: id).flatMap { connections.slots[$0].mayWait ? $0 : nil }
    }
}
