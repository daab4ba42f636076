// How much work a connection and a user may cause, and how long a connection may take to log in.

extension Chat {
    /// Text that is not read any more once its connection must wait: the refusal then carries no
    /// `ref`. No client needs so much for 4,000 characters, unless it escapes every one of them.
    static var refusedTextByteLimit: Int { 32 << 10 }

    /// Takes one command off the allowance of its connection, and of its user, or throws
    /// `rateLimited`. An allowance is a token bucket kept as one instant: when the bucket would be
    /// full again (the generic cell rate algorithm). It must have place for one ordinary command;
    /// what a command costs beyond that is a debt, which the next ones wait for. After
    /// `floodRefusalLimit` refusals without a rest, the connection is closed with 4002.
    mutating func admit(
        _ key: ConnectionKey, at now: Timestamp, _ effects: inout Effects
    ) throws(CommandError) {
        guard limits.commandsPerSecond > 0 else { return }
        let interval = commandInterval
        let time = now.monotonic * 1000
        let restsAt = connections[key.slot].restsAt
        if restsAt <= time {
            connections[key.slot].refusalCount = 0
        }
        let user = connections[key.slot].user
        let burst = interval * Int64(limits.commandBurst)
        var excess = max(restsAt, time) + interval - time - burst
        if user != .none {
            let share = interval / Int64(limits.userWorkShare)
            excess = max(excess, max(users[user].restsAt, time) + share - time - burst)
        }
        guard excess > 0 else { return }
        connections[key.slot].refusalCount += 1
        if connections[key.slot].refusalCount >= min(limits.floodRefusalLimit, 255) {
            connections[key.slot].state = .closing
        }
        var refusal = CommandError(.rateLimited, "Slow down, then send this again.")
        refusal.retryAfterMilliseconds = Int((excess + 999) / 1000)
        throw refusal
    }

    /// Takes this many bytes of work off the allowances. `paid` bytes of the same command have been
    /// charged already: a command costs one ordinary command at least.
    mutating func charge(_ work: Int, paid: Int = 0, to key: ConnectionKey, at now: Timestamp) {
        guard limits.commandsPerSecond > 0 else { return }
        let ordinary = limits.commandWork
        let units = Int64(max(work, ordinary) - (paid == 0 ? 0 : max(paid, ordinary)))
        guard units > 0 else { return }
        let cost = commandInterval * units / Int64(ordinary)
        let time = now.monotonic * 1000
        connections[key.slot].restsAt = max(connections[key.slot].restsAt, time) + cost
        let user = connections[key.slot].user
        guard user != .none else { return }
        users[user].restsAt =
            max(users[user].restsAt, time) + cost / Int64(limits.userWorkShare)
    }

    /// Microseconds until a connection may send another ordinary command.
    private var commandInterval: Int64 { Int64(1_000_000 / limits.commandsPerSecond) }

    /// Closes the connections that have not logged in by their deadline.
    mutating func closeLateLogins(
        at now: Timestamp, _ rest: inout Int, _ effects: inout Effects
    ) {
        while rest > 0, let next = waiting.first {
            if isWaiting(next.key) {
                guard now.monotonic - next.openedAt >= timing.loginDeadline else { return }
                connections[next.key.slot].state = .closing
                effects.add(.close(next.key, .noLoginInTime, formerUser: nil))
            }
            waiting.removeFirst()
            rest -= 1
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
