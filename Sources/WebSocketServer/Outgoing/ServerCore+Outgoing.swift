// The way outward, step by step: look up, connect, ask, and read the answer.
import Glibc
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// How many connections are begun in one turn: a connect on loopback costs as much as an accept.
    private static var connectBudget: Int { 128 }

    /// Begins the connections that the handler has asked for, within a budget.
    mutating func beginConnections() {
        guard !io.dialing.isEmpty else { return }
        let count = min(io.dialing.count, Self.connectBudget)
        for index in 0..<count {
            let id = io.dialing[index]
            guard let slot = io.connections.slot(of: id), io.connections.slots[slot].phase == .connecting else {
                continue
            }
            // Those that still wait are nobody's place yet.
            begin(slot, hasRoom: countedConnectionCount + index < connectionLimit)
        }
        io.dialing.removeFirst(count)
    }

    private mutating func begin(_ slot: UInt32, hasRoom: Bool) {
        let dial = io.connections.slots[slot].exchange
        guard let request = io.dials[dial].request else { return }
        if io.isStopping { return io.connectFailed(slot, stopCause) }
        guard hasRoom else { return io.connectFailed(slot, .connectFailed(EMFILE)) }
        // What cannot be asked for is not worth a connection.
        let nonce = io.randomBytes(16)
        do throws(ClientHandshakeError) {
            let handshake = try request.handshake(nonce: InlineArray { nonce[$0] })
            io.dials[dial].handshake = handshake
            io.dials[dial].reader = ClientHandshakeReader(
                handshake, headByteLimit: io.limits.headByteCount)
        } catch {
            return failHandshake(slot, error)
        }
        if let path = request.socketPath {
            io.dials[dial].addresses = [.local(path: path)]
        } else if let address = NetworkAddress(numeric: request.url.host, port: request.url.port) {
            io.dials[dial].addresses = [.network(address)]
        } else {
            kernel.beginResolution(
                request.url.host, ticket: io.connections.id(of: slot).token, waking: wakeup)
            return io.schedule(slot, in: io.timeouts.handshake)
        }
        tryNextAddress(slot)
    }

    /// Goes on with connections whose host's name has been looked up.
    mutating func takeResolved() {
        for resolution in kernel.takeResolved() {
            let slot = UInt32(truncatingIfNeeded: resolution.ticket)
            // It may have been given up meanwhile.
            guard Int(slot) < io.connections.slots.endIndex, io.connections.id(of: slot).token == resolution.ticket,
                io.connections.slots[slot].phase == .connecting
            else { continue }
            let dial = io.connections.slots[slot].exchange
            guard let request = io.dials[dial].request, resolution.status == 0,
                !resolution.addresses.isEmpty
            else {
                io.connectFailed(slot, .nameResolutionFailed(resolution.status))
                continue
            }
            io.dials[dial].addresses = resolution.addresses.reversed().map {
                .network($0.with(port: request.url.port))
            }
            tryNextAddress(slot)
        }
    }

    /// Begins a connection to the next address that accepts the attempt.
    private mutating func tryNextAddress(_ slot: UInt32) {
        let dial = io.connections.slots[slot].exchange
        while let address = io.dials[dial].addresses.popLast() {
            switch kernel.connect(to: address, from: io.dials[dial].request?.source) {
            case .failed(let number): io.dials[dial].failure = number
            case .begun(let socket):
                io.connections.slots[slot].descriptor = socket
                io.connections.slots[slot].peer = NetworkAddress(address)
                io.connections.slots[slot].delivery.isBlocked = true
                io.connections.slots[slot].watched = io.connections.slots[slot].wanted
                do {
                    try poller.watch(
                        socket, for: io.connections.slots[slot].wanted, token: io.connections.id(of: slot).token,
                        &kernel)
                } catch {
                    return io.connectFailed(slot, .connectFailed(error.number))
                }
                return io.schedule(slot, in: io.timeouts.connect)
            }
        }
        io.connectFailed(slot, .connectFailed(io.dials[dial].failure))
    }

    /// The attempt has come to its end, one way or the other.
    mutating func connectEnded(_ slot: UInt32) {
        let number = kernel.takeError(of: io.connections.slots[slot].descriptor)
        if number == 0 { ask(slot) } else { attemptFailed(slot, number) }
    }

    /// The next address may do, if there is one.
    private mutating func attemptFailed(_ slot: UInt32, _ number: Int32) {
        kernel.close(io.connections.slots[slot].descriptor)
        io.connections.slots[slot].descriptor = .none
        io.connections.slots[slot].delivery.isBlocked = false
        io.dials[io.connections.slots[slot].exchange].failure = number
        tryNextAddress(slot)
    }

    /// Sends the request.
    private mutating func ask(_ slot: UInt32) {
        let dial = io.connections.slots[slot].exchange
        io.connections.slots[slot].phase = .awaitingAnswer
        io.dials[dial].handshake?.appendRequest(to: &io.connections.slots[slot].delivery.outbox.bytes)
        io.schedule(slot, in: io.timeouts.handshake)
        flush(slot)
        updateInterest(slot)
    }

    // MARK: The answer

    mutating func receiveAnswer(_ slot: UInt32, _ budget: inout Int, _ call: HandlerCall) {
        let received = receive(slot, atMost: Self.httpReceiveByteCount, &budget)
        guard received > 0 else { return }
        let headroom = ReceiveBuffer.headroomByteCount
        receiveBuffer.copy(
            headroom..<headroom + received, to: &io.connections.slots[slot].pendingInput)
        if let agreement = readAnswer(slot, isAtEnd: false) { opened(slot, agreement, call) }
    }

    /// Nothing more comes of the answer: what is there of a refusal is told.
    mutating func answerEnded(_ slot: UInt32) {
        _ = readAnswer(slot, isAtEnd: true)
    }

    /// What was agreed on, once the answer is there and good.
    private mutating func readAnswer(_ slot: UInt32, isAtEnd: Bool) -> ClientAgreement? {
        let dial = io.connections.slots[slot].exchange
        var bytes = ByteBuffer()
        swap(&bytes, &io.connections.slots[slot].pendingInput)
        do throws(ClientHandshakeError) {
            let progress = try io.dials[dial].reader?.read(bytes.span, isAtEnd: isAtEnd)
            if let progress { bytes.removeFirst(progress.byteCount) }
            if !bytes.isEmpty { swap(&bytes, &io.connections.slots[slot].pendingInput) }
            return progress?.agreement
        } catch {
            failHandshake(slot, error)
            return nil
        }
    }

    private mutating func failHandshake(_ slot: UInt32, _ error: ClientHandshakeError) {
        io.dials[io.connections.slots[slot].exchange].error = error
        if case .refused(let head, _) = error {
            io.connections.setCause(slot, .handshakeRefused(head.status))
        } else {
            io.connections.setCause(slot, .handshakeFailed)
        }
        // The server believes that frames go both ways: it is told why they do not.
        if let code = error.closeCode, io.connections.slots[slot].delivery.outbox.isEmpty {
            io.connections.slots[slot].delivery.outbox.bytes.appendMaskedCloseFrame(
                code, reason: "\(error)", maskingKey: io.nextMaskingKey())
            flush(slot)
        }
        io.die(slot, resetting: false)
    }

    /// Frames from here on.
    private mutating func opened(
        _ slot: UInt32, _ agreement: ClientAgreement, _ call: HandlerCall
    ) {
        let dial = io.connections.slots[slot].exchange
        io.connections.slots[slot].phase = .webSocket
        io.connections.slots[slot].flags.remove(.dialing)
        io.schedule(slot, in: io.timeouts.ping)
        if let parameters = agreement.deflate {
            io.compress(slot, parameters)
            io.statistics.compressedCount += 1
        }
        io.dials[dial].agreement = agreement
        notifyOpen(slot, call)
        io.connections.slots[slot].exchange = UInt32.max
        io.dials.free(dial, leaving: Dial())
        // A server may send frames right behind its answer.
        if !io.connections.slots[slot].pendingInput.isEmpty { io.connections.resume(slot) }
    }

    // MARK: Time

    /// The time of this step is over.
    mutating func expireDial(_ slot: UInt32) {
        switch io.connections.slots[slot].phase {
        case .connecting where io.connections.slots[slot].descriptor == .none:
            io.connectFailed(slot, .nameResolutionFailed(EAI_AGAIN))
        case .connecting: attemptFailed(slot, ETIMEDOUT)
        case .awaitingAnswer:
            // A refusal whose body does not end is a refusal.
            answerEnded(slot)
            if case .endOfStream? = io.dials[io.connections.slots[slot].exchange].error {
                io.dials[io.connections.slots[slot].exchange].error = nil
                io.connections.slots[slot].cause = .handshakeTimedOut
            }
        default: return
        }
    }
}

extension NetworkAddress {
    fileprivate init(_ address: ConnectAddress) {
        switch address {
        case .network(let address): self = address
        case .local: self.init(family: .local)
        }
    }
}
