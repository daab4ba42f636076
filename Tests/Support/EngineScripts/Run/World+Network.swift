// Bytes between nodes and processes: connections, cuts, and the turns of a node.
import ChatEngine
import RedisClient
import Storage

extension World {
    // MARK: Connecting

    func connect(_ host: NodeHost) {
        guard !host.isCrashed, hosts[host.number] === host, host.link == nil else { return }
        guard now >= host.pausedUntil else {
            return queue.add(.connect(node: host.number), at: host.pausedUntil)
        }
        let process = host.target ?? engine.primary
        guard engine[process].isUp else { return connectLater(host) }
        host.isConnecting = false
        links.append(Link(node: host.number, process: process))
        let link = links.count - 1
        engine[process].redis.open(link)
        host.link = link
        host.session.begin(Self.link, at: now)
        flush(host)
        queue.add(.wake(node: host.number), at: now + 2 * Self.second)
    }

    private func connectLater(_ host: NodeHost) {
        host.connectPause = min(max(50, host.connectPause * 2), 2_000)
        host.isConnecting = true
        queue.add(.connect(node: host.number), at: delay(host.connectPause / 2, host.connectPause))
    }

    /// The connection of a node is gone, or of no use.
    func lose(_ host: NodeHost) {
        guard let link = host.link else { return }
        host.link = nil
        links[link].isOpenAtNode = false
        // What was sent may be executed still.
        host.session.end()
        host.received.removeAll()
        host.node.disconnected(at: now)
        if !host.isConnecting { connectLater(host) }
    }

    /// Ends a connection at both sides. What is on its way may come, up to 2 s later, in part.
    func cut(_ link: Int, silently: Bool = false) {
        guard links[link].isOpenAtNode else { return }
        if silently {
            links[link].losesToServer = chance(70)
            links[link].losesToClient = !links[link].losesToServer || chance(70)
            return
        }
        let server = links[link].toServer
        links[link].toServer.cut(to: Int.random(in: 0...server.count, using: &random))
        let wait = chance(50) ? UInt64.random(in: 0...2000, using: &random) : 0
        links[link].toServer.delay(by: wait * Self.millisecond)
        queue.add(.toServer(link: link), at: now + wait * Self.millisecond)
        if !links[link].toServer.isEmpty {
            reach("commands ran after a cut")
            queue.add(.toServer(link: link), at: links[link].toServer.lastTime)
        }
        links[link].toClient.cut(
            to: Int.random(in: 0...links[link].toClient.count, using: &random))
        let end = max(now, links[link].toClient.lastTime)
        let host = hosts[links[link].node]
        queue.add(
            .fault { [unowned self] in
                guard host.link == link, !host.isCrashed else { return }
                if now < host.pausedUntil {
                    queue.add(
                        .fault { [unowned self] in endAtNode(host, link) }, at: host.pausedUntil)
                } else {
                    endAtNode(host, link)
                }
            }, at: end)
        queue.add(
            .fault { [unowned self] in closeAtServer(link) },
            at: max(now, links[link].toServer.lastTime) + Self.millisecond)
    }

    private func endAtNode(_ host: NodeHost, _ link: Int) {
        guard host.link == link, !host.isCrashed else { return }
        lose(host)
        turn(host)
    }

    func closeAtServer(_ link: Int) {
        guard links[link].isOpenAtServer else { return }
        links[link].isOpenAtServer = false
        engine[links[link].process].redis.close(link)
    }

    /// A process is gone: nodes learn of it, or hear nothing any more.
    func dropLinks(to process: Int, silentPercent: Int) {
        for link in links.indices where links[link].process == process {
            guard links[link].isOpenAtServer || links[link].isOpenAtNode else { continue }
            links[link].toServer = Pipe()
            closeAtServer(link)
            guard links[link].isOpenAtNode else { continue }
            if chance(silentPercent) {
                links[link].losesToServer = true
                links[link].losesToClient = true
            } else {
                cut(link)
            }
        }
    }

    // MARK: Bytes

    func arriveAtServer(_ link: Int) {
        guard links[link].isOpenAtServer else { return }
        let process = links[link].process
        guard engine[process].isUp else { return closeAtServer(link) }
        guard now >= engine[process].frozenUntil else {
            return queue.add(.toServer(link: link), at: engine[process].frozenUntil)
        }
        engine[process].redis.now = now
        isLateCall = !links[link].isOpenAtNode
        while let bytes = links[link].toServer.take(at: now) {
            engine[process].redis.receive(bytes, from: link)
        }
        flush(process)
    }

    func flushServers() {
        for process in engine.processes.indices where engine[process].isUp { flush(process) }
    }

    private func flush(_ process: Int) {
        for link in engine[process].redis.writers {
            let bytes = engine[process].redis.takeOutput(of: link)
            guard links[link].isOpenAtNode, !links[link].losesToClient else { continue }
            for piece in pieces(bytes) {
                let time = delay(0, chance(emphasis.isSlow ? 40 : 90) ? 2 : 30)
                links[link].toClient.append(piece, at: time)
                queue.add(.toClient(link: link), at: links[link].toClient.lastTime)
            }
        }
    }

    private func pieces(_ bytes: [UInt8]) -> [[UInt8]] {
        guard bytes.count > 1, chance(25) else { return [bytes] }
        let middle = Int.random(in: 1..<bytes.count, using: &random)
        return [Array(bytes[..<middle]), Array(bytes[middle...])]
    }

    func flush(_ host: NodeHost) {
        guard let link = host.link, !host.session.output.isEmpty else { return }
        let bytes = [UInt8](copying: host.session.output.span)
        host.session.output.removeAll()
        guard links[link].isOpenAtServer, !links[link].losesToServer else { return }
        for piece in pieces(bytes) {
            links[link].toServer.append(
                piece, at: delay(0, chance(emphasis.isSlow ? 40 : 90) ? 2 : 30))
            queue.add(.toServer(link: link), at: links[link].toServer.lastTime)
        }
        if host.isCutAtNextWrite {
            host.isCutAtNextWrite = false
            cut(link)
        }
    }

    func arriveAtNode(_ link: Int) {
        let host = hosts[links[link].node]
        guard links[link].isOpenAtNode, host.link == link, !host.isCrashed else { return }
        guard now >= host.pausedUntil else {
            return queue.add(.toClient(link: link), at: host.pausedUntil)
        }
        while let bytes = links[link].toClient.take(at: now) { host.received.append(bytes.span) }
        if !read(host) { lose(host) }
        turn(host)
    }

    /// Passes on what was received; false if the connection is of no use.
    private func read(_ host: NodeHost) -> Bool {
        var received = ByteBuffer()
        swap(&received, &host.received)
        defer { swap(&received, &host.received) }
        do throws(RedisFailure) {
            while let (event, count) = try host.session.take(received.span, at: now) {
                pass(event, RedisReply(received.span.extracting(..<count)), to: host)
                received.removeFirst(count)
            }
            return true
        } catch {
            reach("the session failed: \(String("\(error)".prefix(30)))")
            return false
        }
    }

    private func pass(
        _ event: RedisSession.Event, _ reply: borrowing RedisReply, to host: NodeHost
    ) {
        switch event {
        case .own: break
        case .opened:
            host.connectPause = 0
            host.node.connected(at: now)
        case .reply(let request): host.node.replied(reply, to: request, at: now)
        case .push: host.node.pushed(reply, at: now)
        case .unsubscribed: host.node.subscriptionRefused(reply.error ?? "")
        }
    }

    // MARK: Turns

    func wake(_ host: NodeHost) {
        guard !host.isCrashed, hosts[host.number] === host else { return }
        if host.wakesAt <= now { host.wakesAt = .max }
        guard now >= host.pausedUntil else {
            return queue.add(.wake(node: host.number), at: host.pausedUntil)
        }
        if host.session.state == .greeting, let since = host.session.oldestUnanswered {
            if now >= since + 2 * Self.second {
                reach("no greeting")
                lose(host)
            } else {
                queue.add(.wake(node: host.number), at: since + 2 * Self.second)
            }
        }
        turn(host)
    }

    /// One turn of a node: it writes what it has to say, and the people hear what it has heard.
    func turn(_ host: NodeHost) {
        guard !host.isCrashed, now >= host.pausedUntil else { return }
        for _ in 0..<20 {
            host.node.moveOn(at: now, &host.session)
            if !hear(host) { break }
        }
        flush(host)
        guard let deadline = host.node.nextDeadline else { return }
        let time = max(deadline, now + Self.millisecond)
        if time < host.wakesAt {
            host.wakesAt = time
            queue.add(.wake(node: host.number), at: time)
        }
    }
}
