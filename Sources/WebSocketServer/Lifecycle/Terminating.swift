// The end of the transport: it has failed, has been ended by the peer, or is not wanted any more.
import Glibc
import LinuxReactor
import WebSocketCore

extension ServerContext {
    /// The transport is gone or is to go: nothing more is sent or read, and the slot is freed at the
    /// end of the turn. The first cause counts.
    ///
    /// - Parameter reset: whether unsent output is dropped and the peer sees a reset, so that no
    ///   orphan with a full buffer stays behind.
    mutating func terminate(_ slot: Slot, _ cause: CloseCause, reset: Bool) {
        guard connections.slots[slot].phase != .terminated else { return }
        leaveFastPath(slot)
        connections.slots[slot].advance(.terminated)
        _ = connections.slots[slot].handle(.terminated)
        if reset { connections.slots[slot].flags.insert(.resets) }
        connections.scheduleReap(slot, cause)
    }

    /// The transport has failed; `number` is an errno(3).
    mutating func transportFailed(_ slot: Slot, _ number: Int32) {
        terminate(slot, .connectionLost(number), reset: true)
    }
}

extension ServerCore where K: ~Copyable {
    /// One receive into the shared buffer; if the peer's stream has ended instead, that is dealt with
    /// here. Returns the number of bytes, or zero.
    mutating func receiveOrEnd(_ slot: Slot, atMost limit: Int, _ budget: inout Int) -> Int {
        switch receive(slot, atMost: limit, &budget) {
        case .received(let count): return count
        case .wouldBlock: return 0
        case .endOfStream: reachedEnd(slot)
        case .failed(let number): io.transportFailed(slot, number)
        }
        return 0
    }

    /// Reads and throws away, so that the peer gets to see our last bytes.
    mutating func discardInput(_ slot: Slot, _ budget: inout Int) {
        _ = receiveOrEnd(slot, atMost: ReceiveBuffer.receiveByteCount, &budget)
    }

    /// The peer has ended its stream.
    mutating func reachedEnd(_ slot: Slot) {
        switch io.connections.slots[slot].phase {
        case .webSocket:
            // Output behind a Close goes out first; reading on would only say the same.
            if io.connections.slots[slot].handle(.endOfStream) == .none { return stopReading(slot) }
            io.terminate(slot, .endOfStream, reset: false)
        // It may have ended its side only, and still wait for the answers to what it asked before.
        case .head, .body: io.drainAndEnd(slot)
        case .draining: stopReading(slot)
        case .lingering, .responding: io.terminate(slot, .endOfStream, reset: false)
        case .free, .terminated, .connecting, .awaitingAnswer: return
        }
    }

    private mutating func stopReading(_ slot: Slot) {
        io.connections.slots[slot].readPauses.insert(.endOfStream)
        io.connections.queue(slot)
    }

    /// The connection is gone while reading from it is paused.
    ///
    /// What we hold back for reasons of our own is read to its end all the same: its own output is
    /// of no use any more, and a topic that is half full is being swept. Of a connection that the
    /// handler has paused, what was sent last is lost, so that the handler is told now.
    mutating func lostWhilePaused(_ slot: Slot) {
        guard io.connections.slots[slot].phase == .webSocket,
            io.connections.slots[slot].session.reads
        else { return io.transportFailed(slot, ECONNRESET) }
        guard io.connections.slots[slot].readPauses.contains(.handler) else {
            return dropOutput(slot)
        }
        // A socket's buffer is a few megabytes.
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

    /// Nothing can be sent any more. Why is for the receiving side to say, since the peer's Close
    /// frame may be waiting there; epoll(7) reports EPOLLHUP until it is read.
    mutating func sendFailed(_ slot: Slot, _ number: Int32) {
        guard io.connections.slots[slot].phase == .webSocket,
            io.connections.slots[slot].cause == nil,
            !io.connections.slots[slot].readPauses.contains(.handler)
        else { return io.transportFailed(slot, number) }
        // EPIPE says that nobody reads any more, and leaves it to the receiving side to say why.
        if number != EPIPE {
            io.connections.slots[slot].sendFailure = UInt16(clamping: number)
        }
        dropOutput(slot)
    }

    /// The peer takes nothing any more: its output is of no use.
    private mutating func dropOutput(_ slot: Slot) {
        io.leaveAllTopics(slot, delivering: false)
        io.connections.slots[slot].delivery.outbox.removeAllMarkers()
        io.connections.slots[slot].delivery.outbox.bytes.removeAll()
        io.connections.slots[slot].ownOutputByteCount = 0
        io.connections.slots[slot].delivery.isBlocked = false
        io.resumeReading(slot, .ownOutput)
        updateInterest(slot)
    }
}
