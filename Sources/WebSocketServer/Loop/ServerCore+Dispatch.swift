// From readiness to rooms: each event of epoll(7) goes to a room, by the connection's phase. The
// turn's work lists are emptied here too.
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// Handles the events of the last wait, until they are done or the turn's work is; the rest is
    /// handled in the next turn.
    mutating func dispatchEvents(_ call: HandlerCall) {
        let workLimit = io.settings.limits.workPerTurn
        while let (token, readiness) = poller.takeEvent() {
            guard let slot = Token.slot(token) else {
                dispatchOwnEvent(token, readiness, call)
                continue
            }
            // An event of this wait may be about a connection that an earlier event has ended.
            guard io.connections.slots.contains(slot),
                io.connections.id(of: slot).token == token
            else { continue }
            if readiness.contains(.writable) { becameWritable(slot, call) }
            if !readiness.isDisjoint(with: [.readable, .failed, .peerEnded]) {
                becameReadable(slot, readiness, call)
            }
            if io.meter.spent >= workLimit { return }
        }
    }

    /// An event of one of the server's own descriptors.
    private mutating func dispatchOwnEvent(
        _ token: UInt64, _ readiness: Readiness, _ call: HandlerCall
    ) {
        switch token {
        case Token.wakeup:
            if readiness.contains(.readable) { isAwoken = true }
            if readiness.contains(.writable) { probeReturned() }
        case Token.signals: takeSignals(call)
        case _ where Token.isRedis(token): redisIsReady(token, readiness, call)
        default: listening.ready.append(Int(token - Token.firstListener))
        }
    }

    // Called at one place, for each receive: a call of its own costs 4 % of an echo.
    @inline(__always)
    private mutating func becameReadable(
        _ slot: Slot, _ readiness: Readiness, _ call: HandlerCall
    ) {
        guard io.connections.slots[slot].readPauses.isEmpty else {
            return goneWhilePaused(slot, readiness)
        }
        if listening.shares.isLimiting, isHeldBack(slot) { return }
        // Pending input is decoded first, in the next turn: more would not fit in front of it.
        if io.connections.slots[slot].flags.contains(.resuming) { return }
        switch io.connections.slots[slot].phase {
        case .free, .terminated: return
        case .head, .body, .responding: receiveHTTP(slot, call)
        case .webSocket where io.connections.slots[slot].session.reads:
            receiveFrames(slot, call)
        case .webSocket, .draining, .lingering, .streaming: discardInput(slot)
        // Nothing is read from it.
        case .deciding: return
        case .awaitingAnswer: receiveAnswer(slot, call)
        // It becomes writable at the same time.
        case .connecting: return
        }
    }

    private mutating func becameWritable(_ slot: Slot, _ call: HandlerCall) {
        guard io.connections.slots[slot].delivery.isBlocked,
            io.connections.slots[slot].phase != .terminated
        else { return }
        io.connections.slots[slot].delivery.isBlocked = false
        if io.connections.slots[slot].phase == .connecting { return connectEnded(slot) }
        io.connections.slots[slot].flags.insert(.drained)
        // A slow reader gets the same time again: what counts is that it makes progress.
        switch io.connections.slots[slot].phase {
        case .head, .body, .responding, .draining, .awaitingAnswer:
            io.schedule(slot, in: io.settings.timeouts.handshake)
        case .free, .webSocket, .streaming, .lingering, .terminated, .connecting, .deciding: break
        }
        flush(slot)
        catchUp(slot)
        updateInterest(slot)
        io.settle(slot)
        guard !io.connections.slots[slot].delivery.isBlocked,
            io.connections.slots[slot].takesBroadcasts,
            io.connections.slots[slot].phase == .streaming
                || io.connections.slots[slot].flags.contains(.announced)
        else { return }
        do {
            try call(.drain, io.connections.id(of: slot), &io)
        } catch {
            io.close(slot, error)
        }
    }

    /// Decodes pending input of connections that may be read again, in order, within half of the
    /// turn's work.
    mutating func decodePendingInput(_ call: HandlerCall) {
        guard !io.connections.work.resuming.isEmpty else { return }
        let slots = io.connections.work.resuming
        io.connections.work.resuming.removeAll(keepingCapacity: true)
        // New events have the other half of the turn.
        let workLimit = io.settings.limits.workPerTurn / 2
        for (index, slot) in slots.enumerated()
        where io.connections.slots[slot].flags.contains(.resuming) {
            guard io.meter.spent < workLimit else {
                // They go before connections that have had their turn and have more.
                io.connections.work.resuming.insert(contentsOf: slots[index...], at: 0)
                return
            }
            io.connections.slots[slot].flags.remove(.resuming)
            guard io.connections.slots[slot].readPauses.isEmpty else { continue }
            // The handler may have paused it while its address used its share.
            if listening.shares.isLimiting, isHeldBack(slot) { continue }
            switch io.connections.slots[slot].phase {
            case .webSocket where io.connections.slots[slot].session.reads:
                decodePendingFrames(slot, call)
            case .head, .body: proceedHTTP(slot, call)
            default: io.connections.slots[slot].pendingInput.removeAll()
            }
        }
    }

    /// Sends what has been queued for connections, and updates what each is watched for: as many as
    /// the turn's work allows once more, the rest in the next turn.
    mutating func flushQueued() {
        guard !io.connections.work.queued.isEmpty else { return }
        var slots: [Slot] = []
        swap(&slots, &io.connections.work.queued)
        let end = io.meter.spent + io.settings.limits.workPerTurn
        var index = 0
        while index < slots.count, io.meter.spent < end {
            flushAndRearm(slots[index])
            index += 1
        }
        guard index == slots.count else {
            // They go before any that were queued meanwhile.
            slots.removeFirst(index)
            return io.connections.work.queued.insert(contentsOf: slots, at: 0)
        }
        slots.removeAll(keepingCapacity: true)
        if io.connections.work.queued.isEmpty { swap(&slots, &io.connections.work.queued) }
    }

    private mutating func flushAndRearm(_ slot: Slot) {
        io.connections.slots[slot].flags.remove(.queued)
        guard io.connections.slots[slot].phase != .free,
            io.connections.slots[slot].phase != .terminated
        else { return }
        flush(slot)
        updateInterest(slot)
        io.settle(slot)
        if io.connections.slots[slot].isEnding { measure(slot) }
    }

    /// Reaps the connections that have ended. The handler's callbacks may end others meanwhile:
    /// those are reaped as well. The rest is reaped in the next turn if the turn's work is done.
    mutating func reapConnections(_ call: HandlerCall) {
        guard !io.connections.work.reaping.isEmpty else { return }
        let end = io.meter.spent + io.settings.limits.workPerTurn
        var index = 0
        while index < io.connections.work.reaping.count, io.meter.spent < end {
            io.meter.spend(Work.connection)
            let slot = io.connections.work.reaping[index]
            endWaiting(of: slot, call)
            if let place = reap(slot, call) {
                listening.vacated(place, at: io.clock.now)
            }
            index += 1
        }
        io.connections.work.reaping.removeFirst(index)
    }
}
