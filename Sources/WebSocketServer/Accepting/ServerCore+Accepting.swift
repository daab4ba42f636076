// New connections: taken within a budget, admitted or told why not.
import LinuxReactor
import Logging
import Storage
import WebSocketCore

extension ServerCore where K: ~Copyable {
    mutating func acceptConnections() {
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
        for _ in 0..<budget {
            switch kernel.accept(on: listening.listeners[index].descriptor) {
            case .accepted(let socket, let peer):
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

    /// Gives a new socket a slot. One too many gets a slot too, so that it can be told in its own
    /// protocol (close 1013), as long as there are few of those.
    private mutating func registerAccepted(
        _ socket: FileDescriptor, _ peer: NetworkAddress, _ listener: ListenerKind
    ) {
        var connection = Connection()
        connection.listener = listener
        if listener.isInternal {
            guard listening.takeInternalPlace() else {
                return rejectWithoutSlot(socket, .tooManyConnections, peer)
            }
        } else {
            io.telemetry.statistics.acceptedCount += 1
            admit(&connection, peer)
        }
        if let refusal = connection.refusal {
            guard listening.takeRefusedPlace() else {
                return rejectWithoutSlot(socket, refusal, peer)
            }
            io.telemetry.record(refusal, of: peer)
        }
        connection.resourceID = io.connections.nextResourceID()
        connection.descriptor = socket
        connection.peer = peer
        connection.advance(.accepted)
        let slot = io.connections.slots.allocate(connection)
        do {
            let token = io.connections.id(of: slot).token
            try poller.watch(socket, for: .readable, token: token, &kernel)
        } catch {
            // ENOMEM or ENOSPC (fs.epoll.max_user_watches): there is no room for this one.
            io.telemetry.logger.error("\(error)", metadata: ["event": "accept-failed"])
            io.terminate(slot, .connectionLost(error.number), reset: true)
            return
        }
        io.schedule(slot, in: io.settings.timeouts.handshake)
    }

    /// The connections that the limit is for: not those that go outward and have not begun.
    var countedConnectionCount: Int {
        io.connections.slots.count - listening.refusedCount - listening.internalCount
            - io.outgoing.toBegin.count
    }

    /// Decides whether one more client may come in. Behind a proxy its address is not known yet, and
    /// that of the proxy counts for nobody.
    private mutating func admit(_ connection: inout Connection, _ peer: NetworkAddress) {
        if connection.listener == .proxy { connection.flags.insert(.awaitsProxyHeader) }
        if countedConnectionCount >= io.settings.connectionLimit {
            connection.refusal = .tooManyConnections
        } else if connection.listener == .proxy {
            return
        } else if listening.proxies.contains(peer) {
            connection.flags.insert(.proxied)
        } else if let refusal = listening.admission.admit(
            peer, io.settings.limits, at: io.clock.now)
        {
            connection.refusal = refusal
        } else {
            connection.flags.insert(.admitted)
        }
    }

    /// With no descriptor left: gives up the reserve to accept one and tell it so.
    private mutating func refuseWithReserve(on index: Int) {
        guard let reserve = listening.reserve else { return }
        kernel.close(reserve)
        if case .accepted(let socket, let peer) = kernel.accept(
            on: listening.listeners[index].descriptor)
        {
            io.telemetry.statistics.acceptedCount += 1
            rejectWithoutSlot(socket, .noDescriptors, peer)
        }
        listening.reserve = kernel.makeReserve()
    }

    /// Says 503 to a socket that gets no slot, and closes it.
    private mutating func rejectWithoutSlot(
        _ socket: FileDescriptor, _ refusal: Refusal, _ peer: NetworkAddress
    ) {
        io.telemetry.record(refusal, of: peer)
        var response = ByteBuffer()
        refusal.rejection.appendResponse(to: &response, date: io.http.date(io.clock.wall))
        // Best effort: it fits into any new socket's buffer, and a request that has come already is
        // taken out, since closing a socket with unread bytes resets it.
        let buffer = io.inbound.receiveBuffer
        var request = buffer.mutableSpan(0..<ReceiveBuffer.receiveByteCount)
        _ = kernel.receive(from: socket, into: &request)
        _ = kernel.send(response.span, to: socket)
        kernel.shutdownOutput(of: socket)
        kernel.close(socket)
    }
}
