// Requests: heads and bodies as they come, plain routes.
import LinuxReactor
import Storage
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// What one receive may bring of a request: heads are small, and what follows an upgrade has to
    /// fit behind them.
    static var httpReceiveByteCount: Int { 16 * 1024 }

    mutating func receiveHTTP(_ slot: UInt32, _ budget: inout Int, _ call: HandlerCall) {
        let received = receive(slot, atMost: Self.httpReceiveByteCount, &budget)
        guard received > 0 else { return }
        let headroom = ReceiveBuffer.headroomByteCount
        receiveBuffer.copy(
            headroom..<headroom + received, to: &io.connections[slot].leftover)
        // Bytes behind a request that is being refused are of no interest.
        if io.connections[slot].flags.contains(.endsAfterFlush) {
            return io.connections[slot].leftover.removeAll()
        }
        proceedHTTP(slot, call)
    }

    /// Goes as far as the received bytes allow.
    mutating func proceedHTTP(_ slot: UInt32, _ call: HandlerCall) {
        while io.connections[slot].holds.isEmpty,
            !io.connections[slot].flags.contains(.endsAfterFlush)
        {
            let goesOn =
                switch io.connections[slot].phase {
                case .head: takeHead(slot, call)
                case .body: takeBody(slot, call)
                default: false
                }
            guard goesOn else { break }
        }
        if !io.connections[slot].outbox.isEmpty { flush(slot) }
    }

    /// True if the head is complete and there may be more to do.
    private mutating func takeHead(_ slot: UInt32, _ call: HandlerCall) -> Bool {
        if io.connections[slot].flags.contains(.awaitsProxyHeader) {
            return takeProxyHeader(slot)
        }
        if io.connections[slot].exchange == UInt32.max {
            io.connections[slot].exchange = io.exchanges.take(HTTPExchange())
        }
        let exchange = io.connections[slot].exchange
        var bytes = ByteBuffer()
        swap(&bytes, &io.connections[slot].leftover)
        let progress = io.exchanges[exchange].parser.parse(
            bytes.span, limit: io.limits.headByteCount)
        switch progress {
        case .incomplete:
            swap(&bytes, &io.connections[slot].leftover)
            return false
        case .rejected(let rejection):
            io.reject(slot, rejection)
            return false
        case .complete(let byteCount):
            let head = RequestHead(parsing: bytes.span.extracting(0..<byteCount))
            bytes.removeFirst(byteCount)
            if !bytes.isEmpty { swap(&bytes, &io.connections[slot].leftover) }
            let isUpgrade = Handshake.isUpgrade(head)
            if io.connections[slot].flags.contains(.proxied),
                !isAdmitted(slot, head, isUpgrade: isUpgrade)
            {
                return false
            }
            do throws(HandshakeRejection) {
                if isUpgrade {
                    try upgrade(slot, head, call)
                    return false
                }
                if let refusal = io.connections[slot].refusal {
                    io.reject(slot, refusal.rejection, countedAs: nil)
                    return false
                }
                try beginRequest(slot, head)
                return true
            } catch {
                io.reject(slot, error)
                return false
            }
        }
    }

    /// Puts down what the handler is told of a request.
    mutating func prepareRequest(_ slot: UInt32, _ head: RequestHead) {
        let peer = io.connections[slot].peer
        io.pendingRequest.head = head
        io.pendingRequest.peer = peer
        io.pendingRequest.listener = io.connections[slot].listener
        io.pendingRequest.credentials =
            peer.family == .local
            ? kernel.peerCredentials(of: io.connections[slot].descriptor) : nil
    }

    private mutating func beginRequest(
        _ slot: UInt32, _ head: RequestHead
    ) throws(HandshakeRejection) {
        try head.checkHost()
        let framing = try head.bodyFraming()
        let exchange = io.connections[slot].exchange
        io.exchanges[exchange].bodyDecoder = BodyDecoder(framing)
        io.exchanges[exchange].keepsAlive = head.keepsAlive
        io.exchanges[exchange].wantsBody = head.method != .head
        io.exchanges[exchange].owesContinue =
            head.expectsContinue && framing != .none && io.connections[slot].leftover.isEmpty
        io.exchanges[exchange].head = head
        io.connections[slot].phase = .body
    }

    /// True if the request was handed over and answered, so that the next may begin.
    private mutating func takeBody(_ slot: UInt32, _ call: HandlerCall) -> Bool {
        let exchange = io.connections[slot].exchange
        let progress = moveBody(slot, exchange)
        switch progress {
        case .needsMore:
            if io.exchanges[exchange].owesContinue {
                io.exchanges[exchange].owesContinue = false
                io.connections[slot].outbox.bytes.append("HTTP/1.1 100 Continue\r\n\r\n")
                io.queue(slot)
            }
            return false
        case .rejected(let rejection):
            io.reject(slot, rejection)
            return false
        case .complete: break
        }
        guard let head = io.exchanges[exchange].head else { return false }
        io.connections[slot].phase = .responding
        io.connections[slot].holds.insert(.responding)
        io.wheel.cancel(slot)
        io.queue(slot)
        prepareRequest(slot, head)
        swap(&io.pendingRequest.body, &io.exchanges[exchange].body)
        do {
            try call(.request, io.id(of: slot), &io)
        } catch {
            preconditionFailure("a request is answered, not thrown at")
        }
        return io.connections[slot].phase == .head
    }

    /// Moves what has been received of a body to where it is collected.
    private mutating func moveBody(_ slot: UInt32, _ exchange: UInt32) -> BodyDecoder.Progress {
        var bytes = ByteBuffer()
        swap(&bytes, &io.connections[slot].leftover)
        var body = ByteBuffer()
        swap(&body, &io.exchanges[exchange].body)
        var position = 0
        let progress = io.exchanges[exchange].bodyDecoder.next(
            bytes.span, from: &position, into: &body, limit: io.limits.bodyByteCount)
        swap(&body, &io.exchanges[exchange].body)
        bytes.removeFirst(position)
        if !bytes.isEmpty { swap(&bytes, &io.connections[slot].leftover) }
        return progress
    }
}
