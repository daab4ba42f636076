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
        guard !io.dialing.isEmpty else { return }
        let count = min(io.dialing.count, Self.connectBudget)
        for index in 0..<count {
            let id = io.dialing[index]
            guard let slot = io.slot(of: id), io.connections[slot].phase == .connecting else {
                continue
            }
            // Those that still wait are nobody's place yet.
            begin(slot, hasRoom: countedConnectionCount + index < connectionLimit)
        }
        io.dialing.removeFirst(count)
    }

    private mutating func begin(_ slot: UInt32, hasRoom: Bool) {
        let dial = io.connections[slot].exchange
        guard let request = io.dials[dial].request else { return }
        if io.isStopping { return io.giveUpDial(slot, stopCause) }
        guard hasRoom else { return io.giveUpDial(slot, .connectFailed(EMFILE)) }
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
            kernel.beginLookUp(
                request.url.host, ticket: io.id(of: slot).token, waking: wakeup)
            return io.schedule(slot, in: io.times.handshake)
        }
        tryNextAddress(slot)
    }

    /// Goes on with connections whose host's name has been looked up.
    mutating func takeLookUps() {
        for lookUp in kernel.takeLookUps() {
            let slot = UInt32(truncatingIfNeeded: lookUp.ticket)
            // It may have been given up meanwhile.
            guard Int(slot) < io.connections.bound, io.id(of: slot).token == lookUp.ticket,
                io.connections[slot].phase == .connecting
            else { continue }
            let dial = io.connections[slot].exchange
            guard let request = io.dials[dial].request, lookUp.status == 0,
                !lookUp.addresses.isEmpty
            else {
                io.giveUpDial(slot, .unresolved(lookUp.status))
                continue
            }
            io.dials[dial].addresses = lookUp.addresses.reversed().map {
                .network($0.with(port: request.url.port))
            }
            tryNextAddress(slot)
        }
    }

    /// Begins a connection to the next address that accepts the attempt.
    private mutating func tryNextAddress(_ slot: UInt32) {
        let dial = io.connections[slot].exchange
        while let address = io.dials[dial].addresses.popLast() {
            switch kernel.connect(to: address, from: io.dials[dial].request?.source) {
            case .failed(let number): io.dials[dial].failure = number
            case .begun(let socket):
                io.connections[slot].descriptor = socket
                io.connections[slot].peer = NetworkAddress(address)
                io.connections[slot].flags.insert(.blocked)
                io.connections[slot].watched = io.connections[slot].wanted
                do {
                    try poller.watch(
                        socket, for: io.connections[slot].wanted, token: io.id(of: slot).token,
                        &kernel)
                } catch {
                    return io.giveUpDial(slot, .connectFailed(error.number))
                }
                return io.schedule(slot, in: io.times.connect)
            }
        }
        io.giveUpDial(slot, .connectFailed(io.dials[dial].failure))
    }

    /// The attempt has come to its end, one way or the other.
    mutating func connectEnded(_ slot: UInt32) {
        let number = kernel.takeError(of: io.connections[slot].descriptor)
        if number == 0 { ask(slot) } else { attemptFailed(slot, number) }
    }

    /// The next address may do, if there is one.
    private mutating func attemptFailed(_ slot: UInt32, _ number: Int32) {
        kernel.close(io.connections[slot].descriptor)
        io.connections[slot].descriptor = .none
        io.connections[slot].flags.remove(.blocked)
        io.dials[io.connections[slot].exchange].failure = number
        tryNextAddress(slot)
    }

    /// Sends the request.
    private mutating func ask(_ slot: UInt32) {
        let dial = io.connections[slot].exchange
        io.connections[slot].phase = .awaitingAnswer
        io.dials[dial].handshake?.appendRequest(to: &io.connections[slot].outbox.bytes)
        io.schedule(slot, in: io.times.handshake)
        flush(slot)
        updateInterest(slot)
    }

    // MARK: The answer

    mutating func receiveAnswer(_ slot: UInt32, _ budget: inout Int, _ call: HandlerCall) {
        let received = receive(slot, atMost: Self.httpReceiveByteCount, &budget)
        guard received > 0 else { return }
        let headroom = ReceiveBuffer.headroomByteCount
        receiveBuffer.copy(
            headroom..<headroom + received, to: &io.connections[slot].leftover)
        if let agreement = readAnswer(slot, isAtEnd: false) { opened(slot, agreement, call) }
    }

    /// Nothing more comes of the answer: what is there of a refusal is told.
    mutating func answerEnded(_ slot: UInt32) {
        _ = readAnswer(slot, isAtEnd: true)
    }

    /// What was agreed on, once the answer is there and good.
    private mutating func readAnswer(_ slot: UInt32, isAtEnd: Bool) -> ClientAgreement? {
        let dial = io.connections[slot].exchange
        var bytes = ByteBuffer()
        swap(&bytes, &io.connections[slot].leftover)
        do throws(ClientHandshakeError) {
            let progress = try io.dials[dial].reader?.read(bytes.span, isAtEnd: isAtEnd)
            if let progress { bytes.removeFirst(progress.byteCount) }
            if !bytes.isEmpty { swap(&bytes, &io.connections[slot].leftover) }
            return progress?.agreement
        } catch {
            failHandshake(slot, error)
            return nil
        }
    }

    private mutating func failHandshake(_ slot: UInt32, _ error: ClientHandshakeError) {
        io.dials[io.connections[slot].exchange].error = error
        if case .refused(let head, _) = error {
            io.setCause(slot, .handshakeRefused(head.status))
        } else {
            io.setCause(slot, .handshakeFailed)
        }
        // The server believes that frames go both ways: it is told why they do not.
        if let code = error.closeCode, io.connections[slot].outbox.isEmpty {
            io.connections[slot].outbox.bytes.appendMaskedCloseFrame(
                code, reason: "\(error)", maskingKey: io.nextMaskingKey())
            flush(slot)
        }
        io.die(slot, resetting: false)
    }

    /// Frames from here on.
    private mutating func opened(
        _ slot: UInt32, _ agreement: ClientAgreement, _ call: HandlerCall
    ) {
        let dial = io.connections[slot].exchange
        io.connections[slot].phase = .webSocket
        io.connections[slot].flags.remove(.dialing)
        io.schedule(slot, in: io.times.ping)
        if let parameters = agreement.deflate {
            io.compress(slot, parameters)
            io.statistics.compressedCount += 1
        }
        io.dials[dial].agreement = agreement
        announce(slot, call)
        io.connections[slot].exchange = UInt32.max
        io.dials.giveBack(dial, leaving: Dial())
        // A server may send frames right behind its answer.
        if !io.connections[slot].leftover.isEmpty { io.resume(slot) }
    }

    // MARK: Time

    /// The time of this step is over.
    mutating func expireDial(_ slot: UInt32) {
        switch io.connections[slot].phase {
        case .connecting where io.connections[slot].descriptor == .none:
            io.giveUpDial(slot, .unresolved(EAI_AGAIN))
        case .connecting: attemptFailed(slot, ETIMEDOUT)
        case .awaitingAnswer:
            // A refusal whose body does not end is a refusal.
            answerEnded(slot)
            if case .endOfStream? = io.dials[io.connections[slot].exchange].error {
                io.dials[io.connections[slot].exchange].error = nil
                io.connections[slot].cause = .handshakeTimedOut
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
