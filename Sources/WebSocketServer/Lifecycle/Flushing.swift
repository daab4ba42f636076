// The result of a flush and the connection's life: drained, blocked, too far behind, or broken.
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// Sends the connection's outbox until it is empty or the socket is full, and handles the
    /// outcome.
    mutating func flush(_ slot: Slot) {
        guard io.connections.slots[slot].phase != .terminated else { return }
        switch sendOutbox(slot) {
        case .drained: drained(slot)
        case .blocked: checkOutbox(slot)
        case .failed(let number): sendFailed(slot, number)
        }
    }

    /// Sends the replies to the connection on the fast path.
    mutating func flushReplies(_ slot: Slot) {
        switch sendReplies(slot) {
        case .drained: return
        case .blocked: checkOutbox(slot)
        case .failed(let number): sendFailed(slot, number)
        }
    }

    /// The outbox is empty: the kernel has all of the connection's own output.
    private mutating func drained(_ slot: Slot) {
        io.recycleBuffer(of: slot)
        io.connections.slots[slot].ownOutputByteCount = 0
        io.resumeReading(slot, .ownOutput)
        switch io.connections.slots[slot].phase {
        case .webSocket where !io.connections.slots[slot].session.reads:
            let hasFailed = io.connections.slots[slot].session == .failed
            guard io.connections.slots[slot].handle(.outputFlushed) == .closeTransport else {
                return
            }
            if hasFailed { linger(slot) } else { io.terminate(slot, .endOfStream, reset: false) }
        case .draining: linger(slot)
        default: return
        }
    }

    /// Shuts our side down and waits for the peer to close, so that our last bytes are not lost to
    /// a reset while the peer is still sending.
    private mutating func linger(_ slot: Slot) {
        io.connections.slots[slot].advance(.outputShutDown)
        io.connections.slots[slot].readPauses = []
        sendCloseNotify(slot)
        kernel.shutdownOutput(of: io.connections.slots[slot].descriptor)
        io.schedule(slot, in: io.settings.timeouts.close)
        measure(slot)
        updateInterest(slot)
    }

    /// Output is left over: gives back memory that it does not need, and ends the connection if
    /// others have caused more output than is allowed.
    private mutating func checkOutbox(_ slot: Slot) {
        io.connections.slots[slot].delivery.outbox.trim()
        let total = io.connections.slots[slot].delivery.outbox.bytes.count
        // Sealed replies wait for the peer too. What others have caused may be broadcasts, once it
        // is sealed, and those are bounded by their logs.
        let own = min(
            io.connections.slots[slot].ownOutputByteCount,
            total + io.encryption.unsentByteCount(io.connections.slots[slot].encryption))
        io.connections.slots[slot].ownOutputByteCount = own
        let limits = io.settings.limits
        if own <= limits.ownOutputByteCount / 2 { io.resumeReading(slot, .ownOutput) }
        guard total - own > limits.outboxByteCount else { return }
        if io.connections.slots[slot].phase == .webSocket {
            io.closeSlowConsumer(slot)
        } else {
            io.terminate(slot, .slowConsumer(.abnormal), reset: true)
        }
    }
}
