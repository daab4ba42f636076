// How often a connection may send commands, and how long it may take to log in.

extension Chat {
    /// Takes one command off the connection's allowance, or throws `rateLimited`. The allowance is
    /// a token bucket kept as one instant: when the bucket would be full again (the generic cell
    /// rate algorithm). After `floodRefusalLimit` refusals without a rest, the connection is closed
    /// with 4002.
    mutating func admit(
        _ key: ConnectionKey, at now: Timestamp, _ effects: inout Effects
    ) throws(CommandError) {
        guard limits.commandsPerSecond > 0 else { return }
        let interval = Int64(1_000_000 / limits.commandsPerSecond)
        let time = now.monotonic * 1000
        let restsAt = connections[key.slot].restsAt
        if restsAt <= time {
            connections[key.slot].refusalCount = 0
        }
        let next = max(restsAt, time) + interval
        let excess = next - time - interval * Int64(limits.commandBurst)
        guard excess > 0 else {
            connections[key.slot].restsAt = next
            return
        }
        connections[key.slot].refusalCount += 1
        if connections[key.slot].refusalCount >= min(limits.floodRefusalLimit, 255) {
            connections[key.slot].state = .closing
        }
        var refusal = CommandError(.rateLimited, "Slow down, then send this again.")
        refusal.retryAfterMilliseconds = Int((excess + 999) / 1000)
        throw refusal
    }

    /// Closes the connections that have not logged in by their deadline.
    mutating func closeLateLogins(at now: Timestamp, _ effects: inout Effects) {
        while let next = waiting.first {
            if isWaiting(next.key) {
                guard now.monotonic - next.openedAt >= timing.loginDeadline else { return }
                connections[next.key.slot].state = .closing
                effects.add(.close(next.key, .noLoginInTime))
            }
            waiting.removeFirst()
        }
    }

    /// Removes up to two connections from the front that have logged in or closed. Called for each
    /// connection that is added, so the queue stays as short as logins are quick, at any rate of
    /// new connections.
    mutating func dropSettledWaiting() {
        for _ in 0..<2 {
            guard let next = waiting.first, !isWaiting(next.key) else { return }
            waiting.removeFirst()
        }
    }

    private func isWaiting(_ key: ConnectionKey) -> Bool {
        isKnown(key) && connections[key.slot].state == .waiting
    }
}
