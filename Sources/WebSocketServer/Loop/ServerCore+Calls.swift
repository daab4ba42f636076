// Calls of the handler that are not about a connection: ticks, mail, signals, refusals.
import LinuxReactor

extension ServerCore where K: ~Copyable {
    /// Calls the handler's tick when it is due, and probes the loop. Ends messages that are late.
    mutating func tick(_ call: HandlerCall) {
        guard ticker.isAwake(at: io.clock.now) else { return }
        let isDue = ticker.isDue(at: io.clock.now)
        expirePartialMessages()
        expireTasks(call)
        fireTimers(call)
        moveRedis(call)
        guard isDue else { return }
        io.encryption.giveBackMemory()
        io.telemetry.busiest = listening.shares.busiest(10, at: io.clock.now)
        io.meter.beginPart(io.settings.limits.workPerTurn)
        emit(.tick, call)
        beginProbe()
        io.recovery.isDue = true
    }

    mutating func takeSignals(_ call: HandlerCall) {
        while let signal = signals.source?.next(&kernel) {
            if signals.stops(signal) {
                // A second signal means that the operator does not want to wait: it ends the grace.
                io.stop(grace: io.shutdown.isUnderWay ? .zero : nil)
            } else if signals.reexecutes(signal) {
                let logger = io.logger
                io.reexec { failure in
                    if failure == .underWay { logger.notice("\(signal) is ignored. \(failure)") }
                }
            } else {
                emit(.signal(signal), call)
            }
        }
    }

    /// Calls the handler about what comes without an event. Mail, results of tasks and resolved
    /// host names wake the loop through the same descriptor.
    mutating func callPending(_ call: HandlerCall) {
        if isAwoken {
            isAwoken = false
            kernel.clearWakeup(wakeup)
            takeResolved(call)
            io.pendingCalls.formUnion([.mail, .tasks])
        }
        guard !io.pendingCalls.isEmpty else { return }
        let calls = io.pendingCalls
        io.pendingCalls = []
        if calls.contains(.timers) { awaitTimers() }
        if calls.contains(.tasks) { finishTasks(call) }
        if calls.contains(.laggards) { reportLaggards(call) }
        if calls.contains(.mail) {
            // Half a turn: what a full turn has made others do must not come back faster than it is
            // taken.
            io.meter.beginPart(2 * io.settings.limits.workPerTurn)
            emit(.mail, call)
        }
        // What all of these have written for Redis, and the events before, is one send.
        guard calls.union(io.pendingCalls).contains(.redis) else { return }
        io.pendingCalls.remove(.redis)
        moveRedis(call)
    }

    /// Goes on with what has waited for the address of a host name.
    private mutating func takeResolved(_ call: HandlerCall) {
        for resolution in kernel.takeResolved() {
            if Token.isRedis(resolution.ticket) {
                redisResolved(resolution, call)
            } else {
                resolved(resolution)
            }
        }
    }

    /// Calls the handler about subscribers that have come to half of their topic's limit.
    private mutating func reportLaggards(_ call: HandlerCall) {
        var laggards: [(id: ConnectionID, topic: Topic)] = []
        swap(&laggards, &io.laggards)
        for (id, topic) in laggards where io.isSubscribed(id, to: topic) {
            emit(.fallingBehind(topic), of: id, call)
        }
    }

    /// Reports the connections that were refused in this turn to the handler. Their number is
    /// bounded by the turn's budgets of accepts and of bytes.
    mutating func reportRefusals(_ call: HandlerCall) {
        guard !io.telemetry.refused.isEmpty else { return }
        for index in io.telemetry.refused.indices { emit(.refusal(index), call) }
        io.telemetry.refused.removeAll(keepingCapacity: true)
    }
}
