// Once a turn: what has gathered is written, and what has expired is noticed.
import RedisClient
import Storage

extension EngineNode {
    /// When ``moveOn(at:_:)`` has to be called at the latest; nil if nothing is waited for.
    package var nextDeadline: UInt64? {
        var next: UInt64?
        func add(_ instant: UInt64?) {
            if let instant { next = min(next ?? instant, instant) }
        }
        add(timers.delayCheckAt)
        switch stage {
        case .down, .leaving:
            if state == .down { add(timers.downSince.map { $0 + options.awayAfter }) }
        case .opened, .beating, .withoutFunctions, .loading, .up:
            if let oldest = flights.first {
                add(max(oldest.since + options.patience, timers.lenientUntil))
                if state == .up { add(oldest.since + options.slowAfter) }
            }
            add(heart.probeLateAt.map { max($0, timers.lenientUntil) })
            add(timers.resumeAt)
            if stage == .up, !heart.isBeating { add(heart.nextBeat) }
        }
        return next
    }

    /// Goes on: notices what has expired, and writes what has gathered since the last call. To be
    /// called after what was received has been passed on, after anything was asked of the node, and
    /// at ``nextDeadline``.
    package mutating func moveOn(
        at now: UInt64, _ commands: inout some EngineCommands & ~Copyable
    ) {
        expire(at: now)
        shortenLogs()
        switch stage {
        case .down, .leaving, .beating, .loading: break
        case .opened: beginBeating(&commands, at: now)
        case .withoutFunctions: loadFunctions(&commands, at: now)
        case .up:
            if !heart.isBeating, now >= heart.nextBeat { beat(&commands, at: now) }
            removeDeadNodes(&commands, at: now)
            readSuspects()
            read(&commands, at: now)
            refill(&commands, at: now)
            writePresences(&commands, at: now)
            put(&commands, at: now)
            closeRooms(&commands, at: now)
        }
        timers.promised = nextDeadline
    }

    // MARK: Expiry

    private mutating func expire(at now: UInt64) {
        if let promised = timers.promised, now > promised + options.slowAfter {
            // The process stood still: what is late may have come meanwhile.
            timers.lenientUntil = now + options.probePatience
        }
        if let check = timers.delayCheckAt, now >= check { findDelayed(at: now) }
        if let resume = timers.resumeAt, now >= resume { resumeRooms(at: now) }
        switch stage {
        case .down, .leaving:
            let since = timers.downSince ?? now
            timers.downSince = since
            if now >= since + options.awayAfter { state = .away }
        case .opened, .beating, .withoutFunctions, .loading, .up: expireAnswers(at: now)
        }
    }

    private mutating func expireAnswers(at now: UInt64) {
        if let since = flights.first?.since {
            if now >= since + options.patience, now >= timers.lenientUntil {
                return leave(.unanswered)
            }
            if state == .up, now >= since + options.slowAfter { state = .slow }
            if state == .slow, now < since + options.slowAfter { state = .up }
        } else if state == .slow {
            state = .up
        }
        if let late = heart.probeLateAt, now >= late, now >= timers.lenientUntil {
            leave(.wedged)
        }
    }

    /// Tells the authors of publishes that have waited for long.
    private mutating func findDelayed(at now: UInt64) {
        timers.delayCheckAt = nil
        for index in rooms.indices where rooms[index].isOpen {
            let (tickets, next) = rooms[index].pending.takeDelayed(
                since: now - min(now, options.delayedAfter))
            for ticket in tickets { events.append(.delayed(ticket: ticket)) }
            if let next {
                let check = next + options.delayedAfter
                timers.delayCheckAt = min(timers.delayCheckAt ?? check, check)
            }
        }
    }
}
