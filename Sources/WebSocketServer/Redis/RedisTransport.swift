// The bytes of the connection to Redis: one receive for each event, one send a turn.
import LinuxReactor
import RedisClient

extension ServerContext {
    /// Counts a call of send(2), and returns its outcome.
    mutating func redisSent(_ outcome: SendOutcome) -> SendOutcome {
        meter.spend(Work.call)
        return telemetry.counted(outcome)
    }
}

extension ServerCore where K: ~Copyable {
    /// An event of the socket, or of an earlier one, which is closed by now.
    mutating func redisIsReady(_ token: UInt64, _ readiness: Readiness, _ call: HandlerCall) {
        guard token == io.redisLink.token, io.redisLink.descriptor != .none else { return }
        if case .connecting = io.redisLink.stage {
            redisConnected(call)
        } else {
            if readiness.contains(.writable), io.redisLink.isBlocked {
                blockRedis(false)
                io.pendingCalls.insert(.redis)
            }
            if !readiness.isDisjoint(with: [.readable, .failed]) { receiveFromRedis(call) }
        }
        if let next = io.redisLink.nextDeadline { ticker.wake(at: next) }
    }

    private mutating func receiveFromRedis(_ call: HandlerCall) {
        let isEncrypted = io.redisLink.encryption != .none
        switch isEncrypted ? receiveRedisRecords() : receiveFromRedisPlainly() {
        case .received(let count):
            io.telemetry.statistics.redis.bytesReceivedCount += UInt64(count)
            emit(.redisReplies, call)
            if let failure = io.redisLink.failure { return dropRedis(failure, call) }
            checkRedisEncryption(call)
        case .wouldBlock: checkRedisEncryption(call)
        case .endOfStream:
            if case .securing = io.redisLink.stage {
                return dropRedis(
                    .encryption("The server ended the connection during the TLS handshake."), call)
            }
            dropRedis(isGreetingRedis ? .notGreeted : .ended, call)
        case .failed(let number): dropRedis(isGreetingRedis ? .notGreeted : .lost(number), call)
        }
    }

    private var isGreetingRedis: Bool { io.redisLink.session.state == .greeting }

    private mutating func receiveFromRedisPlainly() -> ReceiveOutcome {
        let buffer = io.inbound.receiveBuffer
        var free = buffer.mutableSpan(0..<RedisLink.receiveByteCount)
        let outcome = kernel.receive(from: io.redisLink.descriptor, into: &free)
        guard case .received(let count) = outcome else { return outcome }
        redisReceived(count)
        io.redisLink.received = 0..<count
        return outcome
    }

    /// This many bytes have come from the socket.
    mutating func redisReceived(_ count: Int) {
        io.meter.spend(Work.call + count)
        io.redisLink.lastHeard = io.clock.now
    }

    /// Sends what was written, as far as the socket takes it.
    mutating func sendToRedis(_ call: HandlerCall) {
        guard io.redisLink.descriptor != .none, !io.redisLink.isBlocked else { return }
        if isRedisBackedUp {
            let outcome = Self.sendUnsent(
                io.encryption, io.redisLink.encryption, to: io.redisLink.descriptor, &kernel)
            switch io.redisSent(outcome) {
            case .sent(let count):
                io.encryption.connections[io.redisLink.encryption].unsent.removeFirst(count)
            case .wouldBlock: break
            case .failed(let number): return sendToRedisFailed(number, call)
            }
            guard !isRedisBackedUp else { return blockRedis(true) }
        }
        guard io.redisLink.stage == .connected, !io.redisLink.session.output.isEmpty else {
            return
        }
        io.telemetry.statistics.redis.commandCount = io.redisLink.session.commandCount
        let outcome = Self.sendWritten(io.redisConnection.link, &io.encryption, &kernel)
        switch io.redisSent(outcome) {
        case .sent(let count):
            io.telemetry.statistics.redis.bytesSentCount += UInt64(count)
            io.redisLink.session.output.removeFirst(count)
            if isRedisBackedUp || !io.redisLink.session.output.isEmpty { blockRedis(true) }
        case .wouldBlock: blockRedis(true)
        case .failed(let number): sendToRedisFailed(number, call)
        }
    }

    /// What Redis has said before it closed says more than the number.
    private mutating func sendToRedisFailed(_ number: Int32, _ call: HandlerCall) {
        let socket = io.redisLink.descriptor
        receiveFromRedis(call)
        guard io.redisLink.descriptor == socket else { return }
        dropRedis(isGreetingRedis ? .notGreeted : .lost(number), call)
    }

    /// One send, sealed before if the connection is encrypted.
    private static func sendWritten(
        _ link: borrowing RedisLink, _ encryption: inout EncryptionTable, _ kernel: inout K
    ) -> SendOutcome {
        send(
            link.session.output.span, to: link.descriptor, link.encryption, &encryption, &kernel)
    }

    /// Sends what is left to say, if the socket takes it, and ends the TLS in order.
    mutating func sendLastToRedis() {
        guard !isRedisBackedUp else { return }
        if !io.redisLink.session.output.isEmpty {
            _ = Self.sendWritten(io.redisConnection.link, &io.encryption, &kernel)
        }
        guard io.redisLink.encryption != .none, !isRedisBackedUp else { return }
        io.encryption.close(io.redisLink.encryption)
        guard !io.encryption.sealed.isEmpty else { return }
        _ = Self.send(io.encryption.sealed, to: io.redisLink.descriptor, &kernel)
        io.encryption.emptySealed()
    }

    /// Whether the socket is full, so that nothing is sent until it is writable.
    mutating func blockRedis(_ isBlocked: Bool) {
        io.redisLink.isBlocked = isBlocked
        poller.change(
            io.redisLink.descriptor, to: isBlocked ? [.readable, .writable] : .readable,
            token: io.redisLink.token, &kernel)
    }
}
