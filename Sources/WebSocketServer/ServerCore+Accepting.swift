// New connections: taken within a budget, admitted or told why not.
import LinuxReactor
import Logging
import Storage
import WebSocketCore

extension ServerCore where K: ~Copyable {
    mutating func acceptConnections() {
        resumeListeners()
        guard !readyListeners.isEmpty else { return }
        // Several listeners share the turn's budget.
        let budget = max(1, io.limits.acceptBudget / readyListeners.count)
        for index in readyListeners where index < listeners.count {
            acceptConnections(on: index, budget)
        }
        readyListeners.removeAll(keepingCapacity: true)
    }

    private mutating func acceptConnections(on index: Int, _ budget: Int) {
        for _ in 0..<budget {
            switch kernel.accept(on: listeners[index].descriptor) {
            case .accepted(let socket, let peer): welcome(socket, peer, listeners[index].kind)
            case .wouldBlock: return
            case .skipped: continue
            case .exhausted:
                refuseWithReserve(on: index)
                io.statistics.acceptPauseCount += 1
                return pauseListeners(because: Self.noDescriptors)
            case .failed(let number):
                let error = SystemError(number, "accept on \(listeners[index].address)")
                return pauseListeners(because: "\(error)")
            }
        }
    }

    private static var noDescriptors: Logger.Message {
        "No file descriptors are left: accepting is paused. Raise the limit (LimitNOFILE=)."
    }

    /// How many connections at a time are let in only to be told why they may not stay. They count
    /// as nobody's, so that being refused takes no place from others.
    static var refusedLimit: Int { 32 }

    /// How many connections there are at a time of those that do not count as clients'.
    private static var internalLimit: Int { 32 }

    /// Gives a new socket a slot. One too many gets a slot too, so that it can be told in its own
    /// protocol (close 1013), as long as there are few of those.
    private mutating func welcome(
        _ socket: FileDescriptor, _ peer: NetworkAddress, _ listener: ListenerKind
    ) {
        var connection = Connection()
        connection.listener = listener
        if listener.isInternal {
            guard internalCount < Self.internalLimit else {
                return turnAway(socket, .tooManyConnections, peer)
            }
            internalCount += 1
        } else {
            io.statistics.acceptedCount += 1
            admit(&connection, peer)
        }
        if let refusal = connection.refusal {
            guard refusedCount < Self.refusedLimit else { return turnAway(socket, refusal, peer) }
            io.note(refusal, of: peer)
            refusedCount += 1
        }
        io.lastResourceId += 1
        connection.resourceId = io.lastResourceId
        connection.descriptor = socket
        connection.peer = peer
        connection.phase = .head
        let slot = io.connections.take(connection)
        do {
            let token = io.id(of: slot).token
            try poller.watch(socket, for: .readable, token: token, &kernel)
        } catch {
            // ENOMEM or ENOSPC (fs.epoll.max_user_watches): there is no room for this one.
            io.logger.error("\(error)", metadata: ["event": "accept-failed"])
            io.die(slot, resetting: true)
            return
        }
        io.schedule(slot, in: io.times.handshake)
    }

    /// The connections that the limit is for: not those that go outward and have not begun.
    var countedConnectionCount: Int {
        io.connections.takenCount - refusedCount - internalCount - io.dialing.count
    }

    /// Decides whether one more client may come in. Behind a proxy its address is not known yet, and
    /// that of the proxy counts for nobody.
    private mutating func admit(_ connection: inout Connection, _ peer: NetworkAddress) {
        if connection.listener == .proxy { connection.flags.insert(.awaitsProxyHeader) }
        if countedConnectionCount >= connectionLimit {
            connection.refusal = .tooManyConnections
        } else if connection.listener == .proxy {
            return
        } else if proxies.contains(peer) {
            connection.flags.insert(.proxied)
        } else if let refusal = admission.admit(peer, io.limits, at: io.now) {
            connection.refusal = refusal
        } else {
            connection.flags.insert(.admitted)
        }
    }

    /// With no descriptor left: gives up the reserve to accept one and tell it so.
    private mutating func refuseWithReserve(on index: Int) {
        guard let reserve else { return }
        kernel.close(reserve)
        if case .accepted(let socket, let peer) = kernel.accept(on: listeners[index].descriptor) {
            io.statistics.acceptedCount += 1
            turnAway(socket, .noDescriptors, peer)
        }
        self.reserve = kernel.makeReserve()
    }

    /// Says 503 to a socket that gets no slot, and closes it.
    private mutating func turnAway(
        _ socket: FileDescriptor, _ refusal: Refusal, _ peer: NetworkAddress
    ) {
        io.note(refusal, of: peer)
        var response = ByteBuffer()
        refusal.rejection.appendResponse(to: &response, date: io.httpDate)
        // Best effort: it fits into any new socket's buffer, and a request that has come already is
        // taken out, since closing a socket with unread bytes resets it.
        let buffer = receiveBuffer
        var request = buffer.mutableSpan(0..<ReceiveBuffer.receiveByteCount)
        _ = kernel.receive(from: socket, into: &request)
        _ = kernel.send(response.span, to: socket)
        kernel.shutdownOutput(of: socket)
        kernel.close(socket)
    }
}

extension ConnectionID {
    /// What epoll(7) gives back: slot and generation.
    var token: UInt64 { UInt64(generation) << 32 | UInt64(slot) }
}
