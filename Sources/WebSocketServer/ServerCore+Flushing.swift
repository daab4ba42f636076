// Output: as few sends as possible, each as large as possible, in the promised order.
import Glibc
import LinuxReactor
import Storage
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// The turn's output: connections with bytes of their own first, then topics, within a budget.
    mutating func flushOutput() {
        if !io.queued.isEmpty {
            var slots: [UInt32] = []
            swap(&slots, &io.queued)
            for slot in slots { settle(slot) }
            slots.removeAll(keepingCapacity: true)
            if io.queued.isEmpty { swap(&slots, &io.queued) }
        }
        sweepTopics()
    }

    /// Sends what a connection is owed, and has it watched for what it is waiting for.
    private mutating func settle(_ slot: UInt32) {
        io.connections[slot].flags.remove(.queued)
        guard io.connections[slot].phase != .free, io.connections[slot].phase != .dead else {
            return
        }
        flush(slot)
        updateInterest(slot)
    }

    /// Sends until nothing of the connection's own is owed or its socket is full.
    mutating func flush(_ slot: UInt32) {
        guard io.connections[slot].phase != .dead else { return }
        while !io.connections[slot].flags.contains(.blocked), !io.connections[slot].outbox.isEmpty {
            let goesOn =
                io.connections[slot].outbox.markerCount == 0
                    || io.connections[slot].outbox.leadingByteCount >= Self.gatherByteCount
                ? sendBytes(slot) : sendInOrder(slot)
            guard goesOn else { break }
        }
        if io.connections[slot].outbox.isEmpty {
            drained(slot)
        } else {
            checkOutbox(slot)
        }
    }

    /// One send of what a connection was answered the short way; what its socket does not take goes to
    /// its outbox.
    mutating func sendAnswers(_ slot: UInt32) {
        let count = io.answers.count
        let outcome = Self.send(io.answers, to: io.connections[slot].descriptor, &kernel)
        guard let sent = accountSend(outcome, slot) else {
            io.answers.removeAll(keepingCapacity: true)
            return
        }
        io.answers.removeFirst(sent)
        guard sent < count else { return }
        io.moveAnswers(to: slot)
        block(slot)
        checkOutbox(slot)
    }

    /// One send of the outbox up to its first marker. False if the socket took less, or is gone.
    private mutating func sendBytes(_ slot: UInt32) -> Bool {
        let count = io.connections[slot].outbox.leadingByteCount
        guard
            let sent = accountSend(Self.sendOutbox(of: slot, io, &kernel), slot)
        else { return false }
        io.connections[slot].outbox.removeFirst(sent)
        if sent == count { return true }
        block(slot)
        return false
    }

    /// One send of the connection's own bytes and the broadcasts that belong between them.
    private mutating func sendInOrder(_ slot: UInt32) -> Bool {
        // A large frame may have made it larger than it need be from now on.
        gathered.removeAll(keepingCapacity: gathered.capacity <= 4 * Self.gatherByteCount)
        while gathered.count < Self.gatherByteCount, !io.connections[slot].outbox.isEmpty {
            io.connections[slot].outbox.moveLeading(into: &gathered)
            if let marker = io.connections[slot].outbox.firstMarker {
                gatherBroadcasts(slot, marker)
            }
        }
        let count = gathered.count
        if count == 0 { return true }
        guard
            let sent = accountSend(
                Self.send(gathered, to: io.connections[slot].descriptor, &kernel), slot)
        else { return false }
        if sent == count { return true }
        io.connections[slot].outbox.prepend(gathered, from: sent)
        block(slot)
        return false
    }

    /// Copies what a marker stands for, whole frames up to about the size of a gathering.
    private mutating func gatherBroadcasts(_ slot: UInt32, _ marker: Outbox.Marker) {
        let lane = marker.source
        guard let member = io.member(of: slot, in: lane),
            io.lanes[lane].members[member].cursor < marker.end
        else { return io.connections[slot].outbox.removeFirstMarker() }
        let cursor = io.lanes[lane].members[member].cursor
        var end = marker.end
        if end - cursor > UInt64(Self.gatherByteCount) {
            let offset = cursor + UInt64(Self.gatherByteCount)
            end = min(end, io.lanes[lane].log.boundary(at: offset, from: cursor))
        }
        io.lanes.copyLog(lane, from: cursor, to: end, into: &gathered)
        io.lanes[lane].members[member].cursor = end
        if end == marker.end { io.connections[slot].outbox.removeFirstMarker() }
    }

    // A span of one part of the server may not be lent by the whole while another part changes, so
    // each send is made where there are only the parts that it needs.

    static func send(
        _ bytes: borrowing ByteBuffer, to socket: FileDescriptor, _ kernel: inout K
    ) -> SendOutcome {
        kernel.send(bytes.span, to: socket)
    }

    static func sendOutbox(
        of slot: UInt32, _ io: borrowing Outbound, _ kernel: inout K
    ) -> SendOutcome {
        kernel.send(
            io.connections[slot].outbox.leadingBytes, to: io.connections[slot].descriptor)
    }

    static func sendLog(
        of lane: UInt32, to member: Member, _ io: borrowing Outbound, _ kernel: inout K
    ) -> SendOutcome {
        kernel.send(
            io.lanes[lane].log.slice(from: member.cursor, to: io.lanes[lane].log.end),
            to: io.connections[member.connection].descriptor)
    }

    /// How many bytes a send took, counted; nil if it failed, which is seen to.
    mutating func accountSend(_ outcome: SendOutcome, _ slot: UInt32) -> Int? {
        io.statistics.sendCount += 1
        switch outcome {
        case .sent(let count):
            io.statistics.bytesSentCount += UInt64(count)
            return count
        case .wouldBlock: return 0
        case .failed(let number):
            breakPipe(slot, number)
            return nil
        }
    }

    /// Nothing can be sent any more. Why is for the receiving side to say, since the peer's Close
    /// frame may be waiting there; epoll(7) reports EPOLLHUP until it is read.
    private mutating func breakPipe(_ slot: UInt32, _ number: Int32) {
        guard io.connections[slot].phase == .webSocket, io.connections[slot].cause == nil,
            !io.connections[slot].holds.contains(.handler)
        else { return lose(slot, number) }
        // EPIPE says that nobody reads any more, and leaves it to the receiving side to say why.
        if number != EPIPE { io.connections[slot].sendFailure = UInt16(clamping: number) }
        dropOutput(slot)
    }

    /// The peer takes nothing any more: what it is owed is of no use.
    mutating func dropOutput(_ slot: UInt32) {
        io.leaveAllTopics(slot, delivering: false)
        io.connections[slot].outbox.removeAllMarkers()
        io.connections[slot].outbox.bytes.removeAll()
        io.connections[slot].ownOutputByteCount = 0
        io.connections[slot].flags.remove(.blocked)
        io.release(slot, .ownOutput)
        updateInterest(slot)
    }

    /// The socket is full: nothing is sent until epoll(7) says that it is writable.
    mutating func block(_ slot: UInt32) {
        io.connections[slot].flags.insert(.blocked)
        if io.connections[slot].phase == .responding { io.schedule(slot, in: io.times.handshake) }
        updateInterest(slot)
    }

    mutating func becameWritable(_ slot: UInt32, _ call: HandlerCall) {
        guard io.connections[slot].flags.contains(.blocked),
            io.connections[slot].phase != .dead
        else { return }
        io.connections[slot].flags.remove(.blocked)
        if io.connections[slot].phase == .connecting { return connectEnded(slot) }
        // Who reads is there, even if no Pong comes through what it has still to read.
        io.connections[slot].heardAt = io.now.coarse
        io.connections[slot].flags.remove(.pinged)
        // A reader that is slow has as long again: what counts is that it goes on.
        switch io.connections[slot].phase {
        case .head, .body, .responding, .awaitingAnswer:
            io.schedule(slot, in: io.times.handshake)
        case .free, .webSocket, .lingering, .dead, .connecting: break
        }
        flush(slot)
        catchUp(slot)
        updateInterest(slot)
        guard !io.connections[slot].flags.contains(.blocked), io.connections[slot].isOpen,
            io.connections[slot].flags.contains(.announced)
        else { return }
        do {
            try call(.drain, io.id(of: slot), &io)
        } catch {
            io.close(slot, error.code, error.reason, .serverClosed(error.code))
        }
    }

    /// Everything of the connection's own is with the kernel.
    private mutating func drained(_ slot: UInt32) {
        // The memory goes back to where the next connection will look for it.
        if io.connections[slot].outbox.bytes.capacity > 0 {
            if io.spareOutput.capacity == 0,
                io.connections[slot].outbox.bytes.capacity <= 512 * 1024
            {
                swap(&io.connections[slot].outbox.bytes, &io.spareOutput)
            }
            io.connections[slot].outbox.bytes.removeAll()
        }
        io.connections[slot].ownOutputByteCount = 0
        io.release(slot, .ownOutput)
        switch io.connections[slot].phase {
        case .webSocket where !io.connections[slot].session.reads:
            let hasFailed = io.connections[slot].session == .failed
            let role = io.connections[slot].role
            guard
                io.connections[slot].session.handle(.outputFlushed, role: role) == .closeTransport
            else { return }
            if hasFailed { linger(slot) } else { io.die(slot, resetting: false) }
        case .head where io.connections[slot].flags.contains(.endsAfterFlush): linger(slot)
        default: return
        }
    }

    /// Shuts our side down and waits for the peer to close, so that our last bytes are not lost to a
    /// reset while it is still sending.
    private mutating func linger(_ slot: UInt32) {
        io.connections[slot].phase = .lingering
        io.connections[slot].holds = []
        kernel.shutdownOutput(of: io.connections[slot].descriptor)
        io.schedule(slot, in: io.times.close)
        updateInterest(slot)
    }

    /// Output is left over: the connection keeps no more memory than that needs, and ends if others
    /// have caused more than is allowed.
    private mutating func checkOutbox(_ slot: UInt32) {
        io.connections[slot].outbox.trim()
        let total = io.connections[slot].outbox.bytes.count
        let own = min(io.connections[slot].ownOutputByteCount, total)
        io.connections[slot].ownOutputByteCount = own
        if own <= io.limits.ownOutputByteCount / 2 { io.release(slot, .ownOutput) }
        guard total > io.limits.outboxByteCount,
            total - own > io.limits.outboxByteCount
        else { return }
        if io.connections[slot].phase == .webSocket {
            io.endTooSlow(slot)
        } else {
            io.die(slot, resetting: true)
        }
    }

    /// Has epoll(7) watch the connection for what it waits for now.
    mutating func updateInterest(_ slot: UInt32) {
        guard io.connections[slot].phase != .dead else { return }
        let wanted = io.connections[slot].wanted
        guard wanted != io.connections[slot].watched else { return }
        io.connections[slot].watched = wanted
        poller.change(
            io.connections[slot].descriptor, to: wanted, token: io.id(of: slot).token, &kernel)
    }
}
