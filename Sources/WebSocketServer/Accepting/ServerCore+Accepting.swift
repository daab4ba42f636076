// New connections: accepted within a budget, then admitted or refused with a reason.
import LinuxReactor
import Logging
import Storage
import WebSocketCore

extension ServerCore where K: ~Copyable {
    mutating func acceptConnections() {
        listening.evictedCount = 0
        resumeListeners()
        guard !listening.ready.isEmpty else { return }
        // Several listeners share the turn's budget.
        let budget = max(1, io.settings.limits.acceptBudget / listening.ready.count)
        for index in listening.ready where index < listening.listeners.count {
            acceptConnections(on: index, budget)
        }
        listening.ready.removeAll(keepingCapacity: true)
    }

    private mutating func acceptConnections(on index: Int, _ budget: Int) {
        let isInternal = listening.listeners[index].kind.isInternal
        for _ in 0..<budget {
            // The rest is accepted in the next turn, when there is room again. Operators have
            // places of their own.
            if !isInternal, listening.evictedCount >= Self.evictionBudget, isFull { return }
            switch kernel.accept(on: listening.listeners[index].descriptor) {
            case .accepted(let socket, let peer):
                io.meter.spend(Work.connection)
                registerAccepted(socket, peer, listening.listeners[index].kind)
            case .wouldBlock: return
            case .skipped: continue
            case .exhausted:
                refuseWithReserve(on: index)
                io.telemetry.statistics.acceptPauseCount += 1
                return pauseListeners(because: Self.noDescriptors)
            case .failed(let number):
                let error = SystemError(number, "accept on \(listening.listeners[index].address)")
                return pauseListeners(because: "\(error)")
            }
        }
    }

    private static var noDescriptors: Logger.Message {
        "No file descriptors are left: accepting is paused. Raise the limit (LimitNOFILE=)."
    }

    /// Gives a new socket a slot. A connection over the limit gets one too, so that it can be
    /// refused in its own protocol (close 1013), as long as few of those are open.
    private mutating func registerAccepted(
        _ socket: FileDescriptor, _ peer: NetworkAddress, _ listener: ListenerKind
    ) {
        var connection = Connection()
        connection.listener = listener
        if listener.isInternal {
            guard makeInternalPlace(listener) else {
                return rejectWithoutSlot(socket, .tooManyConnections, peer, listener)
            }
        } else {
            io.telemetry.statistics.acceptedCount += 1
            admit(&connection, peer)
        }
        if let refusal = connection.refusal {
            guard listening.takeRefusedPlace() else {
                return rejectWithoutSlot(socket, refusal, peer, listener)
            }
            io.telemetry.record(refusal, of: peer)
        }
        connection.resourceID = io.connections.nextResourceID()
        connection.descriptor = socket
        connection.peer = peer
        if listener == .tls { connection.encryption = io.encryption.addAccepted() }
        connection.advance(.accepted)
        let slot = io.connections.slots.allocate(connection)
        if listener.isInternal { listening.takeInternalPlace(slot, listener) }
        if io.connections.slots[slot].flags.contains(.admitted) {
            listening.admission.enter(slot, of: peer, io.settings.limits, at: io.clock.now)
        }
        do {
            let token = io.connections.id(of: slot).token
            try poller.watch(socket, for: .readable, token: token, &kernel)
        } catch {
            // ENOMEM or ENOSPC (fs.epoll.max_user_watches): there is no room for this connection.
            io.telemetry.logger.error("\(error)", metadata: ["event": "accept-failed"])
            io.terminate(slot, .connectionLost(error.number), reset: true)
            return
        }
        limitUnsent(slot)
        io.schedule(slot, in: io.settings.timeouts.handshake)
        io.connections.slots[slot].lastReceiveTick = io.clock.now.coarse
        if !listener.isInternal, io.connections.slots[slot].refusal == nil { recordArrival(slot) }
    }

    /// The connections that the limit applies to: outgoing connections that have not begun do not
    /// count.
    var countedConnectionCount: Int {
        io.connections.slots.count - listening.refusedCount - listening.internalCount
            - io.outgoing.toBegin.count
    }

    private var isFull: Bool {
        countedConnectionCount - listening.evictedCount >= io.settings.connectionLimit
    }

    /// Decides whether to admit one more client. Behind a proxy the client's address is not known
    /// yet, and the proxy's own address is not counted.
    private mutating func admit(_ connection: inout Connection, _ peer: NetworkAddress) {
        if connection.listener == .proxy { connection.flags.insert(.awaitsProxyHeader) }
        if connection.listener != .proxy {
            if listening.proxies.contains(peer) {
                connection.flags.insert(.proxied)
            } else if Admission.exempts(peer) {
                // It has no limits, and is not counted.
            } else if let refusal = refusal(ofPlain: peer, pays: true) {
                connection.refusal = refusal
                return
            } else {
                connection.flags.insert(.admitted)
            }
        }
        // Nobody is closed for a connection that is not admitted.
        if isFull, !evictAny() {
            connection.flags.remove(.admitted)
            connection.refusal = .tooManyConnections
        }
    }

    /// With no descriptor left: closes the reserve to accept one connection and answer it with 503.
    private mutating func refuseWithReserve(on index: Int) {
        guard let reserve = listening.reserve else { return }
        kernel.close(reserve)
        if case .accepted(let socket, let peer) = kernel.accept(
            on: listening.listeners[index].descriptor)
        {
            io.telemetry.statistics.acceptedCount += 1
            rejectWithoutSlot(
                socket, .noDescriptors, peer, listening.listeners[index].kind)
        }
        listening.reserve = kernel.makeReserve()
    }

    /// Answers a socket that gets no slot with 503, unless it is to speak TLS, and closes it.
    private mutating func rejectWithoutSlot(
        _ socket: FileDescriptor, _ refusal: Refusal, _ peer: NetworkAddress,
        _ listener: ListenerKind
    ) {
        io.telemetry.record(refusal, of: peer)
        // A client that speaks TLS does not understand it.
        guard listener != .tls else { return kernel.close(socket) }
        var response = ByteBuffer()
        refusal.rejection.appendResponse(to: &response, date: io.clock.httpDate())
        // Best effort: the response fits into the buffer of any new socket. A request that has come
        // already is read first, since closing a socket with unread bytes resets it.
        let buffer = io.inbound.receiveBuffer
        var request = buffer.mutableSpan(0..<ReceiveBuffer.receiveByteCount)
        _ = kernel.receive(from: socket, into: &request)
        _ = kernel.send(response.span, to: socket)
        kernel.shutdownOutput(of: socket)
        kernel.close(socket)
    }
}
