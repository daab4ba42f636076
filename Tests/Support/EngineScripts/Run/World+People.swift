// What people do: join, speak, move on, come back; and what they hear.
import ChatEngine
import RedisClient
import Storage

extension World {
    func act(_ number: Int) {
        guard !clients[number].isDone else { return }
        guard let hostNumber = clients[number].host else { return join(number) }
        let host = hosts[hostNumber]
        if now < host.pausedUntil {
            // Nothing reaches a process that stands still; a person gives up some time.
            if chance(20) { leave(number) }
            return actAgain(number, 200, 1500)
        }
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<75:
            if now < talkEnd, clients[number].unacknowledged.count < 6 { speak(number) }
            if clients[number].burst == 0, chance(emphasis.burstPercent) {
                clients[number].burst = Int.random(in: 2...6, using: &random)
            }
        case 75..<83: leave(number)
        default: break
        }
        if clients[number].burst > 0 {
            clients[number].burst -= 1
            return actAgain(number, 1, 8)
        }
        actAgain(number, 50, chance(10) ? 2500 : 900)
    }

    private func actAgain(_ number: Int, _ least: UInt64, _ most: UInt64) {
        guard now < Self.faultEnd || clients[number].host == nil else { return }
        queue.add(.act(client: number), at: delay(least, most))
    }

    // MARK: Joining

    func join(_ number: Int) {
        let alive = hosts.filter { !$0.isCrashed }
        guard let host = pick(alive) else {
            return queue.add(.act(client: number), at: delay(50, 300))
        }
        guard now >= host.pausedUntil else {
            return queue.add(.act(client: number), at: delay(100, 500))
        }
        let room = clients[number].room
        clients[number].host = host.number
        host.rooms[room].handle = host.node.open("r\(room)")
        let handle = host.rooms[room].handle!
        let hasLog = !host.node.serials(in: handle).isEmpty
        if host.node.isLive(handle) {
            admit(number, host)
        } else if !host.node.isUp, hasLog, holds(host, handle, clients[number].view.seen.last) {
            reach("a join while Redis is down")
            admit(number, host)
        } else {
            host.rooms[room].waiting.append(number)
        }
        for key in clients[number].unacknowledged { publish(key, of: number, on: host) }
        turn(host)
        actAgain(number, 50, 500)
    }

    private func holds(_ host: NodeHost, _ room: EngineRoom, _ last: Seen?) -> Bool {
        guard let last else { return true }
        return host.node.serial(behind: last.place.ofEngine, in: room) != nil
    }

    /// The node lets a person in: with what it has missed, or with a new view.
    private func admit(_ number: Int, _ host: NodeHost) {
        let room = clients[number].room
        let handle = host.rooms[room].handle!
        var first = host.node.serials(in: handle).lowerBound
        let view = clients[number].view
        let last = view.seen.last?.place.ofEngine ?? .start
        if view.hasBegun, let serial = host.node.serial(behind: last, in: handle) {
            if serial < host.node.serials(in: handle).upperBound {
                reach("resumed with missed ones")
            }
            tell("client \(number) resumes on node \(host.number) behind \(last)")
            first = serial
        } else {
            if view.hasBegun { reach("not recovered") }
            tell("client \(number) begins anew on node \(host.number)")
            clients[number].view.begin()
        }
        clients[number].isMember = true
        host.rooms[room].members.append(number)
        show(number, host, handle, first..<host.node.serials(in: handle).upperBound)
        updatePresence(room, host)
    }

    private func show(_ number: Int, _ host: NodeHost, _ room: EngineRoom, _ serials: Range<Int>) {
        for serial in serials {
            guard let entry = host.node.entry(serial, in: room) else {
                // A reset that stands behind this event says what is there instead.
                host.rooms[clients[number].room].isBehind = true
                continue
            }
            history.see(
                entry.place.simulated, String(copying: entry.key), in: &clients[number].view,
                by: clients[number].name)
        }
        clients[number].nextSerial = serials.upperBound
    }

    func leave(_ number: Int, isOrderly: Bool = true) {
        guard let hostNumber = clients[number].host else { return }
        let host = hosts[hostNumber]
        let room = clients[number].room
        clients[number].host = nil
        clients[number].isMember = false
        host.tickets = host.tickets.filter { $0.value.client != number }
        guard isOrderly else { return }
        tell("client \(number) leaves node \(hostNumber)")
        host.rooms[room].members.removeAll { $0 == number }
        host.rooms[room].waiting.removeAll { $0 == number }
        updatePresence(room, host)
        turn(host)
    }

    // MARK: Speaking

    func speak(_ number: Int) {
        clients[number].messageCount += 1
        let key = "c\(number)m\(clients[number].messageCount)"
        roomOfKey[key] = "r\(clients[number].room)"
        clients[number].unacknowledged.append(key)
        guard let host = clients[number].host else { return }
        publish(key, of: number, on: hosts[host])
        turn(hosts[host])
    }

    private func publish(_ key: String, of number: Int, on host: NodeHost) {
        guard let room = host.rooms[clients[number].room].handle else { return }
        nextTicket += 1
        host.tickets[nextTicket] = (number, key)
        history.publishCounts[key, default: 0] += 1
        tell("client \(number) says \(key) on node \(host.number)")
        host.node.publish(
            key: Array(key.utf8).span, body: Array("body of \(key)".utf8).span, ticket: nextTicket,
            in: room, at: now)
    }

    /// After all faults: everybody who is away comes back, and says something more.
    func sayLast() {
        for number in clients.indices {
            speak(number)
            clients[number].isDone = clients[number].host != nil
        }
    }

    // MARK: Presence

    func presence(of room: Int, on host: NodeHost) -> String {
        host.rooms[room].members.sorted().map(String.init).joined(separator: " ")
    }

    func updatePresence(_ room: Int, _ host: NodeHost) {
        guard let handle = host.rooms[room].handle else { return }
        host.node.setPresence(Array(presence(of: room, on: host).utf8), in: handle)
    }

    // MARK: Hearing

    /// Takes what a node has to say; whether anything was asked of it meanwhile.
    func hear(_ host: NodeHost) -> Bool {
        var isAsked = false
        while let event = host.node.takeEvent() {
            switch event {
            case .live(let handle, _):
                guard let room = room(handle, host) else { continue }
                let waiting = host.rooms[room].waiting
                host.rooms[room].waiting = []
                for number in waiting { admit(number, host) }
                if !waiting.isEmpty { isAsked = true }
            case .appended(let handle, let serials):
                guard let room = room(handle, host) else { continue }
                for number in host.rooms[room].members {
                    let first = max(serials.lowerBound, clients[number].nextSerial)
                    if first < serials.upperBound {
                        show(number, host, handle, first..<serials.upperBound)
                    }
                }
            case .reset(let handle, let serials):
                guard let room = room(handle, host) else { continue }
                host.rooms[room].isBehind = false
                reach("diverged")
                wasReset()
                tell("node \(host.number) resets room \(room)")
                for number in host.rooms[room].members {
                    clients[number].view.begin()
                    show(number, host, handle, serials)
                }
            case .placed(let ticket, let place): placed(ticket, place.simulated, host)
            case .delayed(let ticket):
                guard let (number, key) = host.tickets[ticket] else { continue }
                reach("delayed")
                tell("client \(number) learns that \(key) is delayed")
                if chance(40) {
                    leave(number)
                    queue.add(.act(client: number), at: delay(10, 300))
                } else {
                    publish(key, of: number, on: host)
                }
                isAsked = true
            case .refused(let ticket, let refusal):
                guard let (number, key) = host.tickets.removeValue(forKey: ticket) else { continue }
                reach("refused")
                tell("client \(number) learns that \(key) is refused: \(refusal)")
                queue.add(
                    .fault { [unowned self] in
                        guard clients[number].host == host.number, hosts[host.number] === host
                        else { return }
                        guard clients[number].unacknowledged.contains(key) else { return }
                        publish(key, of: number, on: host)
                        turn(host)
                    }, at: delay(200, 400))
            case .presence(let handle, let node, let value):
                guard let room = room(handle, host) else { continue }
                presenceCount += 1
                host.rooms[room].presence[node] = String(decoding: value, as: UTF8.self)
                tell(
                    "node \(host.number) hears that \(host.rooms[room].presence[node]!) are on \(node)"
                )
            case .state(let state):
                reach("state \(state)")
                tell("node \(host.number) is \(state)")
            case .reconnect(let trouble):
                reach("reconnect: \(String("\(trouble)".prefix(40)))")
                tell("node \(host.number) connects again: \(trouble)")
                lose(host)
                isAsked = true
            }
        }
        for (room, state) in host.rooms.enumerated() where state.isBehind {
            history.fail("node \(host.number) has forgotten what there was to see in room \(room)")
        }
        return isAsked
    }

    /// What is said once is in the room in the order in which it was said on its node.
    private func requireOrder(
        _ ticket: UInt64, _ key: String, _ place: Place, _ host: NodeHost, _ room: Int
    ) {
        guard history.publishCounts[key] == 1 else { return }
        if let last = host.rooms[room].lastInOrder, last.place.epoch == place.epoch,
            (last.place.offset < place.offset) != (last.ticket < ticket)
        {
            history.fail(
                "\(key) is \(place) on node \(host.number), and was said after \(last.place)"
            )
        }
        host.rooms[room].lastInOrder = (ticket, place)
    }

    private func room(_ handle: EngineRoom, _ host: NodeHost) -> Int? {
        host.rooms.firstIndex { $0.handle == handle }
    }

    private func placed(_ ticket: UInt64, _ place: Place, _ host: NodeHost) {
        guard let (number, key) = host.tickets.removeValue(forKey: ticket) else { return }
        tell("client \(number) learns that \(key) is \(place)")
        let handle = host.rooms[clients[number].room].handle!
        let serial = host.node.serial(behind: place.ofEngine, in: handle).map { $0 - 1 }
        let entry = serial.flatMap { host.node.entry($0, in: handle) }
        if entry.map({ String(copying: $0.key) }) != key {
            history.fail(
                "node \(host.number) has not got \(place), as which it acknowledges \(key)")
        }
        history.acknowledge(key, place)
        requireOrder(ticket, key, place, host, clients[number].room)
        clients[number].unacknowledged.removeAll { $0 == key }
    }
}
