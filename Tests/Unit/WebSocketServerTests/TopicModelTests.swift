// Topics against an oracle: whatever sockets take, and in whatever pieces, each connection gets
// every byte once, in the order of publishing and sending; event streams among them.
import Storage
import TestSupport
import Testing
import WebSocketCore

@testable import WebSocketServer

/// A connection as topics see it, its socket, and what must come out of that.
private final class Peer {
    let encoding: Encoding
    var delivery = Delivery()
    var received: [UInt8] = []
    var topics: Set<Topic> = []
    /// What is to come: broadcasts, in the order of each topic and in any order between two; then a
    /// direct message, or nil at the end.
    var expected: [(broadcasts: [Topic: [[UInt8]]], direct: [UInt8]?)] = [([:], nil)]

    init(_ encoding: Encoding) { self.encoding = encoding }

    /// The socket takes at most `room` bytes of these.
    func take(_ bytes: Span<UInt8>, room: Int) -> Int {
        let count = min(room, bytes.count)
        for index in 0..<count { received.append(bytes[index]) }
        return count
    }

    func expect(_ frame: [UInt8], of topic: Topic) {
        expected[expected.count - 1].broadcasts[topic, default: []].append(frame)
    }

    func expectDirect(_ frame: [UInt8]) {
        expected[expected.count - 1].direct = frame
        expected.append(([:], nil))
    }

    var isSatisfied: Bool {
        received.isEmpty && expected.count == 1 && expected[0].broadcasts.isEmpty
    }

    /// Looks at the whole frames that have come; false if one of them should not have come now.
    func check() -> Bool {
        while let byteCount = encoding == .eventStream
            ? EventStream.chunkByteCount(received.span) : FrameHeader.frameByteCount(received.span),
            byteCount <= received.count
        {
            let frame = Array(received[..<byteCount])
            received.removeFirst(byteCount)
            guard accept(frame) else { return false }
        }
        return true
    }

    private func accept(_ frame: [UInt8]) -> Bool {
        let next = expected[0].broadcasts.first { $0.value.first == frame }?.key
        if let next {
            expected[0].broadcasts[next]?.removeFirst()
            if expected[0].broadcasts[next] == [] { expected[0].broadcasts[next] = nil }
            return true
        }
        guard expected[0].broadcasts.isEmpty, expected[0].direct == frame else { return false }
        expected.removeFirst()
        return true
    }
}

private struct TopicModel: ~Copyable {
    var table = TopicTable()
    var deflaters = DeflaterPool()
    var spare = ByteBuffer()
    var random: Seeded
    let peers = (0..<12).map { Peer($0 % 3 == 0 ? .eventStream : .plain) }
    var topics: [Topic] = []
    var messageCount: UInt32 = 0

    init(seed: UInt64) { random = Seeded(seed) }

    private static func slot(_ index: Int) -> Slot { Slot(index) }

    mutating func step() {
        switch Int.random(in: 0..<20, using: &random) {
        case 0 where topics.count < 5:
            topics.append(table.make(policy: .disconnect, logByteLimit: .max / 4))
        case 1...4: join()
        case 5, 6: leave()
        case 7: leaveEverything()
        case 8...12: publish()
        case 13, 14: sendDirectly()
        case 15...17: sweep()
        default: becomeWritable()
        }
    }

    private mutating func join() {
        guard let topic = topics.randomElement(using: &random) else { return }
        let index = peers.indices.randomElement(using: &random)!
        guard peers[index].topics.insert(topic).inserted else { return }
        table.join(
            topic, peers[index].encoding, connection: Self.slot(index), &peers[index].delivery)
    }

    private mutating func leave() {
        let peer = peers.randomElement(using: &random)!
        guard let topic = peer.topics.randomElement(using: &random) else { return }
        peer.topics.remove(topic)
        let first = peer.delivery.firstSubscription
        guard let subscription = table.subscription(to: topic, from: first) else {
            Issue.record("the table has lost a subscription")
            return
        }
        _ = table.leave(subscription, delivering: true, &peer.delivery, &spare)
    }

    private mutating func leaveEverything() {
        let peer = peers.randomElement(using: &random)!
        peer.topics = []
        _ = table.leaveAll(delivering: true, byteLimit: .max, &peer.delivery, &spare)
    }

    private mutating func message() -> (payload: [UInt8], frames: [Encoding: [UInt8]]) {
        messageCount += 1
        let count = [3, 40, 125, 126, 700].randomElement(using: &random)!
        // Each message differs from all others.
        var payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        for place in 0..<3 {
            payload[place] = UInt8(truncatingIfNeeded: messageCount >> (8 * place))
        }
        var frame = ByteBuffer()
        frame.appendFrame(.binary, payload.span)
        var event = ByteBuffer()
        event.appendEvent(payload.span, id: eventID.span)
        return (
            payload,
            [
                .plain: [UInt8](copying: frame.span), .eventStream: [UInt8](copying: event.span),
            ]
        )
    }

    /// Without it two payloads that differ in their line ends would be the same event.
    private var eventID: [UInt8] { Array("\(messageCount)-e".utf8) }

    private mutating func publish() {
        guard let topic = topics.randomElement(using: &random) else { return }
        let (payload, frames) = message()
        // Some of what is published is not for event streams.
        let isStreamed = Int.random(in: 0..<3, using: &random) > 0
        _ = table.publish(
            payload.span, as: .binary, to: topic, skipping: .none, isStreamed: isStreamed,
            eventID: eventID.span, &deflaters)
        for peer in peers where peer.topics.contains(topic) {
            guard isStreamed || peer.encoding != .eventStream else { continue }
            peer.expect(frames[peer.encoding]!, of: topic)
        }
    }

    private mutating func sendDirectly() {
        let peer = peers.randomElement(using: &random)!
        let (payload, frames) = message()
        table.insertOrderMarkers(&peer.delivery)
        if peer.encoding == .eventStream {
            peer.delivery.outbox.bytes.appendEvent(payload.span, id: eventID.span)
        } else {
            peer.delivery.outbox.bytes.appendFrame(.binary, payload.span)
        }
        peer.expectDirect(frames[peer.encoding]!)
    }

    private mutating func room() -> Int {
        [0, 1, 2, 50, 500, 100_000].randomElement(using: &random)!
    }

    /// As `ServerCore.sendOutbox` does it: gathered in order, what is not taken goes back in front.
    private mutating func flush(_ peer: Peer) {
        while !peer.delivery.isBlocked, !peer.delivery.outbox.isEmpty {
            var gathered = ByteBuffer()
            while gathered.count < 1000, !peer.delivery.outbox.isEmpty {
                peer.delivery.outbox.moveLeading(into: &gathered)
                table.gather(&peer.delivery, into: &gathered, about: 1000)
            }
            let taken = peer.take(gathered.span, room: room())
            guard taken < gathered.count else { continue }
            peer.delivery.outbox.prepend(gathered, from: taken)
            peer.delivery.isBlocked = true
        }
    }

    private mutating func send(_ due: TopicTable.Due, to peer: Peer) {
        let room = room()
        let taken = peer.take(table.bytes(due), room: room)
        if !table.delivered(due, taken, &peer.delivery) { peer.delivery.isBlocked = true }
    }

    private mutating func sweep() {
        var sweep = TopicTable.Sweep(budget: [1, 5, 1000].randomElement(using: &random)!)
        while let found = table.nextDue(&sweep) {
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

    private mutating func becomeWritable() {
        let index = peers.indices.randomElement(using: &random)!
        writable(index)
    }

    private mutating func writable(_ index: Int) {
        let peer = peers[index]
        guard peer.delivery.isBlocked else { return }
        peer.delivery.isBlocked = false
        flush(peer)
        var subscription = peer.delivery.firstSubscription
        while let due = table.nextDue(of: Self.slot(index), &peer.delivery, &subscription) {
            send(due, to: peer)
        }
    }

    /// Until nothing is left to be sent.
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

@Suite struct TopicModelTests {
    @Test(arguments: UInt64(1)...60)
    func `Each connection gets every byte once and in order`(seed: UInt64) {
        var model = TopicModel(seed: seed)
        for number in 0..<1500 {
            model.step()
            model.table.checkVariants("seed \(seed), step \(number)")
            for (index, peer) in model.peers.enumerated() {
                #expect(peer.check(), "seed \(seed), step \(number), peer \(index)")
            }
        }
        model.drain()
        for peer in model.peers { #expect(peer.check() && peer.isSatisfied, "seed \(seed)") }
    }

    /// What was published is kept until the last subscriber has it, and no longer.
    @Test func `A log is given back when all have it`() {
        var model = TopicModel(seed: 7)
        for _ in 0..<1500 { model.step() }
        model.drain()
        for variant in model.table.variants.indices {
            #expect(model.table.variants[variant].log.frames.count == 0)
        }
    }
}
