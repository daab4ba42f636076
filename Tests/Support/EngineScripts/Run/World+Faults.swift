// When something breaks, what that does, and how it is whole again.

extension World {
    /// Draws what happens in this run: a few things, now and then several at once.
    func drawFaults() {
        var time: UInt64 = 1_500
        while true {
            time +=
                UInt64.random(in: 0..<4, using: &random) == 0
                ? UInt64.random(in: 0...300, using: &random)
                : UInt64.random(in: 500...5_000, using: &random)
            let isMeant = !emphasis.kinds.isEmpty && chance(80)
            let kind = (isMeant ? emphasis.kinds : FaultKind.drawn).randomElement(using: &random)!
            // A crashed node's presence counts for 15 s more.
            if time > 16_000 { return }
            if kind == .crash, time > 11_000 { continue }
            queue.add(.fault { [unowned self] in apply(kind) }, at: time * Self.millisecond)
        }
    }

    /// Does something, if no fault is in the way; between two numbers of milliseconds from now on.
    func after(_ least: UInt64, _ most: UInt64, _ body: @escaping () -> Void) {
        queue.add(.fault(body), at: min(delay(least, most), Self.faultEnd))
    }

    private func apply(_ kind: FaultKind) {
        let wasDone: Bool
        switch kind {
        case .failover: wasDone = failOver()
        case .demotion: wasDone = demote()
        case .splitBrain: wasDone = splitBrain()
        case .emptyReplica: wasDone = promoteEmpty()
        case .staleFile: wasDone = restartFromFile()
        case .flushAll, .deletedStream, .functionFlush: wasDone = remove(kind)
        case .restoredRoom: wasDone = restoreRoom()
        case .slow: wasDone = slowDown()
        case .takesNoWrites: wasDone = refuseWrites()
        case .wedge, .wedgedRoom: wasDone = wedge(kind)
        case .forgottenSubscription: wasDone = forgetSubscription()
        case .cut, .silence: wasDone = cutSomebody(silently: kind == .silence)
        case .crash: wasDone = crash()
        case .pause: wasDone = pause()
        }
        if wasDone { reach("fault \(kind)") }
    }

    // MARK: The network and the nodes

    private func cutSomebody(silently: Bool) -> Bool {
        guard let host = pick(hosts.filter { $0.link != nil }), let link = host.link else {
            return false
        }
        tell("node \(host.number) is cut off\(silently ? ", silently" : "")")
        if !silently, chance(50) {
            host.isCutAtNextWrite = true
        } else {
            cut(link, silently: silently)
        }
        return true
    }

    private func pause() -> Bool {
        guard let host = pick(hosts.filter { !$0.isCrashed }) else { return false }
        let time = UInt64.random(in: 500...9_000, using: &random) * Self.millisecond
        tell("node \(host.number) stands still for \(time / Self.millisecond) ms")
        host.pausedUntil = min(now + time, Self.faultEnd)
        queue.add(.wake(node: host.number), at: host.pausedUntil)
        return true
    }

    /// A node dies, if another has all that was acknowledged: what nobody has is lost for good.
    private func crash() -> Bool {
        guard let host = pick(hosts.filter { !$0.isCrashed }) else { return false }
        let others = hosts.filter { $0 !== host && !$0.isCrashed }
        for room in 0..<roomCount {
            let kept = others.reduce(into: Set<String>()) { $0.formUnion($1.keys(of: room)) }
            for key in history.acknowledged.keys where roomOfKey[key] == "r\(room)" {
                if !kept.contains(key) { return false }
            }
        }
        tell("node \(host.number) dies")
        if let link = host.link { cut(link) }
        host.isCrashed = true
        let number = host.number
        for client in clients.indices where clients[client].host == number {
            leave(client, isOrderly: false)
            queue.add(.act(client: client), at: delay(50, 1_000))
        }
        after(200, 3_000) { [unowned self] in
            tell("node \(number) starts again")
            addHost(at: number)
        }
        return true
    }

    // MARK: The end of all faults

    /// Whatever is broken is whole.
    func heal() {
        tell("all faults are over")
        for process in engine.processes.indices {
            let redis = engine[process].redis
            redis.troubles = []
            redis.mutedChannels = []
            engine[process].frozenUntil = 0
        }
        for process in engine.processes.indices where !engine[process].isUp {
            engine.start(process)
        }
        for process in engine.processes.indices { merge(process) }
        for client in clients.indices where clients[client].host == nil {
            queue.add(.act(client: client), at: delay(10, 300))
        }
        for tick in 1...UInt64(150) {
            queue.add(.replicate, at: now + tick * 200 * Self.millisecond)
        }
    }
}
