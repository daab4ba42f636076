// What breaks in Redis: processes die, change their role or lose data, and messages do not come.

extension World {
    // MARK: Redis loses its process

    func failOver() -> Bool {
        guard let replica = pick(engine.replicas) else { return false }
        let old = engine.primary
        let lag = UInt64.random(in: 0...3_000, using: &random) * Self.millisecond
        for other in engine.replicas where chance(70) { engine[other].lag = lag }
        tell("replicas lag by \(lag / Self.millisecond) ms")
        after(100, 3_000) { [unowned self] in
            guard engine.primary == old, engine[old].isUp, engine[replica].isUp,
                engine[replica].source == old
            else { return }
            reach("a promotion")
            tell("process \(old) dies")
            engine.replicate(at: now)
            let isComplete = engine.hasEverything(replica)
            if !isComplete { reach("a suffix was lost") }
            flushServers()
            engine.stop(old)
            dropLinks(to: old, silentPercent: 25)
            after(0, chance(20) ? 8_000 : 2_000) { [unowned self] in
                tell("process \(replica) is promoted\(isComplete ? "" : ", without the newest")")
                engine.promote(replica, at: now)
                after(500, 4_000) { [unowned self] in engine.start(old) }
            }
        }
        return true
    }

    func demote() -> Bool {
        guard let replica = pick(engine.replicas), engine[engine.primary].isUp else {
            return false
        }
        let old = engine.primary
        engine[replica].lag = UInt64.random(in: 0...2_000, using: &random) * Self.millisecond
        after(100, 2_500) { [unowned self] in
            guard engine.primary == old, engine[old].isUp, engine[replica].source == old else {
                return
            }
            engine.replicate(at: now)
            let isComplete = engine.hasEverything(replica)
            tell("process \(old) becomes a replica of \(replica), which has all: \(isComplete)")
            engine.promote(replica, at: now)
            if chance(30) {
                // It reaches its new primary at no time, and writes all the same.
                reach("an island")
                tell("and never hears of it, and writes (replica-read-only no)")
                engine.isolate(old)
            } else {
                engine.follow(old, replica, keepsMemory: isComplete && chance(50))
            }
        }
        return true
    }

    func splitBrain() -> Bool {
        guard let replica = pick(engine.replicas), engine[engine.primary].isUp else {
            return false
        }
        let old = engine.primary
        engine.replicate(at: now)
        tell("process \(old) is cut off, \(replica) is promoted")
        engine.promote(replica, at: now)
        for host in hosts where !host.isCrashed {
            let isOnLosingSide = chance(50)
            host.target = isOnLosingSide ? old : nil
            if !isOnLosingSide, let link = host.link, links[link].process == old {
                cut(link, silently: chance(20))
            }
        }
        after(10_000, 10_001) { [unowned self] in
            if engine[old].source == nil, engine.primary != old, !engine[old].isIsland {
                engine[old].redis.troubles.insert(.tooFewReplicas)
            }
        }
        after(500, 9_000) { [unowned self] in merge(old) }
        return true
    }

    /// A process that believes to be a primary, and is none, learns of it.
    func merge(_ old: Int) {
        for host in hosts where host.target == old { host.target = nil }
        guard engine[old].isUp, !engine[old].isIsland, engine[old].source == nil,
            engine.primary != old, engine[engine.primary].isUp
        else { return }
        tell("process \(old) follows process \(engine.primary)")
        reach("a split brain was merged")
        if chance(50) { dropLinks(to: old, silentPercent: 20) }
        engine.follow(old, engine.primary)
    }

    func promoteEmpty() -> Bool {
        guard let replica = pick(engine.replicas), engine[engine.primary].isUp else {
            return false
        }
        let old = engine.primary
        tell("process \(replica) is promoted, and is empty")
        engine.empty(replica, withFunctions: chance(50))
        engine.stop(old)
        dropLinks(to: old, silentPercent: 20)
        engine.promote(replica, at: now)
        after(500, 4_000) { [unowned self] in engine.start(old) }
        return true
    }

    func restartFromFile() -> Bool {
        let old = engine.primary
        guard engine[old].isUp else { return false }
        let file = engine.file(age: Int.random(in: 0...11, using: &random))
        tell("process \(old) restarts from a file")
        engine.stop(old)
        dropLinks(to: old, silentPercent: 10)
        after(50, chance(20) ? 8_000 : 1_500) { [unowned self] in
            guard engine.primary == old, !engine[old].isUp else { return }
            engine.start(old, file: file)
            guard chance(30) else { return }
            engine[old].redis.troubles.insert(.loading)
            after(50, 1_000) { [unowned self] in engine[old].redis.troubles.remove(.loading) }
        }
        return true
    }

    // MARK: Redis loses data

    func remove(_ kind: FaultKind) -> Bool {
        let primary = engine.primary
        guard engine[primary].isUp else { return false }
        tell("\(kind)")
        let redis = engine[primary].redis
        redis.now = now
        let stream = pick(redis.data.streams.keys.sorted()) ?? "none"
        if kind == .deletedStream { noteUnheard(stream) }
        switch kind {
        case .flushAll: redis.change(.flush)
        case .deletedStream: redis.change(.delete([stream]))
        default: redis.flushFunctions()
        }
        return true
    }

    func restoreRoom() -> Bool {
        let redis = engine[engine.primary].redis
        guard engine[engine.primary].isUp, let stream = pick(redis.data.streams.keys.sorted())
        else { return false }
        noteUnheard(stream)
        tell("\(stream) is restored from a file")
        let keys = ["a", "b", "s"].map { stream.replacing(":s:", with: ":\($0):") }
        engine.restore(keys, from: engine.file(age: Int.random(in: 1...11, using: &random)))
        return true
    }

    // MARK: Redis does less

    func slowDown() -> Bool {
        let time = UInt64.random(in: 300...4_000, using: &random) * Self.millisecond
        tell("process \(engine.primary) stands still for \(time / Self.millisecond) ms")
        engine[engine.primary].frozenUntil = min(now + time, Self.faultEnd)
        return true
    }

    func refuseWrites() -> Bool {
        let redis = engine[engine.primary].redis
        let trouble: SimulatedRedis.Trouble = chance(50) ? .outOfMemory : .cannotPersist
        history.requiresOldNames = false
        tell("process \(engine.primary) takes no writes: \(trouble)")
        redis.troubles.insert(trouble)
        after(200, 4_000) { redis.troubles.remove(trouble) }
        return true
    }

    func wedge(_ kind: FaultKind) -> Bool {
        let redis = engine[engine.primary].redis
        let channel = kind == .wedge ? nil : pick(redis.subscribedChannels)
        if kind == .wedgedRoom, channel == nil { return false }
        // A heartbeat notices that pushes do not come, if that lasts as long as redis is silent.
        if kind == .wedge, chance(50) {
            tell("nobody who is connected gets any messages any more")
            redis.deafenAll()
            return true
        }
        if kind == .wedge, now > Self.faultEnd - 7 * Self.second { return false }
        if let channel {
            noteUnheard(channel)
        } else {
            // A node that stands still meanwhile may miss it all.
            unheard.formUnion(0..<roomCount)
        }
        tell("messages of \(channel ?? "all channels") get lost")
        redis.mutedChannels.insert(channel)
        after(kind == .wedge ? 6_500 : 500, kind == .wedge ? 9_000 : 7_000) {
            redis.mutedChannels.remove(channel)
        }
        return true
    }

    /// That a single room's messages do not come, or that its stream is another, is noticed with
    /// the next message alone; and a presence that was lost is not said again before the room is
    /// read.
    private func noteUnheard(_ channel: String) {
        for room in 0..<roomCount where channel.hasSuffix(":r\(room)") { unheard.insert(room) }
    }

    func forgetSubscription() -> Bool {
        let alive = hosts.filter { !$0.isCrashed && $0.link != nil }
        guard let host = pick(alive), let link = host.link else { return false }
        let redis = engine[links[link].process].redis
        guard let channel = pick(redis.subscribedChannels) else { return false }
        noteUnheard(channel)
        tell("node \(host.number) is no longer subscribed to \(channel)")
        redis.forgetSubscription(of: link, to: channel)
        return true
    }
}
