// Time: deadlines of handshakes and closes, and whether a silent peer is still there.
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    mutating func expireTimers(_ call: HandlerCall) {
        while let slot = io.connections.wheel.popExpired(at: io.now) {
            switch io.connections.slots[slot].phase {
            case .free, .dead: continue
            // The handler may take its time, the peer may not.
            case .responding:
                if io.connections.slots[slot].delivery.isBlocked { io.die(slot, resetting: true) }
            case .head, .body: expireRequest(slot)
            case .lingering: io.die(slot, resetting: true)
            case .connecting, .awaitingAnswer: expireDial(slot)
            case .webSocket where io.connections.slots[slot].session == .open: checkLiveness(slot)
            // The peer has not answered our Close, or does not read: no orphan stays behind.
            case .webSocket: io.die(slot, resetting: true)
            }
        }
    }

    /// A request did not come in time, or nothing of an answer was taken for as long.
    private mutating func expireRequest(_ slot: UInt32) {
        guard io.connections.slots[slot].flags.contains(.endsAfterFlush) == false, !io.connections.slots[slot].delivery.isBlocked else {
            return io.die(slot, resetting: true)
        }
        // Between two requests of a kept-alive connection silence is no fault.
        let isIdle = io.connections.slots[slot].phase == .head && io.connections.slots[slot].pendingInput.isEmpty
        let hadRequest = io.connections.slots[slot].exchange != UInt32.max
        if isIdle {
            if !hadRequest { io.note(.handshakeTimeout, of: io.connections.slots[slot].peer) }
            return io.die(slot, resetting: false)
        }
        io.reject(
            slot,
            HandshakeRejection(
                .requestTimeout, reason: "The request did not arrive in time; send it at once."),
            countedAs: .handshakeTimeout)
    }

    /// Silence is answered with a Ping, and silence after that with a reset. Receiving costs no
    /// timer: it is only noted when something was last heard.
    private mutating func checkLiveness(_ slot: UInt32) {
        let silence = UInt64(io.now.coarse &- io.connections.slots[slot].lastReceiveTick) << 26
        if io.connections.slots[slot].flags.contains(.pinged) {
            if io.connections.slots[slot].readPauses.isSubset(of: .ownOutput) {
                io.connections.setCause(slot, .pingTimeout)
                return io.die(slot, resetting: true)
            }
            // We do not listen, so its silence means nothing. TCP finds out if the Ping is lost.
            io.connections.slots[slot].flags.remove(.pinged)
            return io.schedule(slot, in: io.timeouts.ping)
        }
        guard silence >= io.timeouts.ping else {
            return io.schedule(slot, in: io.timeouts.ping - silence)
        }
        io.connections.slots[slot].flags.insert(.pinged)
        io.appendFrame(.ping, Span(), to: slot)
        io.schedule(slot, in: io.timeouts.pong)
    }
}
