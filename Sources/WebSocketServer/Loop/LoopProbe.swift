// A probe that goes the whole way round the loop: proof that it turns, and how long that takes.
import LinuxReactor

/// One probe at a time. It sets out at a tick, comes back through epoll(7) like any other event,
/// and is at its end when each topic that was waiting by then has had its share of a sweep. A loop
/// that is stuck, wherever, does not bring it home; one that has a lot to do brings it home late.
struct LoopProbe {
    enum Stage {
        case idle
        /// The event is raised; nothing has come back yet.
        case outward(since: Instant)
        /// It has come back, and this many variants are to be swept before it is at its end.
        case sweeping(variantCount: Int)
    }

    var stage = Stage.idle

    /// The first `count` variants of the queue have had their share.
    mutating func passed(_ count: Int) {
        guard case .sweeping(let variantCount) = stage else { return }
        stage = .sweeping(variantCount: max(0, variantCount - count))
    }
}

extension ServerCore where K: ~Copyable {
    /// Raises an event: the wake-up descriptor can always be written to, and so is ready at once
    /// when it is watched for that.
    mutating func beginProbe() {
        guard case .idle = probe.stage else { return }
        probe.stage = .outward(since: io.clock.now)
        watchWakeup(for: [.readable, .writable])
    }

    /// The event was taken from epoll, in its turn among all others.
    mutating func probeReturned() {
        guard case .outward(let start) = probe.stage else { return }
        watchWakeup(for: .readable)
        io.telemetry.recordLoopLag(io.clock.now.since(start))
        probe.stage = .sweeping(variantCount: io.topics.dirtyVariants.count)
    }

    /// Tells the handler, at the end of the turn in which the last stage was passed.
    mutating func finishProbe(_ call: HandlerCall) {
        guard case .sweeping(0) = probe.stage else { return }
        probe.stage = .idle
        emit(.loopProbe, call)
    }

    private mutating func watchWakeup(for readiness: Readiness) {
        poller.change(wakeup, to: readiness, token: Token.wakeup, &kernel)
    }
}
