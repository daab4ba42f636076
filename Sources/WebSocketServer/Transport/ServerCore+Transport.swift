// One receive, one send: moves bytes between sockets and buffers. The rooms above interpret them.
import LibC
import LinuxReactor
import Storage
import WebSocketCore

/// The outcome of a flush.
enum FlushOutcome: BitwiseCopyable {
    /// The kernel has everything.
    case drained
    /// The socket is full: nothing is sent until epoll(7) reports that it is writable.
    case blocked
    /// Nothing can be sent any more, for this errno(3).
    case failed(Int32)
}

extension ServerCore where K: ~Copyable {
    /// About how many bytes of output are gathered for one send.
    static var gatherByteCount: Int { 64 * 1024 }

    /// The most bytes of one receive of HTTP: heads are small, and frames that follow an upgrade,
    /// which came in the same receive as the end of its head, must fit into the receive buffer.
    static var headReceiveByteCount: Int { 16 * 1024 }

    // MARK: Receiving

    /// One receive into the shared buffer, behind the headroom; counted in the statistics. If a
    /// send has failed before, its error replaces the end of the stream.
    mutating func receive(_ slot: Slot, atMost limit: Int) -> ReceiveOutcome {
        if io.connections.slots[slot].isEncrypted { return receiveEncrypted(slot, limit) }
        let buffer = io.inbound.receiveBuffer
        let headroom = ReceiveBuffer.headroomByteCount
        var free = buffer.mutableSpan(headroom..<headroom + limit)
        switch kernel.receive(from: io.connections.slots[slot].descriptor, into: &free) {
        case .received(let count):
            io.meter.received(count)
            io.telemetry.statistics.bytesReceivedCount += UInt64(count)
            io.connections.records.received(slot, count)
            io.connections.heard(slot, at: io.clock.now)
            return .received(count)
        case .wouldBlock: return .wouldBlock
        case .endOfStream: return io.connections.slots[slot].endOfStream
        case .failed(let number): return .failed(number)
        }
    }

    /// The same for an encrypted connection.
    @inline(never)
    private mutating func receiveEncrypted(_ slot: Slot, _ limit: Int) -> ReceiveOutcome {
        let outcome = receiveRecords(slot, atMost: limit)
        let index = io.connections.slots[slot].encryption
        switch outcome {
        case .received(let count):
            accountRecords(slot, count)
            // It makes us answer, and does not read the answers.
            if io.encryption.connections[index].unsent.count > EncryptionTable.unsentByteLimit {
                return .failed(ENOBUFS)
            }
            guard io.encryption.connections[index].hasEnded else {
                return count == 0 ? .wouldBlock : outcome
            }
            if count > 0 {
                // The data first; the end is dealt with in the next turn.
                io.encryption.ended.append(io.connections.id(of: slot))
                return outcome
            }
            return io.encryption.connections[index].isClosedByPeer ? .endOfStream : .failed(EPROTO)
        case .endOfStream where io.encryption.connections[index].hasEnded:
            return io.encryption.connections[index].isClosedByPeer ? .endOfStream : .failed(EPROTO)
        case .endOfStream: return io.connections.slots[slot].endOfStream
        case .wouldBlock, .failed: return outcome
        }
    }

    /// One receive whose bytes are discarded and not counted.
    mutating func receiveAndForget(_ slot: Slot) -> ReceiveOutcome {
        let buffer = io.inbound.receiveBuffer
        var free = buffer.mutableSpan(0..<ReceiveBuffer.receiveByteCount)
        let outcome = kernel.receive(from: io.connections.slots[slot].descriptor, into: &free)
        if case .received(let count) = outcome { io.connections.records.received(slot, count) }
        guard case .endOfStream = outcome else { return outcome }
        return io.connections.slots[slot].endOfStream
    }

    /// Adds the first `count` received bytes to the connection's pending input.
    mutating func takePendingInput(_ slot: Slot, _ count: Int) {
        let headroom = ReceiveBuffer.headroomByteCount
        io.inbound.receiveBuffer.copy(
            headroom..<headroom + count, to: &io.connections.slots[slot].pendingInput)
    }

    // MARK: Sending

    /// Sends the outbox until it is empty or the socket is full.
    mutating func sendOutbox(_ slot: Slot) -> FlushOutcome {
        if io.connections.slots[slot].isEncrypted, !joinUnsent(slot) {
            let outcome = sendUnsent(slot)
            guard case .drained = outcome else { return outcome }
        }
        while !io.connections.slots[slot].delivery.isBlocked,
            !io.connections.slots[slot].delivery.outbox.isEmpty
        {
            let isPlain =
                io.connections.slots[slot].delivery.outbox.markerCount == 0
                || io.connections.slots[slot].delivery.outbox.leadingByteCount
                    >= Self.gatherByteCount
            let outcome = isPlain ? sendLeadingBytes(slot) : sendInOrder(slot)
            if case .failed = outcome { return outcome }
        }
        return io.connections.slots[slot].delivery.outbox.isEmpty && !isBackedUp(slot)
            ? .drained : .blocked
    }

    /// One send of the replies to the connection on the fast path; what its socket does not take
    /// goes to its outbox.
    mutating func sendReplies(_ slot: Slot) -> FlushOutcome {
        let count = io.output.replyBuffer.count
        let outcome =
            io.connections.slots[slot].isEncrypted
            ? sealReplies(slot)
            : Self.send(
                io.output.replyBuffer, to: io.connections.slots[slot].descriptor, &kernel)
        switch io.telemetry.counted(outcome) {
        case .failed(let number):
            io.output.replyBuffer.removeAll(keepingCapacity: true)
            return .failed(number)
        case .sent(let sent):
            io.connections.records.sent(slot, sent)
            io.output.replyBuffer.removeFirst(sent)
        case .wouldBlock: break
        }
        guard !io.output.replyBuffer.isEmpty else { return .drained }
        assert(io.output.replyBuffer.count <= count)
        io.moveReplies(to: slot)
        block(slot)
        return .blocked
    }

    /// One send of the outbox up to its first marker.
    private mutating func sendLeadingBytes(_ slot: Slot) -> FlushOutcome {
        let count = io.connections.slots[slot].delivery.outbox.leadingByteCount
        io.meter.spend(Work.call)
        if io.connections.slots[slot].isEncrypted { closeWithContent(slot) }
        let outcome =
            io.connections.slots[slot].isEncrypted
            ? Self.sealOutbox(of: slot, io.connections, &io.encryption, &kernel)
            : Self.sendOutbox(of: slot, io.connections, &kernel)
        switch io.telemetry.counted(outcome) {
        case .failed(let number): return .failed(number)
        case .sent(let sent):
            io.connections.records.sent(slot, sent)
            io.connections.slots[slot].delivery.outbox.removeFirst(sent)
            if sent == count, !isBackedUp(slot) { return .drained }
        case .wouldBlock: break
        }
        block(slot)
        return .blocked
    }

    /// One send of the connection's own bytes and the broadcasts that belong between them.
    private mutating func sendInOrder(_ slot: Slot) -> FlushOutcome {
        io.output.beginGathering(about: Self.gatherByteCount)
        while io.output.gathered.count < Self.gatherByteCount,
            !io.connections.slots[slot].delivery.outbox.isEmpty
        {
            io.connections.slots[slot].delivery.outbox.moveLeading(into: &io.output.gathered)
            io.topics.gather(
                &io.connections.slots[slot].delivery, into: &io.output.gathered,
                about: Self.gatherByteCount)
        }
        let count = io.output.gathered.count
        if count == 0 { return .drained }
        io.meter.spend(Work.call + count)
        let outcome = Self.send(
            io.output.gathered, to: io.connections.slots[slot].descriptor,
            io.connections.slots[slot].encryption, &io.encryption, &kernel)
        var sentCount = 0
        switch io.telemetry.counted(outcome) {
        case .failed(let number): return .failed(number)
        case .sent(let sent):
            io.connections.records.sent(slot, sent)
            sentCount = sent
        case .wouldBlock: break
        }
        if sentCount == count, !isBackedUp(slot) { return .drained }
        if sentCount < count {
            io.connections.slots[slot].delivery.outbox.prepend(io.output.gathered, from: sentCount)
        }
        block(slot)
        return .blocked
    }

    // A span of one part of the server cannot be borrowed through the whole while another part
    // changes, so each send is in a function that gets only the parts it needs.

    static func send(
        _ bytes: borrowing ByteBuffer, to socket: FileDescriptor,
        _ index: TableIndex<EncryptedConnection>, _ encryption: inout EncryptionTable,
        _ kernel: inout K, atOnce byteCount: Int = Self.contentByteCount
    ) -> SendOutcome {
        send(bytes.span, to: socket, index, &encryption, &kernel, atOnce: byteCount)
    }

    @inline(never)
    private mutating func sealReplies(_ slot: Slot) -> SendOutcome {
        let outcome = Self.send(
            io.output.replyBuffer, to: io.connections.slots[slot].descriptor,
            io.connections.slots[slot].encryption, &io.encryption, &kernel)
        if isBackedUp(slot) { block(slot) }
        return outcome
    }

    private static func sendOutbox(
        of slot: Slot, _ connections: borrowing ConnectionTable, _ kernel: inout K
    ) -> SendOutcome {
        kernel.send(
            connections.slots[slot].delivery.outbox.leadingBytes,
            to: connections.slots[slot].descriptor)
    }

    @inline(never)
    private static func sealOutbox(
        of slot: Slot, _ connections: borrowing ConnectionTable,
        _ encryption: inout EncryptionTable, _ kernel: inout K
    ) -> SendOutcome {
        send(
            connections.slots[slot].delivery.outbox.leadingBytes,
            to: connections.slots[slot].descriptor, connections.slots[slot].encryption,
            &encryption, &kernel)
    }

    // MARK: Readiness

    /// The socket is full: nothing is sent until epoll(7) reports that it is writable.
    mutating func block(_ slot: Slot) {
        io.connections.slots[slot].delivery.isBlocked = true
        if io.connections.slots[slot].phase == .responding {
            io.schedule(slot, in: io.settings.timeouts.handshake)
        }
        switch io.connections.slots[slot].phase {
        // They are measured at deadlines of their own.
        case .webSocket, .streaming: break
        default: measure(slot)
        }
        updateInterest(slot)
    }

    /// Updates what epoll(7) watches the connection for. Nothing else changes that.
    mutating func updateInterest(_ slot: Slot) {
        guard io.connections.slots[slot].phase != .terminated else { return }
        let wanted = io.connections.slots[slot].wanted
        guard wanted != io.connections.slots[slot].watched else { return }
        io.connections.slots[slot].watched = wanted
        poller.change(
            io.connections.slots[slot].descriptor, to: wanted,
            token: io.connections.id(of: slot).token, &kernel)
    }
}

extension Connection {
    /// The meaning of the end of its stream: the kernel reports a failed send only once, and after
    /// that only the end of the stream.
    fileprivate var endOfStream: ReceiveOutcome {
        sendFailure == 0 || sendFailure == UInt16(EPIPE)
            ? .endOfStream : .failed(Int32(sendFailure))
    }
}
