// Opening handshakes about which the handler decides later: their wait, and its end.
import LinuxReactor
import WebSocketCore

extension ServerContext {
    /// The slot of a connection whose handshake waits for a decision.
    func undecided(_ id: ConnectionID) -> Slot? {
        guard let slot = connections.slot(of: id), connections.slots[slot].phase == .deciding,
            let waiting = http.exchanges[connections.slots[slot].exchange].upgrade,
            waiting.reply == nil
        else { return nil }
        return slot
    }

    /// The handler decides later: nothing more is read until then, or until time has run out.
    mutating func deferUpgrade(_ slot: Slot, _ waiting: WaitingUpgrade) {
        http.exchanges[connections.slots[slot].exchange].upgrade = waiting
        connections.slots[slot].advance(.upgradeDeferred)
        connections.slots[slot].flags.insert(.attempting)
        connections.slots[slot].readPauses.insert(.responding)
        schedule(slot, in: settings.timeouts.upgrade)
        connections.queue(slot)
        if shutdown.isUnderWay { endUpgrade(slot, Refusal.stopping, shutdown.cause) }
    }

    /// Ends a handshake that waits for a decision: the client gets the reason as a response, and
    /// the handler an `onClose`.
    mutating func endUpgrade(_ slot: Slot, _ rejection: HandshakeRejection, _ cause: CloseCause) {
        http.exchanges[connections.slots[slot].exchange].upgrade = nil
        reject(slot, rejection)
        connections.scheduleReap(slot, cause)
    }
}

extension ServerCore where K: ~Copyable {
    /// Opens the connections that the handler has accepted since, or answers with 500 if its reply
    /// cannot be sent. What is too much for this turn is left for the next one.
    mutating func finishUpgrades(_ call: HandlerCall) {
        guard !io.connections.work.decided.isEmpty else { return }
        let end = io.meter.spent + io.settings.limits.workPerTurn / 4
        var ids: [ConnectionID] = []
        swap(&ids, &io.connections.work.decided)
        var index = 0
        while index < ids.count, io.meter.spent < end {
            io.meter.spend(Work.call)
            finishUpgrade(ids[index], call)
            index += 1
        }
        // They go before any that were decided meanwhile.
        io.connections.work.decided.insert(contentsOf: ids[index...], at: 0)
    }

    private mutating func finishUpgrade(_ id: ConnectionID, _ call: HandlerCall) {
        guard let slot = io.connections.slot(of: id),
            io.connections.slots[slot].phase == .deciding,
            let waiting = io.http.exchanges[io.connections.slots[slot].exchange].upgrade,
            let reply = waiting.reply
        else { return }
        if let flaw = reply.flaw(offered: waiting.offered) {
            return io.endUpgrade(slot, rejection(for: flaw), .serverClosed(.internalError))
        }
        let usual = upgrades.subprotocols.first { waiting.offered.contains($0) }
        io.connections.slots[slot].flags.remove(.attempting)
        io.connections.slots[slot].readPauses.remove(.responding)
        completeUpgrade(slot, waiting, reply.subprotocol ?? usual, reply.headers, call)
    }
}
