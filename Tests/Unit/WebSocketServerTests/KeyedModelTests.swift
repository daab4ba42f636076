// Topics that keep each key's newest message, against an oracle: whatever sockets take, a
// subscriber gets each key's newest at last, and never anything older after something newer.
import Storage
import TestSupport
import Testing
import WebSocketCore

@testable import WebSocketServer

private struct KeyedModel: ~Copyable {
    var table = TopicTable()
    var deflaters = DeflaterPool()
    var spare = ByteBuffer()
    var random: Seeded
    let peers = (0..<10).map {
        KeyedPeer($0 % 3 == 0 ? .eventStream : .plain, isQuick: $0 < 3)
    }
    var topics: [Topic] = []
    /// Of each topic the newest message of each key: its number, and whether streams get it.
    var newest: [[Int: (number: Int, isStreamed: Bool)]] = [[:], [:]]
    var number = 0
    let bounds = TopicTable.RetainedBounds(keyCount: 100, byteCount: 1 << 20)

    init(seed: UInt64) {
        random = Seeded(seed)
        for _ in 0..<2 { topics.append(table.make(policy: .latestPerKey, logByteLimit: 600)) }
    }

    mutating func step() {
        switch Int.random(in: 0..<24, using: &random) {
        case 0, 1: join()
        case 2: leave()
        case 3...11: publish()
        case 12: removeKey()
        case 13, 14: sendDirectly()
        case 15...19: sweep()
        case 20: skip()
        default: writable(peers.indices.randomElement(using: &random)!)
        }
    }

    private mutating func join() {
        let (topic, index) = (
            Int.random(in: 0..<2, using: &random), peers.indices.randomElement(using: &random)!
        )
        let peer = peers[index]
        // What it had been sent before it left would be older than what it gets now.
        guard !peer.topics.contains(topic), peer.delivery.outbox.isEmpty, peer.check() else {
            return
        }
        peer.topics.insert(topic)
        peer.joined[topic] = number
        table.join(topics[topic], peer.encoding, connection: Slot(index), &peer.delivery)
        peer.highest[topic] = nil
        peer.owed[topic] = [:]
        for (key, message) in newest[topic]
        where peer.encoding != .eventStream || message.isStreamed {
            peer.forbidden.remove(message.number)
            peer.owed[topic]![key] = message.number
        }
        peer.everything[topic] = nil
    }

    private mutating func leave() {
        let peer = peers.randomElement(using: &random)!
        guard let topic = peer.topics.sorted().randomElement(using: &random),
            let subscription = table.subscription(
                to: topics[topic], from: peer.delivery.firstSubscription)
        else { return }
        peer.topics.remove(topic)
        peer.owed[topic] = nil
        peer.everything[topic] = nil
        _ = table.leave(subscription, delivering: true, &peer.delivery, &spare)
    }

    private mutating func publish() {
        let topic = Int.random(in: 0..<2, using: &random)
        let key = Int.random(in: 0..<6, using: &random)
        let isStreamed = Int.random(in: 0..<4, using: &random) > 0
        let isLast = Int.random(in: 0..<12, using: &random) == 0
        let except: Int? =
            Int.random(in: 0..<6, using: &random) == 0
            ? peers.indices.randomElement(using: &random) : nil
        number += 1
        let padding = String(repeating: ".", count: [0, 20, 130].randomElement(using: &random)!)
        let payload = Array("#\(topic),\(key),\(number);\(padding)".utf8)
        var message = TopicTable.KeyedMessage(payload.span, .text, TopicKey(key), Span())
        message.isStreamed = isStreamed
        message.isLast = isLast
        let skipped =
            except.flatMap {
                table.subscription(to: topics[topic], from: peers[$0].delivery.firstSubscription)
            } ?? .none
        _ = table.publish(
            keyed: message, to: topics[topic], skipping: skipped, bounds, &deflaters)
        newest[topic][key] = isLast ? nil : (number, isStreamed)
        for (index, peer) in peers.enumerated() where peer.topics.contains(topic) {
            peer.owed[topic]![key] = nil
            guard index != except, isStreamed || peer.encoding != .eventStream else {
                peer.forbidden.insert(number)
                // It may have to walk, and gets each key's newest then.
                if index == except { peer.everything[topic] = nil }
                continue
            }
            peer.owed[topic]![key] = number
            peer.everything[topic]?.append(number)
        }
    }

    private mutating func removeKey() {
        let topic = Int.random(in: 0..<2, using: &random)
        let key = Int.random(in: 0..<6, using: &random)
        _ = table.remove(TopicKey(key), from: topics[topic])
        newest[topic][key] = nil
        for peer in peers { peer.owed[topic]?[key] = nil }
    }

    private mutating func sendDirectly() {
        let peer = peers.randomElement(using: &random)!
        number += 1
        let payload = Array("#-1,0,\(number);".utf8)
        table.insertOrderMarkers(&peer.delivery)
        if peer.encoding == .eventStream {
            peer.delivery.outbox.bytes.appendEvent(payload.span)
        } else {
            peer.delivery.outbox.bytes.appendFrame(.text, payload.span)
        }
        peer.direct.append(number)
    }

    private mutating func skip() {
        let peer = peers.filter { !$0.isQuick }.randomElement(using: &random)!
        table.skip(peer.delivery.firstSubscription, keeping: 100)
    }
}

extension KeyedModel {
    private mutating func room() -> Int {
        [0, 1, 30, 200, 100_000].randomElement(using: &random)!
    }

    private mutating func flush(_ peer: KeyedPeer) {
        while !peer.delivery.isBlocked, !peer.delivery.outbox.isEmpty {
            var gathered = ByteBuffer()
            while gathered.count < 200, !peer.delivery.outbox.isEmpty {
                peer.delivery.outbox.moveLeading(into: &gathered)
                table.gather(&peer.delivery, into: &gathered, about: 200)
            }
            let taken = peer.take(gathered.span, room: room())
            guard taken < gathered.count else { continue }
            peer.delivery.outbox.prepend(gathered, from: taken)
            peer.delivery.isBlocked = true
        }
    }

    /// As `ServerCore.sendKeyed` does it.
    private mutating func send(_ first: TopicTable.Due, to peer: KeyedPeer) {
        var due = first
        while table.walks(due.variant, Int(due.subscriber)) {
            let end = table.variants[due.variant].log.end
            table.gatherPiece(due.variant, Int(due.subscriber), before: end, about: 150)
            let room = room()
            let taken = peer.take(table.piece.bytes.span, room: room)
            guard table.deliveredPiece(due, taken, &peer.delivery) else {
                peer.delivery.isBlocked = true
                return
            }
            guard let now = table.refreshed(due) else { return }
            due = now
        }
        let room = room()
        let taken = peer.take(table.bytes(due), room: room)
        if !table.delivered(due, taken, &peer.delivery) { peer.delivery.isBlocked = true }
    }

    private mutating func sweep() {
        var sweep = TopicTable.Sweep(budget: [1, 5, 1000].randomElement(using: &random)!)
        while true {
            #expect(table.nextDue(&sweep) == nil, "there are only keyed topics")
            guard sweep.isKeyed else { break }
            while let found = table.nextKeyedDue(&sweep) {
                var due = found
                sweep.spend(1)
                let peer = peers[Int(due.connection.rawValue)]
                if !peer.delivery.outbox.isEmpty {
                    flush(peer)
                    guard let now = table.refreshed(due) else { continue }
                    due = now
                }
                if peer.delivery.isBlocked { table.isBlocked(due) } else { send(due, to: peer) }
            }
        }
        for variant in table.skipping { table.removeEndedKeys(variant) }
        table.skipping = []
        guard table.isSettled else { return }
        // Quick readers have caught up, and get everything from now on.
        for peer in peers where peer.isQuick && !peer.delivery.isBlocked {
            for topic in peer.topics { peer.everything[topic, default: []] += [] }
        }
    }

    private mutating func writable(_ index: Int) {
        let peer = peers[index]
        guard peer.delivery.isBlocked else { return }
        peer.delivery.isBlocked = false
        flush(peer)
        var subscription = peer.delivery.firstSubscription
        while let due = table.nextDue(of: Slot(index), &peer.delivery, &subscription) {
            send(due, to: peer)
        }
    }

    mutating func drain() {
        for _ in 0..<10_000 {
            for index in peers.indices {
                writable(index)
                flush(peers[index])
            }
            sweep()
            let isDone = peers.allSatisfy { !$0.delivery.isBlocked && $0.delivery.outbox.isEmpty }
            if isDone, table.isSettled { return }
        }
        Issue.record("it does not come to an end")
    }
}

@Suite struct KeyedModelTests {
    @Test(arguments: UInt64(1)...80)
    func `A subscriber gets each key's newest, and nothing older after it`(seed: UInt64) {
        var model = KeyedModel(seed: seed)
        for number in 0..<1500 {
            model.step()
            model.table.checkVariants("seed \(seed), step \(number)")
            for (index, peer) in model.peers.enumerated() {
                #expect(peer.check(), "seed \(seed), step \(number), peer \(index)")
            }
        }
        model.drain()
        for (index, peer) in model.peers.enumerated() {
            #expect(peer.check() && peer.hasAll, "seed \(seed), peer \(index)")
        }
        for index in model.table.retained.indices {
            let count = model.table.retained[index].count
            let lastCount = model.table.retained[index].lastCount
            #expect(count - lastCount == model.newest[Int(index.rawValue)].count)
        }
    }
}
