// The end of the transport: it has failed, the peer has ended it, or it is no longer wanted.
import LibC
import LinuxReactor
import WebSocketCore

extension ServerContext {
    /// Ends the transport: nothing more is sent or read, and the slot is freed at the end of the
    /// turn. The first cause counts.
    ///
    /// - Parameter reset: whether unsent output is dropped and the peer sees a reset, so that no
    ///   orphaned socket with a full buffer remains.
    mutating func terminate(_ slot: Slot, _ cause: CloseCause, reset: Bool) {
        guard connections.slots[slot].phase != .terminated else { return }
        leaveFastPath(slot)
        connections.slots[slot].advance(.terminated)
        _ = connections.slots[slot].handle(.terminated)
        if reset { connections.slots[slot].flags.insert(.resets) }
        connections.scheduleReap(slot, cause)
    }

    /// The transport has failed; `number` is an errno(3). EPROTO means the TLS: the peer must get
    /// to see the alert.
    mutating func transportFailed(_ slot: Slot, _ number: Int32) {
        terminate(slot, .connectionLost(number), reset: number != EPROTO)
    }
}

extension ServerCore where K: ~Copyable {
    /// One receive into the shared buffer. The end of the peer's stream and errors are handled
    /// here. Returns the number of bytes received, or zero.
    mutating func receiveOrEnd(_ slot: Slot, atMost limit: Int) -> Int {
        switch receive(slot, atMost: limit) {
        case .received(let count): return count
        case .wouldBlock: return 0
        case .endOfStream: reachedEnd(slot)
        case .failed(let number): io.transportFailed(slot, number)
        }
        return 0
    }

    /// Reads input and discards it, so that the peer gets to see our last bytes.
    mutating func discardInput(_ slot: Slot) {
        guard io.connections.slots[slot].isEncrypted else {
            _ = receiveOrEnd(slot, atMost: ReceiveBuffer.receiveByteCount)
            return
        }
        // Nothing of it is decrypted any more.
        switch receiveAndForget(slot) {
        case .received(let count):
            io.meter.received(count)
            io.connections.heard(slot, at: io.clock.now)
        case .wouldBlock: return
        case .endOfStream: reachedEnd(slot)
        case .failed(let number): io.transportFailed(slot, number)
        }
    }

    /// The peer has ended its stream.
    mutating func reachedEnd(_ slot: Slot) {
        switch io.connections.slots[slot].phase {
        case .webSocket:
            // After a Close our output still goes out first; further reads would only report the
            // end again.
            if io.connections.slots[slot].handle(.endOfStream) == .none { return stopReading(slot) }
            io.terminate(slot, .endOfStream, reset: false)
        // It may have ended only its own side, and still wait for answers to earlier requests.
        case .head, .body: io.drainAndEnd(slot)
        case .draining: stopReading(slot)
        case .lingering, .responding, .deciding: io.terminate(slot, .endOfStream, reset: false)
        // Nothing is read from a stream: its end comes through ``endedWhilePaused(_:)``.
        case .free, .terminated, .connecting, .awaitingAnswer, .streaming: return
        }
    }

    private mutating func stopReading(_ slot: Slot) {
        io.connections.slots[slot].readPauses.insert(.endOfStream)
        io.connections.queue(slot)
    }

    /// The connection is lost while reading from it is paused.
    ///
    /// If we have paused it for our own reasons, its input is still read to the end: its output is
    /// of no use any more, a topic that is half full is being swept, and it waits for no share. If
    /// the handler has paused it, the unread input is lost, so that the handler hears of the end
    /// now.
    mutating func lostWhilePaused(_ slot: Slot) {
        guard io.connections.slots[slot].phase == .webSocket,
            io.connections.slots[slot].session.reads
        else { return io.transportFailed(slot, ECONNRESET) }
        guard !io.connections.slots[slot].readPauses.isDisjoint(with: .ofHandler) else {
            return dropOutput(slot)
        }
        // A socket buffers a few megabytes.
        for _ in 0..<256 {
            switch receiveAndForget(slot) {
            case .received: continue
            case .endOfStream: return reachedEnd(slot)
            case .failed(let number): return io.transportFailed(slot, number)
            case .wouldBlock: return io.transportFailed(slot, ECONNRESET)
            }
        }
        io.transportFailed(slot, ECONNRESET)
    }

    /// The peer has ended its stream while its request is being answered, with events too: nearly
    /// always it is gone, and nothing is done for nobody. A client must keep its side open until it
    /// has its answer.
    mutating func endedWhilePaused(_ slot: Slot) {
        switch io.connections.slots[slot].phase {
        case .responding, .streaming, .deciding: io.terminate(slot, .endOfStream, reset: false)
        default: return
        }
    }

    /// Nothing can be sent any more. The receiving side determines the cause, since the peer's
    /// Close frame may be waiting there; epoll(7) reports EPOLLHUP until it is read.
    mutating func sendFailed(_ slot: Slot, _ number: Int32) {
        guard io.connections.slots[slot].phase == .webSocket,
            io.connections.slots[slot].cause == nil,
            io.connections.slots[slot].readPauses.isDisjoint(with: .ofHandler)
        else { return io.transportFailed(slot, number) }
        // EPIPE says only that the peer no longer reads; the receiving side determines why.
        if number != EPIPE {
            io.connections.slots[slot].sendFailure = UInt16(clamping: number)
        }
        dropOutput(slot)
    }

    /// Drops what waits to be sent: nobody takes it.
    mutating func forgetOutput(_ slot: Slot) {
        io.connections.slots[slot].delivery.outbox.removeAllMarkers()
        io.connections.slots[slot].delivery.outbox.bytes.removeAll()
        io.connections.slots[slot].ownOutputByteCount = 0
        io.connections.slots[slot].delivery.isBlocked = false
        let index = io.connections.slots[slot].encryption
        if index != .none { io.encryption.connections[index].unsent.removeAll() }
    }

    /// The peer no longer takes output: drops it.
    private mutating func dropOutput(_ slot: Slot) {
        if io.connections.slots[slot].sendFailure == 0 {
            io.connections.slots[slot].sendFailure = UInt16(EPIPE)
        }
        io.leaveAllTopics(slot, delivering: false)
        forgetOutput(slot)
        // Nothing is made for it any more; what its rest may cost is bounded by `account`.
        io.resumeReading(slot, .budget)
        io.resumeReading(slot, .ownOutput)
        updateInterest(slot)
    }
}
