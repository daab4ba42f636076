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
            // A callback may give the connection up.
            while io.redisLink.failure == nil,
                let (event, byteCount) = try io.redisLink.session.take(
                    bytes.extracting(start...), at: now)
            {
                if let waited = io.redisLink.session.lastWait {
                    io.telemetry.statistics.redis.latency.record(waited)
                }
                io.meter.spend(Work.mail / 4)
                let reply = RedisReply(bytes.extracting(start..<start + byteCount))
                start += byteCount
                switch event {
                case .own: io.pendingCalls.insert(.redis)
                case .opened:
                    io.redisOpened()
                    _onRedis(_HandlerEvent(event: .redisUp), &io)
                case .reply(let request): _onRedisReply(reply, to: request, &io)
                case .push:
                    io.telemetry.statistics.redis.pushCount += 1
                    _onRedisReply(reply, to: nil, &io)
                case .refused(let channel): io.redisRefused(channel, reply.error ?? "")
                case .unsubscribed(let channel): io.redisEnded(channel)
                }
            }
        } catch {
            io.redisLink.failure = error
        }
        return start
    }
}
