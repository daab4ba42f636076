// Outgoing connections, step by step: resolve the name, connect, send the request, read the answer.
import LibC
import LinuxReactor
import Storage
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// How many connections are begun in one turn: a connect on loopback costs as much as an
    /// accept.
    private static var connectBudget: Int { 128 }

    /// Begins the connections that the handler has asked for, within a budget; `room` is how many
    /// connections may be added.
    mutating func beginConnections(room: Int) {
        guard !io.outgoing.toBegin.isEmpty else { return }
        let count = min(io.outgoing.toBegin.count, Self.connectBudget)
        for index in 0..<count {
            let id = io.outgoing.toBegin[index]
            guard let slot = io.connections.slot(of: id),
                io.connections.slots[slot].phase == .connecting
            else {
                continue
            }
            // Connections that have not begun take no place yet.
            begin(slot, hasRoom: index < room)
        }
        io.outgoing.toBegin.removeFirst(count)
    }

    private mutating func begin(_ slot: Slot, hasRoom: Bool) {
        let attempt = io.connections.slots[slot].attempt
        guard let request = io.outgoing.attempts[attempt].request else { return }
        if io.shutdown.isUnderWay { return io.terminate(slot, io.shutdown.cause, reset: false) }
        guard hasRoom else { return io.terminate(slot, .connectFailed(EMFILE), reset: false) }
        // If the request cannot be written, there is no need to connect.
        let nonce = io.random.take(16)
        do throws(ClientHandshakeError) {
            let handshake = try request.handshake(nonce: InlineArray { nonce[$0] })
            io.outgoing.attempts[attempt].handshake = handshake
            io.outgoing.attempts[attempt].reader = ClientHandshakeReader(
                handshake, headByteLimit: io.settings.limits.headByteCount)
        } catch {
            return failHandshake(slot, error)
        }
        if let path = request.socketPath {
            io.outgoing.attempts[attempt].addresses = [.local(path: path)]
        } else if let address = NetworkAddress(numeric: request.url.host, port: request.url.port) {
            io.outgoing.attempts[attempt].addresses = [.network(address)]
        } else {
            kernel.beginResolution(
                request.url.host, ticket: io.connections.id(of: slot).token, waking: wakeup)
            return io.schedule(slot, in: io.settings.timeouts.handshake)
        }
        tryNextAddress(slot)
    }

    /// Continues a connection whose host name has been resolved.
    mutating func resolved(_ resolution: Resolution) {
        let slot = Slot(rawValue: UInt32(truncatingIfNeeded: resolution.ticket))
        // The connection may have ended meanwhile.
        guard io.connections.slots.contains(slot),
            io.connections.id(of: slot).token == resolution.ticket,
            io.connections.slots[slot].phase == .connecting
        else { return }
        let attempt = io.connections.slots[slot].attempt
        guard let request = io.outgoing.attempts[attempt].request, resolution.status == 0,
            !resolution.addresses.isEmpty
        else {
            return io.terminate(slot, .nameResolutionFailed(resolution.status), reset: false)
        }
        io.outgoing.attempts[attempt].addresses = resolution.addresses.reversed().map {
            .network($0.with(port: request.url.port))
        }
        tryNextAddress(slot)
    }

    /// Begins a connection to the next address for which connect(2) does not fail at once.
    private mutating func tryNextAddress(_ slot: Slot) {
        let attempt = io.connections.slots[slot].attempt
        while let address = io.outgoing.attempts[attempt].addresses.popLast() {
            switch kernel.connect(to: address, from: io.outgoing.attempts[attempt].request?.source)
            {
            case .failed(let number): io.outgoing.attempts[attempt].failure = number
            case .begun(let socket):
                io.connections.slots[slot].descriptor = socket
                io.connections.slots[slot].peer = NetworkAddress(address)
                limitUnsent(slot)
                io.connections.slots[slot].delivery.isBlocked = true
                io.connections.slots[slot].watched = io.connections.slots[slot].wanted
                do {
                    try poller.watch(
                        socket, for: io.connections.slots[slot].wanted,
                        token: io.connections.id(of: slot).token,
                        &kernel)
                } catch {
                    return io.terminate(slot, .connectFailed(error.number), reset: false)
                }
                return io.schedule(slot, in: io.settings.timeouts.connect)
            }
        }
        io.terminate(slot, .connectFailed(io.outgoing.attempts[attempt].failure), reset: false)
    }

    /// connect(2) has succeeded or failed.
    mutating func connectEnded(_ slot: Slot) {
        let number = kernel.takeError(of: io.connections.slots[slot].descriptor)
        guard number == 0 else { return attemptFailed(slot, number) }
        io.connections.slots[slot].advance(.connected)
        io.schedule(slot, in: io.settings.timeouts.handshake)
        let attempt = io.connections.slots[slot].attempt
        if let request = io.outgoing.attempts[attempt].request, request.url.isSecure {
            encrypt(slot, request)
        } else {
            sendHandshakeRequest(slot)
        }
    }

    /// An address has failed: tries the next one, if there is one.
    private mutating func attemptFailed(_ slot: Slot, _ number: Int32) {
        kernel.close(io.connections.slots[slot].descriptor)
        io.connections.slots[slot].descriptor = .none
        io.connections.slots[slot].delivery.isBlocked = false
        io.outgoing.attempts[io.connections.slots[slot].attempt].failure = number
        tryNextAddress(slot)
    }

    /// Sends the request of the opening handshake.
    mutating func sendHandshakeRequest(_ slot: Slot) {
        let attempt = io.connections.slots[slot].attempt
        io.outgoing.attempts[attempt].handshake?.appendRequest(
            to: &io.connections.slots[slot].delivery.outbox.bytes)
        flush(slot)
        updateInterest(slot)
    }

    // MARK: The answer

    mutating func receiveAnswer(_ slot: Slot, _ call: HandlerCall) {
        guard isEncryptionReady(slot) else { return shakeHands(slot) }
        switch receive(slot, atMost: Self.headReceiveByteCount) {
        case .received(let count): takePendingInput(slot, count)
        case .wouldBlock: return
        case .endOfStream: return answerEnded(slot)
        case .failed(let number): return answerFailed(slot, number)
        }
        if let agreement = readAnswer(slot, isAtEnd: false) { opened(slot, agreement, call) }
    }

    /// No more of the answer will come: a refusal is reported with what has been received.
    mutating func answerEnded(_ slot: Slot) { _ = readAnswer(slot, isAtEnd: true) }

    /// What was agreed with the server; nil until the answer is complete, or if it fails the
    /// handshake.
    private mutating func readAnswer(
        _ slot: Slot, isAtEnd: Bool, isTimedOut: Bool = false
    ) -> ClientAgreement? {
        let attempt = io.connections.slots[slot].attempt
        var bytes = ByteBuffer()
        swap(&bytes, &io.connections.slots[slot].pendingInput)
        do throws(ClientHandshakeError) {
            let progress = try io.outgoing.attempts[attempt].reader?.read(
                bytes.span, isAtEnd: isAtEnd)
            if let progress { bytes.removeFirst(progress.byteCount) }
            if !bytes.isEmpty { swap(&bytes, &io.connections.slots[slot].pendingInput) }
            return progress?.agreement
        } catch {
            failHandshake(slot, error, isTimedOut: isTimedOut)
            return nil
        }
    }

    mutating func failHandshake(
        _ slot: Slot, _ error: ClientHandshakeError, isTimedOut: Bool = false
    ) {
        var cause = CloseCause.handshakeFailed
        switch error {
        case .refused(let head, _): cause = .handshakeRefused(head.status)
        // The answer is incomplete because its time is over, and not because the server ended it.
        case .endOfStream where isTimedOut: cause = .handshakeTimedOut
        default: break
        }
        if cause != .handshakeTimedOut {
            io.outgoing.attempts[io.connections.slots[slot].attempt].error = error
        }
        io.connections.setCause(slot, cause)
        // The server regards the connection as open: a Close frame tells it why it is not.
        if let code = error.closeCode, io.connections.slots[slot].delivery.outbox.isEmpty {
            io.connections.slots[slot].delivery.outbox.bytes.appendMaskedCloseFrame(
                code, reason: "\(error)", maskingKey: io.nextMaskingKey())
            flush(slot)
        }
        io.terminate(slot, cause, reset: false)
    }

    /// From here on the connection carries frames.
    private mutating func opened(
        _ slot: Slot, _ agreement: ClientAgreement, _ call: HandlerCall
    ) {
        let attempt = io.connections.slots[slot].attempt
        io.connections.slots[slot].advance(.upgraded)
        io.connections.slots[slot].flags.remove(.attempting)
        io.schedule(slot, in: io.settings.timeouts.ping)
        if let parameters = agreement.deflate {
            io.negotiate(parameters, for: slot)
        }
        io.outgoing.attempts[attempt].agreement = agreement
        notifyOpen(slot, call)
        io.connections.slots[slot].attempt = .none
        io.outgoing.attempts.free(attempt, leaving: ConnectAttempt())
        // A server may send frames directly after its answer.
        if !io.connections.slots[slot].pendingInput.isEmpty { io.connections.resume(slot) }
    }

    // MARK: Time

    /// The time of this step is over.
    mutating func expireOutgoing(_ slot: Slot) {
        switch io.connections.slots[slot].phase {
        case .connecting where io.connections.slots[slot].descriptor == .none:
            io.terminate(slot, .nameResolutionFailed(EAI_AGAIN), reset: false)
        case .connecting: attemptFailed(slot, ETIMEDOUT)
        // A refusal whose body does not end still counts as a refusal.
        case .awaitingAnswer: _ = readAnswer(slot, isAtEnd: true, isTimedOut: true)
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
