// Receives HTTP requests, heads and bodies, and gives plain requests to the handler.
import LinuxReactor
import Storage
import WebSocketCore

extension ServerCore where K: ~Copyable {
    mutating func receiveHTTP(_ slot: Slot, hasWaited: Bool = false, _ call: HandlerCall) {
        guard isEncryptionReady(slot) else { return shakeHands(slot, hasWaited: hasWaited, call) }
        let count = receiveOrEnd(slot, atMost: Self.headReceiveByteCount)
        guard count > 0 else { return }
        takePendingInput(slot, count)
        // What operators send may be secret: they send the keys of certificates.
        if io.connections.slots[slot].listener.isInternal {
            let first = ReceiveBuffer.headroomByteCount
            io.inbound.receiveBuffer.wipe(first..<first + count)
        }
        proceedHTTP(slot, call)
    }

    /// Proceeds as far as the received bytes allow.
    mutating func proceedHTTP(_ slot: Slot, _ call: HandlerCall) {
        io.meter.beginServing()
        while io.connections.slots[slot].readPauses.isEmpty {
            let isNextRequest = io.connections.slots[slot].phase == .body
            let goesOn =
                switch io.connections.slots[slot].phase {
                case .head: takeHead(slot, call)
                case .body: takeBody(slot, call)
                default: false
                }
            guard goesOn else { break }
            if isNextRequest, endTurn(slot) { break }
        }
        if !io.connections.slots[slot].delivery.outbox.isEmpty { flush(slot) }
        account(slot, receivedByteCount: 0)
    }

    /// A request was answered: if the next one has come already it waits for a later turn, so that
    /// a thousand requests in one segment keep nobody waiting.
    private mutating func endTurn(_ slot: Slot) -> Bool {
        guard io.connections.slots[slot].phase == .head,
            !io.connections.slots[slot].pendingInput.isEmpty
        else { return false }
        io.connections.slots[slot].readPauses.insert(.budget)
        return true
    }

    /// True if the head is complete and there may be more to do.
    private mutating func takeHead(_ slot: Slot, _ call: HandlerCall) -> Bool {
        if io.connections.slots[slot].flags.contains(.awaitsProxyHeader) {
            return goesOn(slot, after: takeProxyHeader(slot))
        }
        if io.connections.slots[slot].exchange == .none {
            // A PROXY header alone is no request yet.
            guard !io.connections.slots[slot].pendingInput.isEmpty else { return false }
            io.connections.slots[slot].exchange = io.http.exchanges.allocate(HTTPExchange())
        }
        let exchange = io.connections.slots[slot].exchange
        var bytes = ByteBuffer()
        swap(&bytes, &io.connections.slots[slot].pendingInput)
        let progress = io.http.exchanges[exchange].parser.parse(
            bytes.span, limit: io.settings.limits.headByteCount)
        switch progress {
        case .incomplete:
            swap(&bytes, &io.connections.slots[slot].pendingInput)
            return false
        case .rejected(let rejection):
            io.reject(slot, rejection)
            return false
        case .complete(let byteCount):
            let head = RequestHead(parsing: bytes.span.extracting(0..<byteCount))
            bytes.removeFirst(byteCount)
            if !bytes.isEmpty { swap(&bytes, &io.connections.slots[slot].pendingInput) }
            io.http.exchanges[exchange].wantsBody = head.method != .head
            let isUpgrade = Handshake.isUpgrade(head)
            if io.connections.slots[slot].flags.contains(.proxied) {
                let outcome = admitProxiedClient(slot, head)
                guard goesOn(slot, after: outcome) else { return false }
            } else if !listening.hasReportedProxy {
                reportUnnamedProxy(slot, head)
            }
            if io.connections.slots[slot].listener == .redirect {
                if redirects(slot, head) { return false }
            } else if let rejection = misdirection(slot, head) {
                io.reject(slot, rejection, countedAs: .wrongHost)
                return false
            }
            do throws(HandshakeRejection) {
                if isUpgrade {
                    try upgrade(slot, head, call)
                    return false
                }
                if let refusal = io.connections.slots[slot].refusal {
                    io.reject(slot, refusal.rejection, countedAs: nil)
                    return false
                }
                try beginRequest(slot, head, call)
                return true
            } catch {
                io.reject(slot, error)
                return false
            }
        }
    }

    /// Whether a request may follow a proxy's statement; if it was rejected, answers with the
    /// reason.
    private mutating func goesOn(_ slot: Slot, after outcome: ProxyOutcome) -> Bool {
        switch outcome {
        case .incomplete: return false
        case .goesOn: return true
        case .rejected(let rejection, let refusal):
            io.reject(slot, rejection, countedAs: refusal)
            return false
        }
    }

    /// Prepares the request that the handler will get.
    mutating func prepareRequest(_ slot: Slot, _ head: RequestHead) {
        let peer = io.connections.slots[slot].peer
        io.http.pendingRequest.head = head
        io.http.pendingRequest.peer = peer
        io.http.pendingRequest.listener = io.connections.slots[slot].listener
        let encryption = io.connections.slots[slot].encryption
        io.http.pendingRequest.certificateName =
            encryption == .none ? nil : io.encryption.connections[encryption].session.peerName
        io.http.pendingRequest.credentials =
            peer.family == .local
            ? kernel.peerCredentials(of: io.connections.slots[slot].descriptor) : nil
    }

    private mutating func beginRequest(
        _ slot: Slot, _ head: RequestHead, _ call: HandlerCall
    ) throws(HandshakeRejection) {
        try head.checkHost()
        let framing = try head.bodyFraming()
        if framing != .none { try askForBody(slot, head, call) }
        let exchange = io.connections.slots[slot].exchange
        io.http.exchanges[exchange].bodyDecoder = BodyDecoder(framing)
        io.http.exchanges[exchange].keepsAlive = head.keepsAlive
        io.http.exchanges[exchange].takesChunks = head.minorVersion >= 1
        io.http.exchanges[exchange].owesContinue =
            head.expectsContinue && framing != .none
            && io.connections.slots[slot].pendingInput.isEmpty
        io.http.exchanges[exchange].head = head
        if framing != .none, io.connections.slots[slot].listener.isInternal {
            // It stays in one place, which is overwritten at the end.
            io.http.exchanges[exchange].body.reserve(io.settings.limits.bodyByteCount)
        }
        io.connections.slots[slot].advance(.headRead)
    }

    /// Asks the handler whether it wants the body.
    private mutating func askForBody(
        _ slot: Slot, _ head: RequestHead, _ call: HandlerCall
    ) throws(HandshakeRejection) {
        prepareRequest(slot, head)
        do {
            try call(.requestHead, io.connections.id(of: slot), &io)
        } catch {
            preconditionFailure("the answer to a head is a value")
        }
        guard let rejection = io.http.headRejection.take() else { return }
        throw rejection
    }

    /// True if the request went to the handler and was answered, so that the next may begin.
    private mutating func takeBody(_ slot: Slot, _ call: HandlerCall) -> Bool {
        let exchange = io.connections.slots[slot].exchange
        let progress = moveBody(slot, exchange)
        switch progress {
        case .needsMore:
            if io.http.exchanges[exchange].owesContinue {
                io.http.exchanges[exchange].owesContinue = false
                io.connections.slots[slot].delivery.outbox.bytes.append(
                    "HTTP/1.1 100 Continue\r\n\r\n")
                io.connections.queue(slot)
            }
            return false
        case .rejected(let rejection):
            io.reject(slot, rejection)
            return false
        case .complete: break
        }
        guard let head = io.http.exchanges[exchange].head else { return false }
        io.http.exchanges[exchange].head = nil
        io.connections.slots[slot].advance(.requestRead)
        io.connections.slots[slot].readPauses.insert(.responding)
        io.connections.cancelDeadline(of: slot)
        io.connections.queue(slot)
        if head.pathIs("*") {
            // A question about the server, and not for a route: the methods are those of every
            // server (RFC 9110 §9.1).
            io.answer(
                slot, with: HTTPResponse(.noContent, headers: [("Allow", "GET, HEAD, OPTIONS")]))
            return io.connections.slots[slot].phase == .head
        }
        prepareRequest(slot, head)
        swap(&io.http.pendingRequest.body, &io.http.exchanges[exchange].body)
        do {
            try call(.request, io.connections.id(of: slot), &io)
        } catch {
            preconditionFailure("a request is answered, not thrown at")
        }
        return io.connections.slots[slot].phase == .head
    }

    /// Moves the received part of a body to where it is collected.
    private mutating func moveBody(_ slot: Slot, _ exchange: TableIndex<HTTPExchange>)
        -> BodyDecoder.Progress
    {
        var bytes = ByteBuffer()
        swap(&bytes, &io.connections.slots[slot].pendingInput)
        var body = ByteBuffer()
        swap(&body, &io.http.exchanges[exchange].body)
        var position = 0
        let progress = io.http.exchanges[exchange].bodyDecoder.next(
            bytes.span, from: &position, into: &body, limit: io.settings.limits.bodyByteCount)
        swap(&body, &io.http.exchanges[exchange].body)
        bytes.removeFirst(position)
        if !bytes.isEmpty {
            swap(&bytes, &io.connections.slots[slot].pendingInput)
        } else if io.connections.slots[slot].listener.isInternal {
            bytes.wipe()
        }
        return progress
    }
}
