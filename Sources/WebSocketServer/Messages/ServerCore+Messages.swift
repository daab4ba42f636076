// From bytes to messages: one receive per connection and turn, decoded where it lies.
import Glibc
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    mutating func becameReadable(
        _ slot: UInt32, failed: Bool, _ budget: inout Int, _ call: HandlerCall
    ) {
        guard io.connections.slots[slot].readPauses.isEmpty else {
            if failed { lostWhileHeld(slot) }
            return
        }
        // What it has kept is decoded first, in the next turn: more would not fit in front of it.
        if io.connections.slots[slot].flags.contains(.resuming) { return }
        switch io.connections.slots[slot].phase {
        case .free, .dead: return
        case .head, .body, .responding: receiveHTTP(slot, &budget, call)
        case .webSocket where io.connections.slots[slot].session.reads:
            receiveFrames(slot, &budget, call)
        case .webSocket, .lingering: discard(slot, &budget)
        case .awaitingAnswer: receiveAnswer(slot, &budget, call)
        // It becomes writable at the same time.
        case .connecting: return
        }
    }

    /// One receive into the shared buffer, behind the headroom; what a peer has to say about its end
    /// is seen to here. Returns the number of bytes, or zero.
    mutating func receive(_ slot: UInt32, atMost limit: Int, _ budget: inout Int) -> Int {
        let buffer = receiveBuffer
        var free = buffer.mutableSpan(
            ReceiveBuffer.headroomByteCount..<ReceiveBuffer.headroomByteCount + limit)
        switch kernel.receive(from: io.connections.slots[slot].descriptor, into: &free) {
        case .received(let count):
            budget -= count
            io.statistics.bytesReceivedCount += UInt64(count)
            io.connections.slots[slot].lastReceiveTick = io.now.coarse
            io.connections.slots[slot].flags.remove(.pinged)
            return count
        case .wouldBlock: return 0
        case .endOfStream:
            let failure = io.connections.slots[slot].sendFailure
            if failure == 0 { reachedEnd(slot) } else { lose(slot, Int32(failure)) }
            return 0
        case .failed(let number):
            lose(slot, number)
            return 0
        }
    }

    private mutating func receiveFrames(
        _ slot: UInt32, _ budget: inout Int, _ call: HandlerCall
    ) {
        let received = receive(slot, atMost: ReceiveBuffer.receiveByteCount, &budget)
        guard received > 0 else { return }
        let headroom = ReceiveBuffer.headroomByteCount
        let kept = io.connections.slots[slot].pendingInput.count
        if kept > 0 {
            receiveBuffer.copy(io.connections.slots[slot].pendingInput.span, to: headroom - kept)
            io.connections.slots[slot].pendingInput.removeAll()
        }
        decode(slot, headroom - kept..<headroom + received, call)
    }

    /// Decodes what connections have kept while they were held, or from behind their handshake, within
    /// the budget of a turn's reading.
    mutating func decodePendingInput(_ call: HandlerCall) {
        guard !io.connections.resuming.isEmpty else { return }
        let slots = io.connections.resuming
        io.connections.resuming.removeAll(keepingCapacity: true)
        var budget = io.limits.readByteBudget
        for (index, slot) in slots.enumerated()
        where io.connections.slots[slot].flags.contains(.resuming) {
            guard budget > 0 else {
                // Before those that have had their turn and have more.
                io.connections.resuming.insert(contentsOf: slots[index...], at: 0)
                return
            }
            budget -= io.connections.slots[slot].pendingInput.count
            io.connections.slots[slot].flags.remove(.resuming)
            guard io.connections.slots[slot].readPauses.isEmpty else { continue }
            switch io.connections.slots[slot].phase {
            case .webSocket where io.connections.slots[slot].session.reads:
                let kept = io.connections.slots[slot].pendingInput.count
                receiveBuffer.copy(io.connections.slots[slot].pendingInput.span, to: 0)
                io.connections.slots[slot].pendingInput.removeAll()
                decode(slot, 0..<kept, call)
            case .head, .body: proceedHTTP(slot, call)
            default: io.connections.slots[slot].pendingInput.removeAll()
            }
        }
    }

    /// Has the handler given the messages in `range` of the shared buffer, as views of it: one call,
    /// however many they are.
    private mutating func decode(_ slot: UInt32, _ range: Range<Int>, _ call: HandlerCall) {
        io.inbound.begin(slot, range, of: &io.connections.slots[slot])
        io.output.begin(for: &io.connections.slots[slot])
        do {
            try call(.messages, io.connections.id(of: slot), &io)
        } catch {
            preconditionFailure("what a message's callback throws is seen to in its loop")
        }
        // What it was sent in answer goes out at once, in one send, while it is in the cache.
        let tookFastPath = io.output.isOnFastPath
        io.output.end()
        if let rest = io.inbound.end(), io.connections.slots[slot].session.reads { savePendingInput(slot, rest) }
        if tookFastPath {
            if !io.output.replyBuffer.isEmpty { sendReplies(slot) }
            return
        }
        if !io.connections.slots[slot].delivery.outbox.isEmpty { flush(slot) }
        updateInterest(slot)
    }

    /// Keeps bytes of the shared buffer that were not decoded, in front of the next ones.
    private mutating func savePendingInput(_ slot: UInt32, _ range: Range<Int>) {
        receiveBuffer.copy(range, to: &io.connections.slots[slot].pendingInput)
        // Held and released within one call: nobody else will come back to it.
        if io.connections.slots[slot].readPauses.isEmpty, range.count > ReceiveBuffer.headroomByteCount {
            io.connections.resume(slot)
        }
    }

    /// Reads and throws away, so that the peer gets to see our last bytes.
    private mutating func discard(_ slot: UInt32, _ budget: inout Int) {
        _ = receive(slot, atMost: ReceiveBuffer.receiveByteCount, &budget)
    }

    /// The peer has ended its stream.
    private mutating func reachedEnd(_ slot: UInt32) {
        switch io.connections.slots[slot].phase {
        case .webSocket:
            // What is owed after a Close goes out first; reading on would only say the same.
            let role = io.connections.slots[slot].role
            if io.connections.slots[slot].session.handle(.endOfStream, role: role) == .none {
                io.connections.slots[slot].readPauses.insert(.handler)
                return io.connections.queue(slot)
            }
            io.connections.setCause(slot, .endOfStream)
            io.die(slot, resetting: false)
        // It may have ended its side only, and still wait for the replyBuffer to what it asked before.
        case .head, .body: io.endAfterOutput(slot)
        case .lingering, .responding: io.die(slot, resetting: false)
        case .awaitingAnswer: answerEnded(slot)
        case .free, .dead, .connecting: return
        }
    }

    /// It is gone, and nothing is read from it for now.
    ///
    /// What we hold back for reasons of our own is read to its end all the same: its own output is
    /// of no use any more, and a topic that is half full is being sweepIndex. Of one that the handler
    /// holds what was sent last is lost, so that the handler is told now.
    private mutating func lostWhileHeld(_ slot: UInt32) {
        guard io.connections.slots[slot].phase == .webSocket, io.connections.slots[slot].session.reads else {
            return lose(slot, ECONNRESET)
        }
        guard io.connections.slots[slot].readPauses.contains(.handler) else { return dropOutput(slot) }
        let buffer = receiveBuffer
        // A socket's buffer is a few megabytes.
        for _ in 0..<256 {
            var free = buffer.mutableSpan(0..<ReceiveBuffer.receiveByteCount)
            switch kernel.receive(from: io.connections.slots[slot].descriptor, into: &free) {
            case .received: continue
            case .endOfStream where io.connections.slots[slot].sendFailure == 0:
                return reachedEnd(slot)
            case .endOfStream: return lose(slot, Int32(io.connections.slots[slot].sendFailure))
            case .failed(let number): return lose(slot, number)
            case .wouldBlock: return lose(slot, ECONNRESET)
            }
        }
        lose(slot, ECONNRESET)
    }

    /// The transport has failed.
    mutating func lose(_ slot: UInt32, _ number: Int32) {
        io.connections.setCause(slot, .connectionLost(number))
        io.die(slot, resetting: true)
    }
}

extension Instant {
    /// In ticks of 2^26 ns (67 ms), which fit into 32 bits for nine years of uptime.
    var coarse: UInt32 { UInt32(truncatingIfNeeded: nanoseconds >> 26) }
}
