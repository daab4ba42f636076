// Deadlines: each connection has one, and its phase decides what happens when it expires.
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    mutating func expireDeadlines(_ call: HandlerCall) {
        let end = io.meter.spent + io.settings.limits.workPerTurn / 4
        while io.meter.spent < end, let slot = io.connections.nextExpired(at: io.clock.now) {
            // A question to the kernel, and mostly a Ping.
            io.meter.spend(Work.call)
            // It is the server that was silent: the peer has another second to be heard.
            if io.clock.stoodStill(past: io.connections.wheel.reached) {
                io.schedule(slot, in: 1_000_000_000)
                continue
            }
            switch io.connections.slots[slot].phase {
            case .free, .terminated: continue
            // The handler may take its time to answer, the peer may not take its time to read.
            case .responding:
                if io.connections.slots[slot].delivery.isBlocked {
                    endUnlessReading(slot, in: io.settings.timeouts.handshake)
                } else {
                    expireAnswer(slot)
                }
            case .head, .body: expireRequest(slot)
            case .deciding: expireUpgrade(slot)
            case .streaming: keepStreamAlive(slot)
            // The peer does not read the last response, or does not close.
            case .draining: endUnlessReading(slot, in: io.settings.timeouts.handshake)
            case .lingering: endUnlessReading(slot, in: io.settings.timeouts.close)
            case .connecting, .awaitingAnswer: expireOutgoing(slot)
            case .webSocket where io.connections.slots[slot].session == .open: checkLiveness(slot)
            // The peer has not answered our Close, or does not read: no orphaned socket remains.
            case .webSocket: endUnlessReading(slot, in: io.settings.timeouts.close)
            }
        }
    }

    /// Resets a connection that does not take its output; a connection that does gets the same
    /// time again.
    private mutating func endUnlessReading(_ slot: Slot, in nanoseconds: UInt64) {
        guard !isReading(slot, in: nanoseconds) else { return }
        io.terminate(slot, .slowConsumer(.abnormal), reset: true)
    }

    /// The handler has not decided about an opening handshake in time; or it has, just now, and the
    /// turn has not come to it.
    private mutating func expireUpgrade(_ slot: Slot) {
        guard io.undecided(io.connections.id(of: slot)) != nil else { return }
        io.endUpgrade(
            slot, Refusal.undecided, .serverClosed(.tryAgainLater))
    }

    /// A request did not arrive in time, or the peer did not read the answers before it.
    private mutating func expireRequest(_ slot: Slot) {
        guard !io.connections.slots[slot].delivery.isBlocked else {
            return endUnlessReading(slot, in: io.settings.timeouts.handshake)
        }
        // It is we who do not read the request: its address has used its share.
        guard !io.connections.slots[slot].readPauses.contains(.budget) else {
            return io.schedule(slot, in: io.settings.timeouts.handshake)
        }
        // Between two requests of a kept-alive connection silence is not an error.
        let isIdle =
            io.connections.slots[slot].phase == .head
            && io.connections.slots[slot].pendingInput.isEmpty
        if isIdle {
            if io.connections.slots[slot].exchange == .none {
                io.telemetry.record(.handshakeTimeout, of: io.connections.slots[slot].peer)
            }
            return io.terminate(slot, .serverClosed(.normal), reset: false)
        }
        io.reject(
            slot,
            HandshakeRejection(
                .requestTimeout, reason: "The request did not arrive in time; send it at once."),
            countedAs: .handshakeTimeout)
    }

    /// An event stream gets a comment now and then: whoever has acknowledged nothing since the last
    /// one is gone. A reader whose socket is full gets none, since it has enough to acknowledge.
    private mutating func keepStreamAlive(_ slot: Slot) {
        guard let stallTime = stallTime(slot) else { return io.closeSlowConsumer(slot) }
        if io.connections.slots[slot].delivery.isBlocked {
            io.connections.slots[slot].flags.remove(.pinged)
            return io.schedule(slot, in: min(io.settings.timeouts.comment, stallTime))
        }
        if io.connections.slots[slot].flags.contains(.pinged), !hasAcknowledged(slot) {
            return io.terminate(slot, .pingTimeout, reset: true)
        }
        io.connections.slots[slot].flags.insert(.pinged)
        io.acquireBuffer(for: slot)
        io.connections.slots[slot].delivery.outbox.bytes.appendEventComment()
        io.connections.queue(slot)
        io.schedule(slot, in: io.settings.timeouts.comment)
        measure(slot)
    }

    /// Silence is answered with a Ping, and silence after that with a reset, unless the peer goes
    /// on reading. Receiving sets no timer: it only records the time.
    private mutating func checkLiveness(_ slot: Slot) {
        let silence =
            UInt64(io.clock.now.coarse &- io.connections.slots[slot].lastReceiveTick) << 26
        let timeouts = io.settings.timeouts
        guard let stallTime = stallTime(slot) else { return io.closeSlowConsumer(slot) }
        if io.connections.slots[slot].flags.contains(.pinged) {
            // Its Pong comes when it has read everything that it was sent before the Ping.
            if isReading(slot, in: timeouts.pong) { return }
            if io.connections.slots[slot].readPauses.isSubset(of: .ownOutput) {
                return io.terminate(slot, .pingTimeout, reset: true)
            }
            // While reading is paused we cannot see a Pong, so silence is not a timeout. TCP
            // notices if the Ping is lost.
            io.connections.slots[slot].flags.remove(.pinged)
            return io.schedule(slot, in: timeouts.ping)
        }
        guard silence >= timeouts.ping else {
            return io.schedule(slot, in: min(timeouts.ping - silence, stallTime))
        }
        io.connections.slots[slot].flags.insert(.pinged)
        io.writeFrame(.ping, Span(), to: slot)
        io.schedule(slot, in: timeouts.pong)
        measure(slot)
    }
}
