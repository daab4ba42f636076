// What one says, everybody in the room gets: raw broadcasts, or the chat.
import WebSocketServer

/// Rooms in which some talk and all read. The unit that is counted is a delivery: one message at
/// one member.
///
/// In a closed loop a message is done when every member of its room that this generator holds has
/// received it; then its speaker sends the next.
struct RoomLoad: Load {
    private var schedule: Schedule?
    private var chat: ChatSession?
    /// How many members of the room have got a speaker's message, by speaker and place among
    /// `depth`.
    private var readers: [UInt32] = []
    private let ownMembers: [Int]
    private let members: [Int]
    private let speakerCount: Int
    /// Those that never read and were cut off for it.
    private var droppedCount = 0
    private static let missingLimit = 50_000_000

    init(_ plan: LoadPlan) {
        ownMembers = (0..<plan.rooms).map { plan.ownMembers(of: $0) }
        members = (0..<plan.rooms).map { plan.members(of: $0) }
        // Speakers have the lowest numbers, so this generator's stand at the front.
        speakerCount = min(
            plan.connectionCount, max(0, plan.rooms * plan.speakersPerRoom - plan.firstConnection))
        if plan.rate == nil { readers = [UInt32](repeating: 0, count: speakerCount * plan.depth) }
        if plan.wire == .chat { chat = ChatSession(plan) }
    }

    // MARK: Opening

    mutating func opened(_ member: Int, _ world: inout World, _ io: inout ServerContext) {
        if chat != nil {
            chat?.opened(member, &world, &io)
        } else {
            world.sendJoins(from: member, &io)
            entered(member, &world, &io)
        }
    }

    private func entered(_ member: Int, _ world: inout World, _ io: inout ServerContext) {
        world.change(member, to: .ready)
        if world.isNeverReading(member) { io.pauseReading(world.members[member].id) }
    }

    // MARK: Sending

    mutating func begin(_ world: inout World, _ io: inout ServerContext) {
        if let rate = world.plan.rate, let timing = world.timing {
            // Only generators that have speakers take part; they have the lowest numbers.
            let total = world.plan.rooms * world.plan.speakersPerRoom
            let parts = world.plan.divided(among: world.plan.workerCount)
            let talking = parts.prefix { $0.firstConnection < total && $0.connectionCount > 0 }
            guard world.plan.worker < talking.count else { return }
            schedule = Schedule(
                start: timing.begin, rate: rate, offset: world.plan.worker,
                stride: talking.count)
            return
        }
        for speaker in 0..<speakerCount {
            for _ in 0..<world.plan.depth { send(from: speaker, due: Clock.now, &world, &io) }
        }
    }

    private mutating func send(
        from speaker: Int, due: UInt64, _ world: inout World, _ io: inout ServerContext
    ) {
        guard world.members[speaker].state == .ready else { return }
        let stamp = world.send(from: speaker, due: due, &io)
        world.tally.expect(stamp, by: members[world.room(of: speaker)])
        chat?.sent()
    }

    mutating func tick(_ now: UInt64, _ world: inout World, _ io: inout ServerContext) {
        guard world.isSending, let timing = world.timing, speakerCount > 0 else { return }
        while let (number, due) = schedule?.take(by: now, before: timing.measureUntil) {
            guard world.tally.missing < Self.missingLimit else {
                world.tally.fail(FailureKind.overrun)
                continue
            }
            let speaker = (number / world.plan.workerCount) % speakerCount
            send(from: speaker, due: due, &world, &io)
            world.recordLateness(due: due, at: now)
        }
    }

    // MARK: Receiving

    mutating func received(
        _ message: borrowing Message, by member: Int, _ world: inout World,
        _ io: inout ServerContext
    ) {
        world.tally.received += 1
        guard let stamp = Stamp.find(in: message.bytes, run: world.plan.run) else {
            guard chat?.received(message.bytes, by: member, &world, &io) == .entered else { return }
            return entered(member, &world, &io)
        }
        let now = Clock.now
        let sender = Int(stamp.sender)
        guard sender < world.plan.totalConnections,
            world.plan.room(of: sender) == world.room(of: member)
        else { return world.tally.fail("messages in the wrong room") }
        world.tally.delivered(stamp)
        world.count(at: now, bytes: message.bytes.count)
        world.record(due: stamp.due &+ world.plan.epoch, at: now)
        guard schedule == nil, let speaker = world.member(numbered: sender),
            speaker < speakerCount
        else { return }
        let place = speaker * world.plan.depth + Int(stamp.sequence) % world.plan.depth
        readers[place] += 1
        guard readers[place] >= ownMembers[world.room(of: speaker)] else { return }
        readers[place] = 0
        if world.isSending { send(from: speaker, due: now, &world, &io) }
    }

    mutating func closed(
        _ member: Int, wasOpen: Bool, _ cause: CloseCause, _ world: inout World,
        _ io: inout ServerContext
    ) -> Bool {
        guard wasOpen, world.isNeverReading(member) else { return false }
        droppedCount += 1
        return true
    }

    /// What others send to this generator's members is awaited by them: the sum is right over all.
    func awaited(_ world: borrowing World) -> Int {
        world.tally.missing + (chat?.unacknowledged ?? 0)
    }

    mutating func finish(_ world: inout World) {
        if world.plan.neverReadCount > 0 {
            world.tally.extras["never read"] = Double(world.plan.neverReadCount)
            world.tally.extras["cut off for it"] = Double(droppedCount)
        }
        chat?.finish(&world)
    }
}
