// The way outward, step by step: look up, connect, ask, and read the answer.
import Glibc
import LinuxReactor
import Storage
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// How many connections are begun in one turn: a connect on loopback costs as much as an accept.
    private static var connectBudget: Int { 128 }

    /// Begins the connections that the handler has asked for, within a budget.
    mutating func beginConnections() {
        guard !io.outgoing.toBegin.isEmpty else { return }
        let count = min(io.outgoing.toBegin.count, Self.connectBudget)
        for index in 0..<count {
            let id = io.outgoing.toBegin[index]
            guard let slot = io.connections.slot(of: id),
                io.connections.slots[slot].phase == .connecting
            else {
                continue
            }
            // Those that still wait are nobody's place yet.
            begin(slot, hasRoom: countedConnectionCount + index < io.settings.connectionLimit)
        }
        io.outgoing.toBegin.removeFirst(count)
    }

    private mutating func begin(_ slot: UInt32, hasRoom: Bool) {
        let dial = io.connections.slots[slot].exchange
        guard let request = io.outgoing.dials[dial].request else { return }
        if io.shutdown.isUnderWay { return io.terminate(slot, io.shutdown.cause, reset: false) }
        guard hasRoom else { return io.terminate(slot, .connectFailed(EMFILE), reset: false) }
        // What cannot be asked for is not worth a connection.
        let nonce = io.randomBytes(16)
        do throws(ClientHandshakeError) {
            let handshake = try request.handshake(nonce: InlineArray { nonce[$0] })
            io.outgoing.dials[dial].handshake = handshake
            io.outgoing.dials[dial].reader = ClientHandshakeReader(
                handshake, headByteLimit: io.settings.limits.headByteCount)
        } catch {
            return failHandshake(slot, error)
        }
        if let path = request.socketPath {
            io.outgoing.dials[dial].addresses = [.local(path: path)]
        } else if let address = NetworkAddress(numeric: request.url.host, port: request.url.port) {
            io.outgoing.dials[dial].addresses = [.network(address)]
        } else {
            kernel.beginResolution(
                request.url.host, ticket: io.connections.id(of: slot).token, waking: wakeup)
            return io.schedule(slot, in: io.settings.timeouts.handshake)
        }
        tryNextAddress(slot)
    }

    /// Goes on with connections whose host's name has been looked up.
    mutating func takeResolved() {
        for resolution in kernel.takeResolved() {
            let slot = UInt32(truncatingIfNeeded: resolution.ticket)
            // It may have been given up meanwhile.
            guard Int(slot) < io.connections.slots.endIndex,
                io.connections.id(of: slot).token == resolution.ticket,
                io.connections.slots[slot].phase == .connecting
            else { continue }
            let dial = io.connections.slots[slot].exchange
            guard let request = io.outgoing.dials[dial].request, resolution.status == 0,
                !resolution.addresses.isEmpty
            else {
                io.terminate(slot, .nameResolutionFailed(resolution.status), reset: false)
                continue
            }
            io.outgoing.dials[dial].addresses = resolution.addresses.reversed().map {
                .network($0.with(port: request.url.port))
            }
            tryNextAddress(slot)
        }
    }

    /// Begins a connection to the next address that accepts the attempt.
    private mutating func tryNextAddress(_ slot: UInt32) {
        let dial = io.connections.slots[slot].exchange
        while let address = io.outgoing.dials[dial].addresses.popLast() {
            switch kernel.connect(to: address, from: io.outgoing.dials[dial].request?.source) {
            case .failed(let number): io.outgoing.dials[dial].failure = number
            case .begun(let socket):
                io.connections.slots[slot].descriptor = socket
                io.connections.slots[slot].peer = NetworkAddress(address)
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
        io.terminate(slot, .connectFailed(io.outgoing.dials[dial].failure), reset: false)
    }

    /// The attempt has come to its end, one way or the other.
    mutating func connectEnded(_ slot: UInt32) {
        let number = kernel.takeError(of: io.connections.slots[slot].descriptor)
        if number == 0 { sendHandshakeRequest(slot) } else { attemptFailed(slot, number) }
    }

    /// The next address may do, if there is one.
    private mutating func attemptFailed(_ slot: UInt32, _ number: Int32) {
        kernel.close(io.connections.slots[slot].descriptor)
        io.connections.slots[slot].descriptor = .none
        io.connections.slots[slot].delivery.isBlocked = false
        io.outgoing.dials[io.connections.slots[slot].exchange].failure = number
        tryNextAddress(slot)
    }

    /// Sends the request.
    private mutating func sendHandshakeRequest(_ slot: UInt32) {
        let dial = io.connections.slots[slot].exchange
        io.connections.slots[slot].advance(.connected)
        io.outgoing.dials[dial].handshake?.appendRequest(
            to: &io.connections.slots[slot].delivery.outbox.bytes)
        io.schedule(slot, in: io.settings.timeouts.handshake)
        flush(slot)
        updateInterest(slot)
    }

    // MARK: The answer

    mutating func receiveAnswer(_ slot: UInt32, _ budget: inout Int, _ call: HandlerCall) {
        switch receive(slot, atMost: Self.httpReceiveByteCount, &budget) {
        case .received(let count): takePendingInput(slot, count)
        case .wouldBlock: return
        // Nothing more comes of the answer: what is there of a refusal is told.
        case .endOfStream:
            _ = readAnswer(slot, isAtEnd: true)
            return
        case .failed(let number): return io.transportFailed(slot, number)
        }
        if let agreement = readAnswer(slot, isAtEnd: false) { opened(slot, agreement, call) }
    }

    /// What was agreed on, once the answer is there and good.
    private mutating func readAnswer(
        _ slot: UInt32, isAtEnd: Bool, isTimedOut: Bool = false
    ) -> ClientAgreement? {
        let dial = io.connections.slots[slot].exchange
        var bytes = ByteBuffer()
        swap(&bytes, &io.connections.slots[slot].pendingInput)
        do throws(ClientHandshakeError) {
            let progress = try io.outgoing.dials[dial].reader?.read(bytes.span, isAtEnd: isAtEnd)
            if let progress { bytes.removeFirst(progress.byteCount) }
            if !bytes.isEmpty { swap(&bytes, &io.connections.slots[slot].pendingInput) }
            return progress?.agreement
        } catch {
            failHandshake(slot, error, isTimedOut: isTimedOut)
            return nil
        }
    }

    private mutating func failHandshake(
        _ slot: UInt32, _ error: ClientHandshakeError, isTimedOut: Bool = false
    ) {
        var cause = CloseCause.handshakeFailed
        switch error {
        case .refused(let head, _): cause = .handshakeRefused(head.status)
        // The answer has no end because its time is over, and not because the server ended it.
        case .endOfStream where isTimedOut: cause = .handshakeTimedOut
        default: break
        }
        if cause != .handshakeTimedOut {
            io.outgoing.dials[io.connections.slots[slot].exchange].error = error
        }
        io.connections.setCause(slot, cause)
        // The server believes that frames go both ways: it is told why they do not.
        if let code = error.closeCode, io.connections.slots[slot].delivery.outbox.isEmpty {
            io.connections.slots[slot].delivery.outbox.bytes.appendMaskedCloseFrame(
                code, reason: "\(error)", maskingKey: io.nextMaskingKey())
            flush(slot)
        }
        io.terminate(slot, cause, reset: false)
    }

    /// Frames from here on.
    private mutating func opened(
        _ slot: UInt32, _ agreement: ClientAgreement, _ call: HandlerCall
    ) {
        let dial = io.connections.slots[slot].exchange
        io.connections.slots[slot].advance(.upgraded)
        io.connections.slots[slot].flags.remove(.dialing)
        io.schedule(slot, in: io.settings.timeouts.ping)
        if let parameters = agreement.deflate {
            io.negotiate(parameters, for: slot)
        }
        io.outgoing.dials[dial].agreement = agreement
        notifyOpen(slot, call)
        io.connections.slots[slot].exchange = UInt32.max
        io.outgoing.dials.free(dial, leaving: Dial())
        // A server may send frames right behind its answer.
        if !io.connections.slots[slot].pendingInput.isEmpty { io.connections.resume(slot) }
    }

    // MARK: Time

    /// The time of this step is over.
    mutating func expireOutgoing(_ slot: UInt32) {
        switch io.connections.slots[slot].phase {
        case .connecting where io.connections.slots[slot].descriptor == .none:
            io.terminate(slot, .nameResolutionFailed(EAI_AGAIN), reset: false)
        case .connecting: attemptFailed(slot, ETIMEDOUT)
        // A refusal whose body does not end is a refusal.
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
