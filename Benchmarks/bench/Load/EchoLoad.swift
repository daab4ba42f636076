// Every message comes back to the one who sent it.
import WebSocketServer

/// Echo: each reply must be the next message of the connection that it comes on.
struct EchoLoad: Load {
    private var schedule: Schedule?
    /// The sequence number of the reply that is due next, by member.
    private var expected: [UInt32]
    private var unanswered = 0
    private var nextSpeaker = 0
    /// Beyond this an open loop has run away from the server, and memory with it.
    static let unansweredLimit = 1_000_000

    init(_ plan: LoadPlan) {
        expected = [UInt32](repeating: 0, count: plan.connectionCount)
    }

    mutating func opened(_ member: Int, _ world: inout World, _ io: inout ServerContext) {
        world.sendJoins(from: member, &io)
        world.change(member, to: .ready)
    }

    mutating func begin(_ world: inout World, _ io: inout ServerContext) {
        if let rate = world.plan.rate, let timing = world.timing {
            schedule = Schedule(
                start: timing.begin, rate: rate, offset: world.plan.worker,
                stride: world.plan.workerCount)
            return
        }
        for member in world.members.indices where world.members[member].state == .ready {
            for _ in 0..<world.plan.depth { send(from: member, due: Clock.now, &world, &io) }
        }
    }

    private mutating func send(
        from member: Int, due: UInt64, _ world: inout World, _ io: inout ServerContext
    ) {
        let stamp = world.send(from: member, due: due, &io)
        world.tally.expect(stamp, by: 1)
        unanswered += 1
    }

    mutating func tick(_ now: UInt64, _ world: inout World, _ io: inout ServerContext) {
        guard world.isSending, let timing = world.timing, world.readyCount > 0 else { return }
        while let (_, due) = schedule?.take(by: now, before: timing.measureUntil) {
            guard unanswered < Self.unansweredLimit else {
                world.tally.fail(FailureKind.overrun)
                continue
            }
            repeat {
                nextSpeaker = (nextSpeaker + 1) % world.members.count
            } while world
                .members[nextSpeaker].state != .ready
            send(from: nextSpeaker, due: due, &world, &io)
            world.recordLateness(due: due, at: now)
        }
    }

    mutating func received(
        _ message: borrowing Message, by member: Int, _ world: inout World,
        _ io: inout ServerContext
    ) {
        world.tally.received += 1
        // A greeting, or the answer to a join.
        guard let stamp = Stamp.find(in: message.bytes, run: world.plan.run) else { return }
        let now = Clock.now
        guard Int(stamp.sender) == world.number(of: member), stamp.sequence == expected[member]
        else { return world.tally.fail(FailureKind.wrongReply) }
        expected[member] = (expected[member] + 1) & Stamp.sequenceMask
        unanswered -= 1
        world.tally.delivered(stamp)
        world.count(at: now, bytes: message.bytes.count)
        world.record(due: stamp.due &+ world.plan.epoch, at: now)
        if schedule == nil, world.isSending { send(from: member, due: now, &world, &io) }
    }

    func awaited(_ world: borrowing World) -> Int { unanswered }

    mutating func finish(_ world: inout World) {}
}
