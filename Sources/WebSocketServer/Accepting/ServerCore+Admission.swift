// The two steps of admission by address: as a plain connection, and then as a WebSocket.
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// Decides whether to admit one more plain connection of an address; nil if it is admitted. An
    /// idle connection makes room for it. With `pays` false it is not a new connection of its
    /// address, and costs no token.
    mutating func refusal(ofPlain peer: NetworkAddress, pays: Bool) -> Refusal? {
        let limits = io.settings.limits
        var makesRoom: Slot?
        if !listening.admission.hasPlainPlace(peer, limits) {
            makesRoom = longestIdle(of: peer)
            guard makesRoom != nil else { return .tooManyFromAddress }
        }
        guard !pays || listening.admission.payForPlain(peer, limits, at: io.clock.now) else {
            return .rateLimitedAddress
        }
        if let makesRoom { evict(makesRoom) }
        return nil
    }

    /// A connection asks to become a WebSocket: from now on it counts as one, or it has a refusal,
    /// which it learns by a Close frame.
    mutating func admitWebSocket(_ slot: Slot) {
        guard io.connections.slots[slot].flags.contains(.admitted) else { return }
        let peer = io.connections.slots[slot].peer
        let refusal = listening.admission.becomeWebSocket(
            slot, of: peer, io.settings.limits, at: io.clock.now)
        guard let refusal else {
            io.connections.slots[slot].flags.insert(.webSocket)
            return
        }
        io.telemetry.record(refusal, of: peer)
        io.connections.slots[slot].refusal = refusal
    }

    /// The connection counts for its address no longer.
    mutating func leaveAdmission(_ slot: Slot) {
        guard io.connections.slots[slot].flags.contains(.admitted) else { return }
        listening.admission.leave(
            slot, of: io.connections.slots[slot].peer,
            isWebSocket: io.connections.slots[slot].flags.contains(.webSocket))
        io.connections.slots[slot].flags.remove([.admitted, .webSocket])
    }

    /// Counts a connection that was admitted by an earlier process.
    mutating func restoreAdmission(_ slot: Slot) {
        let (peer, limits) = (io.connections.slots[slot].peer, io.settings.limits)
        let isWebSocket =
            io.connections.slots[slot].phase == .webSocket
            || io.connections.slots[slot].flags.contains(.webSocket)
        if isWebSocket {
            io.connections.slots[slot].flags.insert(.webSocket)
            listening.admission.restoreWebSocket(peer, limits, at: io.clock.now)
        } else {
            listening.admission.enter(slot, of: peer, limits, at: io.clock.now)
            recordArrival(slot)
        }
    }
}
