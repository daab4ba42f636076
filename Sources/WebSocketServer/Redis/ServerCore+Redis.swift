// The I/O of the connection to Redis: connect, one receive for each event, one send a turn.
import LinuxReactor
import RedisClient
import Storage

extension ServerCore where K: ~Copyable {
    /// Moves the connection on, as far as it has something to do now, and sees that the loop is
    /// awake when it has next. What was written in this turn is sent at once.
    mutating func moveRedis(_ call: HandlerCall) {
        let now = io.clock.now
        if let failure = io.redisLink.failure { dropRedis(failure, call) }
        switch io.redisLink.stage {
        case .off: return
        case .waiting(let until) where now >= until: beginRedis(call)
        case .resolving(let until) where now >= until: dropRedis(.connectTimedOut, call)
        case .connecting(let until) where now >= until:
            tryNextRedisAddress(after: .connectTimedOut, call)
        case .connected: checkRedis(call)
        default: break
        }
        sendToRedis(call)
        if let next = io.redisLink.nextDeadline { ticker.wake(at: next) }
    }

    // MARK: Connecting

    private mutating func beginRedis(_ call: HandlerCall) {
        guard let url = io.redisLink.url else { return }
        io.redisLink.stage = .resolving(until: io.clock.now + RedisLink.patience)
        switch url.address {
        case .unix(let path): io.redisLink.addresses = [.local(path: path)]
        case .tcp(let host, let port):
            guard let address = NetworkAddress(numeric: host, port: port) else {
                return kernel.beginResolution(host, ticket: io.redisLink.token, waking: wakeup)
            }
            io.redisLink.addresses = [.network(address)]
        }
        tryNextRedisAddress(after: .connectTimedOut, call)
    }

    /// The host name has been looked up.
    mutating func redisResolved(_ resolution: Resolution, _ call: HandlerCall) {
        guard case .resolving = io.redisLink.stage, resolution.ticket == io.redisLink.token,
            case .tcp(_, let port) = io.redisLink.url?.address
        else { return }
        guard resolution.status == 0, !resolution.addresses.isEmpty else {
            return dropRedis(.unknownHost(resolution.status), call)
        }
        io.redisLink.addresses = resolution.addresses.reversed().map {
            .network($0.with(port: port))
        }
        tryNextRedisAddress(after: .connectTimedOut, call)
        if let next = io.redisLink.nextDeadline { ticker.wake(at: next) }
    }

    /// Begins a connection to the next address for which connect(2) does not fail at once; the one
    /// before has failed.
    private mutating func tryNextRedisAddress(
        after failure: RedisFailure, _ call: HandlerCall
    ) {
        closeRedisSocket()
        var failure = failure
        while let address = io.redisLink.addresses.popLast() {
            switch kernel.connect(to: address, from: nil) {
            case .failed(let number): failure = .notConnected(number)
            case .begun(let socket):
                io.redisLink.begin(socket)
                io.redisLink.stage = .connecting(until: io.clock.now + RedisLink.patience)
                do throws(SystemError) {
                    try poller.watch(
                        socket, for: .writable, token: io.redisLink.token, &kernel)
                    return
                } catch {
                    failure = .notConnected(error.number)
                    closeRedisSocket()
                }
            }
        }
        dropRedis(failure, call)
    }

    private mutating func redisConnected(_ call: HandlerCall) {
        let number = kernel.takeError(of: io.redisLink.descriptor)
        guard number == 0 else {
            return tryNextRedisAddress(after: .notConnected(number), call)
        }
        guard let url = io.redisLink.url else { return }
        io.redisLink.stage = .connected
        io.redisLink.lastHeard = io.clock.now
        io.redisLink.session.begin(url, at: io.clock.now.nanoseconds)
        poller.change(
            io.redisLink.descriptor, to: .readable, token: io.redisLink.token, &kernel)
        io.pendingCalls.insert(.redis)
    }

    // MARK: Bytes

    /// An event of the socket, or of an earlier one, which is closed by now.
    mutating func redisIsReady(_ token: UInt64, _ readiness: Readiness, _ call: HandlerCall) {
        guard token == io.redisLink.token, io.redisLink.descriptor != .none else { return }
        if case .connecting = io.redisLink.stage {
            redisConnected(call)
        } else if case .connected = io.redisLink.stage {
            if readiness.contains(.writable), io.redisLink.isBlocked {
                blockRedis(false)
                io.pendingCalls.insert(.redis)
            }
            if !readiness.isDisjoint(with: [.readable, .failed]) { receiveFromRedis(call) }
        }
        if let next = io.redisLink.nextDeadline { ticker.wake(at: next) }
    }

    private mutating func receiveFromRedis(_ call: HandlerCall) {
        let buffer = io.inbound.receiveBuffer
        var free = buffer.mutableSpan(0..<RedisLink.receiveByteCount)
        switch kernel.receive(from: io.redisLink.descriptor, into: &free) {
        case .received(let count):
            io.meter.spend(Work.call + count)
            io.redisLink.lastHeard = io.clock.now
            io.redisLink.received = 0..<count
            emit(.redisReplies, call)
            if let failure = io.redisLink.failure { dropRedis(failure, call) }
        case .wouldBlock: break
        case .endOfStream: dropRedis(.ended, call)
        case .failed(let number): dropRedis(.lost(number), call)
        }
    }

    private mutating func sendToRedis(_ call: HandlerCall) {
        guard io.redisLink.stage == .connected, !io.redisLink.isBlocked,
            !io.redisLink.session.output.isEmpty
        else { return }
        io.meter.spend(Work.call)
        let outcome = Self.send(
            io.redisLink.session.output, to: io.redisLink.descriptor, &kernel)
        switch io.telemetry.counted(outcome) {
        case .sent(let count):
            io.redisLink.session.output.removeFirst(count)
            if !io.redisLink.session.output.isEmpty { blockRedis(true) }
        case .wouldBlock: blockRedis(true)
        case .failed(let number):
            // What Redis has said before it closed says more than the number.
            receiveFromRedis(call)
            if io.redisLink.stage == .connected { dropRedis(.lost(number), call) }
        }
    }

    private mutating func blockRedis(_ isBlocked: Bool) {
        io.redisLink.isBlocked = isBlocked
        poller.change(
            io.redisLink.descriptor, to: isBlocked ? [.readable, .writable] : .readable,
            token: io.redisLink.token, &kernel)
    }

    // MARK: The end

    /// A command that is not answered in time ends the connection; after a silence Redis is asked
    /// for a sign of life.
    private mutating func checkRedis(_ call: HandlerCall) {
        let now = io.clock.now
        guard now >= io.redisLink.lenientUntil else { return }
        if let due = io.redisLink.unansweredAt {
            guard now >= due else { return }
            // It is the server that was silent: the answer may have come.
            guard !io.clock.stoodStill(past: due) else {
                io.redisLink.lenientUntil = now + .seconds(1)
                return
            }
            dropRedis(.unanswered, call)
        } else if now >= io.redisLink.lastHeard + RedisLink.silence {
            io.redisLink.session.ping(at: now.nanoseconds)
        }
    }

    private mutating func dropRedis(_ failure: RedisFailure, _ call: HandlerCall) {
        closeRedisSocket()
        io.redisLink.wait(from: io.clock.now, chance: io.random.take(1)[0])
        if io.redisLink.lastFailure != failure {
            io.logger.warning("There is no connection to Redis. \(failure)")
        }
        io.redisLink.lastFailure = failure
        emit(.redisDown, call)
        if let next = io.redisLink.nextDeadline { ticker.wake(at: next) }
    }

    private mutating func closeRedisSocket() {
        guard io.redisLink.descriptor != .none else { return }
        kernel.close(io.redisLink.descriptor)
        io.redisLink.descriptor = .none
    }

    /// Gives Redis what was written, as far as it takes that at once, and ends the connection: the
    /// process ends, or another goes on in its place. If that fails, the handler hears of it in the
    /// next turn.
    mutating func leaveRedis() {
        if io.redisLink.stage == .connected, !io.redisLink.session.output.isEmpty {
            _ = Self.send(io.redisLink.session.output, to: io.redisLink.descriptor, &kernel)
        }
        guard io.redisLink.descriptor != .none else { return }
        closeRedisSocket()
        io.redisLink.wait(from: io.clock.now, chance: 255)
        io.redisLink.failure = .handedOver
        io.pendingCalls.insert(.redis)
    }
}
