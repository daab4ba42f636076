// Shares of work: connections that have used theirs wait, and are served in order.
import LibC
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// Begins to count the work of a turn; `isNewRound` if it has events of a new wait.
    mutating func beginWork(isNewRound: Bool) {
        if io.telemetry.turns.isCPUTimeOld(at: io.clock.now) {
            io.telemetry.turns.noteCPU(kernel.threadCPUTime(), at: io.clock.now)
        }
        io.meter.beginTurn(io.settings.limits.workPerTurn)
        listening.shares.beginTurn(
            io.settings.limits.workRatePerAddress, isNewRound: isNewRound, at: io.clock.now)
    }

    /// The turn has done its work: notes how much and how long.
    mutating func endWork() {
        if !io.chargedLater.isEmpty { chargeLater() }
        io.telemetry.waiting = (listening.shares.waitingCount, listening.shares.waitCount)
        let nanoseconds = kernel.monotonicNow().nanoseconds(since: io.clock.now)
        io.telemetry.turns.record(nanoseconds, work: io.meter.spent, at: io.clock.now)
        // Asking for CPU time is a system call: only long turns are worth one.
        guard nanoseconds >= TurnLengths.long else { return }
        io.telemetry.turns.recordCPU(kernel.threadCPUTime(), nanoseconds)
    }

    /// Charges addresses with work that was done for their connections elsewhere.
    private mutating func chargeLater() {
        for (id, work) in io.chargedLater {
            guard let slot = io.connections.slot(of: id),
                !io.connections.slots[slot].listener.isInternal
            else { continue }
            let isExempt = !io.connections.slots[slot].flags.contains(.admitted)
            listening.shares.charge(
                io.connections.slots[slot].peer, work, isExempt: isExempt, at: io.clock.now)
        }
        io.chargedLater.removeAll(keepingCapacity: true)
    }

    /// A connection's input has been served: charges its address with what it has caused, and puts
    /// the connection behind others if it has used its share.
    @inline(never)
    mutating func account(_ slot: Slot, receivedByteCount: Int) {
        // Receiving and one send are part of every exchange.
        let work = io.meter.servedWork - receivedByteCount - 2 * Work.call
        let peer = io.connections.slots[slot].peer
        if work > WorkMeter.freeWork, !io.connections.slots[slot].listener.isInternal {
            let isExempt = !io.connections.slots[slot].flags.contains(.admitted)
            // Nobody waits for what is left of a lost connection: it counts for more, so that much
            // of it, from many of them, soon makes a debt.
            let weight = io.connections.slots[slot].isOutputLost ? 8 : 1
            listening.shares.charge(peer, weight * work, isExempt: isExempt, at: io.clock.now)
        }
        guard io.connections.slots[slot].readPauses.contains(.budget) else { return }
        guard io.connections.slots[slot].phase != .terminated else { return }
        // What is left of a connection that is lost is read to its end, a share in each turn,
        // unless its address owes work.
        if io.connections.slots[slot].isOutputLost {
            guard io.connections.slots[slot].flags.contains(.admitted), listening.shares.owes(peer)
            else { return io.resumeReading(slot, .budget) }
            return io.terminate(slot, .connectionLost(ECONNRESET), reset: true)
        }
        holdBack(slot)
    }

    /// Whether the input of this connection has to wait, since its address has used its share.
    @inline(never)
    mutating func isHeldBack(_ slot: Slot) -> Bool {
        switch io.connections.slots[slot].phase {
        case .head, .body: break
        case .webSocket where io.connections.slots[slot].session.reads: break
        default: return false
        }
        guard !io.connections.slots[slot].isOutputLost,
            io.connections.slots[slot].flags.contains(.admitted),
            listening.shares.isLimited(io.connections.slots[slot].peer)
        else { return false }
        io.connections.slots[slot].readPauses.insert(.budget)
        holdBack(slot)
        return true
    }

    /// A peer has gone while nothing is read from it. What it had sent is still read, unless its
    /// address owes work: for the rest of that nobody waits. A peer that has only ended its side
    /// may still take its replies: it is given up only if the debt is why nothing is read.
    @inline(never)
    mutating func goneWhilePaused(_ slot: Slot, _ readiness: Readiness) {
        let isLost = !readiness.isDisjoint(with: .failed)
        guard isLost || readiness.contains(.peerEnded) else { return }
        if isLost || io.connections.slots[slot].readPauses.contains(.budget),
            io.connections.slots[slot].flags.contains(.admitted),
            listening.shares.owes(io.connections.slots[slot].peer)
        {
            let cause: CloseCause = isLost ? .connectionLost(ECONNRESET) : .endOfStream
            return io.terminate(slot, cause, reset: isLost)
        }
        if isLost { lostWhilePaused(slot) } else { endedWhilePaused(slot) }
    }

    private mutating func holdBack(_ slot: Slot) {
        // Connections that admission does not count wait for nobody's debt.
        let isCounted = io.connections.slots[slot].flags.contains(.admitted)
        listening.shares.wait(
            io.connections.id(of: slot),
            of: isCounted ? io.connections.slots[slot].peer : .unknown, at: io.clock.now)
        io.connections.queue(slot)
    }

    /// Serves connections that wait for their share, in order, within a quarter of a turn's work:
    /// one at least.
    mutating func serveWaiting(_ call: HandlerCall) {
        guard listening.shares.waitingCount > 0 else { return }
        let end = io.meter.spent + io.settings.limits.workPerTurn / 4
        while io.meter.spent < end, let id = listening.shares.nextWaiting(at: io.clock.now) {
            io.meter.spend(Work.scannedByte)
            // It may have ended meanwhile, or be read again for another reason.
            guard let slot = io.connections.slot(of: id),
                io.connections.slots[slot].readPauses.contains(.budget)
            else { continue }
            io.resumeReading(slot, .budget)
            io.connections.queue(slot)
            if io.connections.slots[slot].readPauses.isEmpty { serve(slot, call) }
        }
    }

    /// Decodes what the connection has sent already, or receives more.
    private mutating func serve(_ slot: Slot, _ call: HandlerCall) {
        io.connections.slots[slot].flags.remove(.resuming)
        switch io.connections.slots[slot].phase {
        case .head, .body:
            if !io.connections.slots[slot].pendingInput.isEmpty { proceedHTTP(slot, call) }
            guard io.connections.slots[slot].readPauses.isEmpty,
                io.connections.slots[slot].phase == .head
                    || io.connections.slots[slot].phase == .body
            else { return }
            receiveHTTP(slot, hasWaited: true, call)
        case .webSocket where io.connections.slots[slot].session.reads:
            if !io.connections.slots[slot].pendingInput.isEmpty { decodePendingFrames(slot, call) }
            guard io.connections.slots[slot].takesMessages,
                !io.connections.slots[slot].flags.contains(.resuming)
            else { return }
            receiveFrames(slot, call)
        default: return
        }
    }

    /// Calls the handler for work that it had put off.
    mutating func continueWork(_ call: HandlerCall) {
        guard io.wantsWork else { return }
        io.wantsWork = false
        io.meter.beginPart(io.settings.limits.workPerTurn)
        emit(.work, call)
    }
}
