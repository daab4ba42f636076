// The stages of the loop probe: raised at a tick, taken from epoll(7), ended after a sweep.
import LinuxReactor

extension ServerCore where K: ~Copyable {
    /// Raises an event: the wake-up descriptor is always writable, so it is ready at once when it
    /// is watched for that.
    mutating func beginProbe() {
        guard case .idle = probe.stage else { return }
        probe.stage = .raised(since: io.clock.now)
        watchWakeup(for: [.readable, .writable])
    }

    /// The event was taken from epoll, in order among all others.
    mutating func probeReturned() {
        guard case .raised(let start) = probe.stage else { return }
        watchWakeup(for: .readable)
        io.telemetry.recordLoopLag(io.clock.now.since(start))
        probe.stage = .sweeping(variantCount: io.topics.dirtyVariants.count)
    }

    /// Calls the handler at the end of the turn in which the last stage was passed.
    mutating func finishProbe(_ call: HandlerCall) {
        guard case .sweeping(0) = probe.stage else { return }
        probe.stage = .idle
        emit(.loopProbe, call)
    }

    private mutating func watchWakeup(for readiness: Readiness) {
        poller.change(wakeup, to: readiness, token: Token.wakeup, &kernel)
    }
}
