// The life of the connection to Redis: what is due, and how it ends.
import LinuxReactor
import RedisClient

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
        case .securing(let until) where now >= until:
            dropRedis(.encryption(RedisEncryption.isLate), call)
        case .connected: checkRedis(call)
        default: break
        }
        sendToRedis(call)
        if let next = io.redisLink.nextDeadline { ticker.wake(at: next) }
    }

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

    /// Ends the connection, or the attempt to make one, and waits before the next.
    mutating func dropRedis(_ failure: RedisFailure, _ call: HandlerCall) {
        closeRedisSocket()
        io.redisLink.wait(from: io.clock.now, failure, chance: io.random.take(1)[0])
        io.redisLost(failure)
        emit(.redisDown, call)
        if let next = io.redisLink.nextDeadline { ticker.wake(at: next) }
    }

    mutating func closeRedisSocket() {
        guard io.redisLink.descriptor != .none else { return }
        var encryption = io.redisLink.encryption
        io.encryption.forget(&encryption)
        io.redisLink.encryption = .none
        kernel.close(io.redisLink.descriptor)
        io.redisLink.descriptor = .none
    }

    /// Gives Redis what was written, as far as it takes that at once, and ends the connection: the
    /// process ends, or another goes on in its place. If that fails, the handler hears of it in the
    /// next turn.
    mutating func leaveRedis() {
        guard io.redisLink.descriptor != .none else { return }
        if io.redisLink.stage == .connected { sendLastToRedis() }
        closeRedisSocket()
        io.redisLink.wait(from: io.clock.now, .handedOver, chance: 255)
        io.redisLink.failure = .handedOver
        io.pendingCalls.insert(.redis)
    }
}
