// Bounded work: what callbacks cost, and work that goes on in later turns.
import LinuxReactor

extension ServerContext {
    /// Adds what a callback has done, or is about to do, to the work of this turn: in the units of
    /// ``Work``, which are nanoseconds about. Sending, publishing, answering and compressing are
    /// counted by the server; this is for the handler's own work, such as a search.
    ///
    /// In a callback about a connection's message or request it is done for that connection. A
    /// connection that has used its share of a turn is served again in a later one, and its address
    /// has a bound over time (``Limits/workRatePerAddress``). Nothing is refused for it.
    public mutating func charge(_ work: Int) {
        meter.spend(max(0, work))
        if meter.isShareUsed { endShare() }
    }

    /// The work of this turn so far, in the units of ``Work``. The difference of two readings is
    /// what was done between them, sending and compressing included.
    public var spentWork: Int { meter.spent }

    /// Counts work for a connection that was not done in a callback about it: in a later turn, or
    /// on another thread that it has kept busy. Its address has that much less of its share
    /// (``Limits/workRatePerAddress``). It is no work of this turn; what an answer costs here is
    /// charged with ``charge(_:)`` as well. Nothing happens if the connection has ended.
    public mutating func charge(_ work: Int, to id: ConnectionID) {
        guard work > 0, connections.slot(of: id) != nil else { return }
        chargedLater.append((id, work))
    }

    /// Whether this turn has done as much as it should (``Limits/workPerTurn``). A callback that
    /// works through a list asks after each element, and goes on in
    /// ``OperationsHandler/onWork(_:)`` when it is true. The tick and `onWork` have a quarter of a
    /// turn at least, and `onMail` half of one.
    public var isTurnSpent: Bool { meter.spent >= meter.partEnd }

    /// Asks for a call of ``OperationsHandler/onWork(_:)-(ServerContext)`` in the next turn, after
    /// new events have been handled. Asking twice is the same as once.
    public mutating func continueLater() { wantsWork = true }

    /// Whether what is sent to the connection can still reach its peer. False once it no longer
    /// exists, and while the last input of a connection is read that the peer has reset: its
    /// answers need not be made.
    public func isReachable(_ id: ConnectionID) -> Bool {
        guard let slot = connections.slot(of: id) else { return false }
        return !connections.slots[slot].isOutputLost && connections.slots[slot].phase != .terminated
    }

    /// The ten addresses that have caused the most work lately, most first; at most a second old.
    /// Only work that counts for ``Limits/workRatePerAddress`` is noted, that of loopback included.
    public var busiestAddresses: [AddressLoad] { telemetry.busiest }
    /// Connections that wait now because they or their address have used their share.
    public var waitingCount: Int { telemetry.waiting.count }

    /// The connection whose messages are being decoded has used its share of the turn: the next
    /// ones wait.
    @inline(never)
    mutating func endShare() {
        let slot = inbound.reading.slot
        guard slot != .none, connections.slots[slot].isOpen else { return }
        pauseReading(slot, .budget)
    }
}
