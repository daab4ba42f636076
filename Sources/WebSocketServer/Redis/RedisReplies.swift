// From received bytes to the handler: each reply is a view of them.
import LinuxReactor
import RedisClient
import Storage

extension WebSocketHandler where Self: ~Copyable {
    /// Calls back about all replies of one receive. They are read where they lie: in the shared
    /// receive buffer, or behind the beginning of a reply that an earlier receive has left.
    @inline(never)
    mutating func handleRedisReplies(_ io: inout ServerContext) {
        let buffer = io.inbound.receiveBuffer
        let received = io.redisLink.received
        var incomplete = ByteBuffer()
        swap(&incomplete, &io.redisLink.incomplete)
        if incomplete.isEmpty {
            let count = handleRedisReplies(in: buffer.span(received), &io)
            buffer.copy(received.lowerBound + count..<received.upperBound, to: &incomplete)
        } else {
            buffer.copy(received, to: &incomplete)
            incomplete.removeFirst(handleRedisReplies(in: incomplete.span, &io))
        }
        if !incomplete.isEmpty { swap(&incomplete, &io.redisLink.incomplete) }
    }

    /// Returns how many bytes have been dealt with.
    private mutating func handleRedisReplies(
        in bytes: Span<UInt8>, _ io: inout ServerContext
    ) -> Int {
        var start = 0
        let now = io.clock.now.nanoseconds
        do throws(RedisFailure) {
            while let (event, byteCount) = try io.redisLink.session.take(
                bytes.extracting(start...), at: now)
            {
                io.meter.spend(Work.mail / 4)
                let reply = RedisReply(bytes.extracting(start..<start + byteCount))
                start += byteCount
                switch event {
                case .own: io.pendingCalls.insert(.redis)
                case .opened:
                    io.redisLink.succeeded()
                    io.logger.info("Connected to Redis.")
                    io.pendingCalls.insert(.redis)
                    _onRedis(_HandlerEvent(event: .redisUp), &io)
                case .reply(let request): _onRedisReply(reply, to: request, &io)
                case .push: _onRedisReply(reply, to: nil, &io)
                case .unsubscribed:
                    io.logger.warning("Redis refuses a subscription: \(reply.error ?? "")")
                }
            }
        } catch {
            io.redisLink.failure = error
        }
        return start
    }
}
