// The TLS of the connection to Redis, by the same sessions as that of outgoing WebSockets.
import LinuxReactor
import RedisClient
import WebSocketTLS

/// What is said if there is no TLS with a server that should be Redis.
enum RedisEncryption {
    static let isLate =
        "The TLS handshake was not over within 2 s: perhaps the port speaks no TLS (then write "
        + "redis:// in the URL)."

    /// Why there is no TLS.
    static func failure(_ end: SessionEnd) -> RedisFailure {
        switch end {
        case .records(.closed): .ended
        case .handshakeFailed(let failure) where failure.kind == .notTLS:
            .encryption(
                "The server speaks no TLS on this port: write redis:// in the URL, or name the "
                    + "port that does (tls-port).")
        // With TLS 1.3 it says so only when the handshake is over for us.
        case .records(.alert(116)):
            .encryption(
                "Redis wants a certificate of its clients: give one (redisTLS), or set "
                    + "tls-auth-clients to no in its configuration.")
        default: .encryption("\(end)")
        }
    }
}

extension ServerCore where K: ~Copyable {
    /// Begins the TLS of a connection that was made.
    mutating func encryptRedis(_ host: String, _ port: UInt16, _ call: HandlerCall) {
        guard let tls = io.redisLink.tls ?? ClientTLS.usual else {
            return dropRedis(.encryption(ClientTLS.noAuthorities), call)
        }
        let index = io.encryption.add()
        io.redisLink.encryption = index
        io.redisLink.stage = .securing(until: io.clock.now + RedisLink.patience)
        io.encryption.connections[index].session = TLSSession(
            tls.context, serverName: host, port: port, offersHTTP: false)
        io.encryption.start(index)
        flushSealedToRedis()
    }

    /// One receive, decrypted. `.wouldBlock` if there is no application data.
    mutating func receiveRedisRecords() -> ReceiveOutcome {
        let index = io.redisLink.encryption
        let first = ReceiveBuffer.headroomByteCount - TLSSession.plaintextOffset
        let kept = io.encryption.connections[index].session.incompleteByteCount
        let buffer = io.inbound.receiveBuffer
        var free = buffer.mutableSpan(
            first + kept..<first + kept + RedisLink.receiveByteCount)
        let outcome = kernel.receive(from: io.redisLink.descriptor, into: &free)
        guard case .received(let count) = outcome else { return outcome }
        redisReceived(count)
        let plaintextCount = openRecords(index, kept + count)
        flushSealedToRedis()
        guard plaintextCount > 0 else { return .wouldBlock }
        let start = ReceiveBuffer.headroomByteCount
        io.redisLink.received = start..<start + plaintextCount
        return .received(plaintextCount)
    }

    /// What the TLS has come to with the last receive: the handshake is over, or all is.
    mutating func checkRedisEncryption(_ call: HandlerCall) {
        let index = io.redisLink.encryption
        guard index != .none else { return }
        if let end = io.encryption.connections[index].session.end {
            dropRedis(RedisEncryption.failure(end), call)
        } else if case .securing = io.redisLink.stage,
            io.encryption.connections[index].isEstablished
        {
            greetRedis()
        }
    }

    /// Whether records wait for the socket: nothing is sealed until they are sent.
    var isRedisBackedUp: Bool {
        let index = io.redisLink.encryption
        return index != .none && !io.encryption.connections[index].unsent.isEmpty
    }

    /// Sends what a step of the session has written, as far as the socket takes it.
    private mutating func flushSealedToRedis() {
        guard !io.encryption.sealed.isEmpty else { return }
        var sentCount = 0
        if !isRedisBackedUp {
            let outcome = Self.send(
                io.encryption.sealed, to: io.redisLink.descriptor, &kernel)
            // A failure is reported again by what is sent or received next.
            if case .sent(let count) = io.redisSent(outcome) { sentCount = count }
        }
        guard sentCount < io.encryption.sealed.count else { return io.encryption.emptySealed() }
        io.encryption.keepUnsent(io.redisLink.encryption, from: sentCount)
        blockRedis(true)
    }
}
