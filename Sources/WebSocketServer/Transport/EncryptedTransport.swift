// TLS between the socket and the buffers: decrypted where it was received, sealed as it is sent.
import LibC
import LinuxReactor
import Storage
import WebSocketTLS

extension ServerContext {
    /// Whether sealed records wait for the connection's socket.
    @inline(__always)
    func hasSealedOutput(_ slot: Slot) -> Bool {
        let index = connections.slots[slot].encryption
        return index != .none && !encryption.connections[index].unsent.isEmpty
    }
}

extension ServerCore where K: ~Copyable {
    /// How much content of its own is sealed for one send of a connection: four records, and a rest
    /// of up to a quarter of that, since a frame of 16 KiB is a little more than a record. What the
    /// socket does not take of it is kept, sealed, since no content is sealed twice.
    static var contentByteCount: Int { 4 * RecordLayer.contentByteLimit }

    /// How much content of a topic is sealed for one send: a record, as each of many slow members
    /// may keep it. What is sealed cannot be skipped any more, and of a topic that skips only the
    /// newest counts.
    func contentByteCount(of slot: Slot, _ variant: VariantIndex) -> Int {
        guard io.connections.slots[slot].isEncrypted,
            io.topics.variants[variant].policy != .disconnect
        else { return RecordLayer.contentByteLimit }
        return io.connections.slots[slot].flags.contains(.paced) ? 1_400 : 4 * 1024
    }

    // MARK: Receiving

    /// One receive, decrypted: the application data is where that of a plain connection would be.
    /// `.wouldBlock` if there is none. What the session wants the peer to get has been sent then.
    /// If `keepsOutput` is true and there is data, it is kept instead, to go with the answer.
    mutating func receiveRecords(
        _ slot: Slot, atMost limit: Int, keepsOutput: Bool = false
    ) -> ReceiveOutcome {
        let index = io.connections.slots[slot].encryption
        io.meter.beginServing()
        if io.encryption.connections[index].hasEnded { return .endOfStream }
        let first = ReceiveBuffer.headroomByteCount - TLSSession.plaintextOffset
        let kept = io.encryption.connections[index].session.incompleteByteCount
        // What libssl may have kept of an earlier receive needs room too.
        let end = ReceiveBuffer.byteCount - TLSSession.libraryRoom
        let buffer = io.inbound.receiveBuffer
        var free = buffer.mutableSpan(first + kept..<min(first + kept + limit, end))
        let outcome = kernel.receive(from: io.connections.slots[slot].descriptor, into: &free)
        guard case .received(let count) = outcome else { return outcome }
        io.meter.received(count)
        io.telemetry.statistics.bytesReceivedCount += UInt64(count)
        io.connections.heard(slot, at: io.clock.now)
        // Before the first byte there is no session: the room above begins one.
        guard io.encryption.connections[index].session.hasBegun else { return .received(count) }
        return .received(takeRecords(slot, kept + count, keepsOutput: keepsOutput))
    }

    /// Decrypts what was received behind the incomplete record that was kept, and returns how many
    /// bytes of application data there are.
    mutating func takeRecords(_ slot: Slot, _ count: Int, keepsOutput: Bool = false) -> Int {
        let index = io.connections.slots[slot].encryption
        let plaintextCount = openRecords(index, count)
        if keepsOutput, plaintextCount > 0 {
            io.encryption.keepUnsent(index, from: 0)
        } else {
            flushSealed(slot)
        }
        return plaintextCount
    }

    /// The same for any session: what the peer must get is left to be sent.
    @inline(__always)
    mutating func openRecords(_ index: TableIndex<EncryptedConnection>, _ count: Int) -> Int {
        let buffer = io.inbound.receiveBuffer
        let first = ReceiveBuffer.headroomByteCount - TLSSession.plaintextOffset
        var bytes = buffer.mutableSpan(first..<ReceiveBuffer.byteCount)
        io.encryption.connections[index].session.copyIncomplete(to: &bytes)
        let plaintextCount = io.encryption.receive(index, &bytes, count: count)
        io.meter.spend(io.encryption.takeWork())
        return plaintextCount
    }

    /// TLS records were received: they are work, whatever comes of their content, of which there is
    /// this much.
    @inline(never)
    mutating func accountRecords(_ slot: Slot, _ byteCount: Int) {
        account(slot, receivedByteCount: byteCount)
        io.meter.beginServing()
    }

    // MARK: Sending

    /// One send of content: sealed before, if the connection is encrypted. Then it may be that the
    /// content counts as sent, and ``isBackedUp(_:)`` is true.
    static func send(
        _ content: Span<UInt8>, to socket: FileDescriptor,
        _ index: TableIndex<EncryptedConnection>, _ encryption: inout EncryptionTable,
        _ kernel: inout K, atOnce byteCount: Int = Self.contentByteCount
    ) -> SendOutcome {
        guard index != .none else { return kernel.send(content, to: socket) }
        return seal(content, to: socket, index, &encryption, &kernel, atOnce: byteCount)
    }

    @inline(never)
    private static func seal(
        _ content: Span<UInt8>, to socket: FileDescriptor,
        _ index: TableIndex<EncryptedConnection>, _ encryption: inout EncryptionTable,
        _ kernel: inout K, atOnce byteCount: Int
    ) -> SendOutcome {
        guard encryption.connections[index].unsent.isEmpty else { return .wouldBlock }
        var position = 0
        while position < content.count {
            let isRest = content.count - position <= byteCount + byteCount / 4
            let end = isRest ? content.count : position + byteCount
            guard encryption.seal(content.extracting(position..<end), index) else {
                encryption.emptySealed()
                return .failed(EPIPE)
            }
            position = end
            if position == content.count, encryption.connections[index].endsWithContent {
                encryption.close(index)
            }
            let sealedCount = encryption.sealed.count
            switch kernel.send(encryption.sealed.span, to: socket) {
            case .sent(sealedCount): encryption.emptySealed()
            case .sent(let count):
                encryption.keepUnsent(index, from: count)
                return .sent(position)
            case .wouldBlock:
                encryption.keepUnsent(index, from: 0)
                return .sent(position)
            case .failed(let number):
                encryption.emptySealed()
                return .failed(number)
            }
        }
        return .sent(position)
    }

    /// Whether application data can pass: the connection is plain, or its TLS handshake is over.
    func isEncryptionReady(_ slot: Slot) -> Bool {
        let index = io.connections.slots[slot].encryption
        return index == .none || io.encryption.connections[index].isEstablished
    }

    /// Whether sealed records wait for the socket: it is full, and nothing can be sealed.
    @inline(__always)
    func isBackedUp(_ slot: Slot) -> Bool { io.hasSealedOutput(slot) }

    /// Lets the records that wait go with the output that follows, in one send; false if there is
    /// none, or the socket is full.
    mutating func joinUnsent(_ slot: Slot) -> Bool {
        let index = io.connections.slots[slot].encryption
        let byteCount = io.encryption.connections[index].unsent.count
        guard byteCount > 0, byteCount <= RecordLayer.contentByteLimit,
            io.encryption.connections[index].isEstablished,
            !io.connections.slots[slot].delivery.isBlocked,
            io.connections.slots[slot].delivery.outbox.markerCount == 0,
            !io.connections.slots[slot].delivery.outbox.isEmpty
        else { return false }
        io.encryption.joinUnsent(index)
        return true
    }

    /// Sends the records that wait for the socket of an encrypted connection. Returns `.drained` if
    /// content may be sealed then.
    mutating func sendUnsent(_ slot: Slot) -> FlushOutcome {
        let index = io.connections.slots[slot].encryption
        if !io.encryption.connections[index].unsent.isEmpty {
            io.meter.spend(Work.call)
            let outcome = Self.sendUnsent(
                io.encryption, index, to: io.connections.slots[slot].descriptor, &kernel)
            switch outcome {
            case .failed(let number): return .failed(number)
            case .sent(let count): io.encryption.connections[index].unsent.removeFirst(count)
            case .wouldBlock: break
            }
            guard io.encryption.connections[index].unsent.isEmpty else {
                block(slot)
                return .blocked
            }
            io.encryption.connections[index].unsent.removeAll()
        }
        // During the handshake output waits for its end, and not for the socket.
        let isReady =
            io.encryption.connections[index].isEstablished
            || io.encryption.connections[index].hasEnded
        return isReady ? .drained : .blocked
    }

    static func sendUnsent(
        _ encryption: borrowing EncryptionTable, _ index: TableIndex<EncryptedConnection>,
        to socket: FileDescriptor, _ kernel: inout K
    ) -> SendOutcome {
        kernel.send(encryption.connections[index].unsent.span, to: socket)
    }

    /// Sends what a step of the session has written: handshake messages, alerts, new keys.
    mutating func flushSealed(_ slot: Slot) {
        guard !io.encryption.sealed.isEmpty else { return }
        let index = io.connections.slots[slot].encryption
        var sentCount = 0
        if io.encryption.connections[index].unsent.isEmpty {
            io.meter.spend(Work.call)
            let outcome = Self.send(
                io.encryption.sealed, to: io.connections.slots[slot].descriptor, &kernel)
            // A failure is reported again by what is sent or received next.
            if case .sent(let count) = outcome { sentCount = count }
        }
        guard sentCount < io.encryption.sealed.count else { return io.encryption.emptySealed() }
        io.encryption.keepUnsent(index, from: sentCount)
        block(slot)
    }

    static func send(
        _ bytes: borrowing ByteBuffer, to socket: FileDescriptor, _ kernel: inout K
    ) -> SendOutcome {
        kernel.send(bytes.span, to: socket)
    }

    /// Lets the close_notify go with the close frame, if that is all that is left to send.
    @inline(never)
    mutating func closeWithContent(_ slot: Slot) {
        guard io.connections.slots[slot].phase == .webSocket,
            !io.connections.slots[slot].session.reads,
            io.connections.slots[slot].delivery.outbox.markerCount == 0
        else { return }
        io.encryption.connections[io.connections.slots[slot].encryption].endsWithContent = true
    }

    /// Tells the peer that nothing more comes (RFC 8446 §6.1), as far as its socket takes that.
    mutating func sendCloseNotify(_ slot: Slot) {
        let index = io.connections.slots[slot].encryption
        guard index != .none, !isBackedUp(slot) else { return }
        io.encryption.close(index)
        guard !io.encryption.sealed.isEmpty else { return }
        _ = Self.send(io.encryption.sealed, to: io.connections.slots[slot].descriptor, &kernel)
        io.encryption.emptySealed()
    }
}
