// Each message goes to the whole room: raw broadcasts, or the chat.
import WebSocketServer

/// Rooms in which some talk and all read. The unit that is counted is a delivery: one message at
/// one member.
///
/// In a closed loop a message is done when every member of its room in this generator has received
/// it; then its speaker sends the next.
struct RoomLoad: Load {
    private var schedule: Schedule?
    private var chat: ChatSession?
    /// What the chat sent for each message.
    private var frames = SharedFrames()
    /// How many members of the room have got a speaker's message, by speaker and place among
    /// `depth`.
    private var readers: [UInt32] = []
    private var order: OrderCheck?
    private let ownMembers: [Int]
    private let members: [Int]
    private let speakerCount: Int
    /// Connections that never read and were cut off for it.
    private var droppedCount = 0
    private static let missingLimit = 50_000_000

    init(_ plan: LoadPlan) {
        ownMembers = (0..<plan.rooms).map { plan.ownMembers(of: $0) }
        members = (0..<plan.rooms).map { plan.members(of: $0) }
        // Speakers have the lowest numbers, so this generator's speakers come first.
        speakerCount = min(
            plan.connectionCount, max(0, plan.rooms * plan.speakersPerRoom - plan.firstConnection))
        if plan.rate == nil { readers = [UInt32](repeating: 0, count: speakerCount * plan.depth) }
        if plan.wire == .chat { chat = ChatSession(plan) }
        if plan.watchesOrder { order = OrderCheck(plan) }
    }

    // MARK: Opening

    mutating func opened(_ member: Int, _ state: inout LoadState, _ io: inout ServerContext) {
        if chat != nil {
            chat?.opened(member, &state, &io)
        } else {
            state.sendJoins(from: member, &io)
            entered(member, &state, &io)
        }
    }

    private func entered(_ member: Int, _ state: inout LoadState, _ io: inout ServerContext) {
        state.change(member, to: .ready)
        if state.isNeverReading(member) { io.pauseReading(state.members[member].id) }
    }

    // MARK: Sending

    mutating func begin(_ state: inout LoadState, _ io: inout ServerContext) {
        if let rate = state.plan.rate, let timing = state.timing {
            // Only generators that have speakers take part; they have the lowest numbers.
            let total = state.plan.rooms * state.plan.speakersPerRoom
            let parts = state.plan.divided(among: state.plan.workerCount)
            let talking = parts.prefix { $0.firstConnection < total && $0.connectionCount > 0 }
            guard state.plan.worker < talking.count else { return }
            schedule = Schedule(
                start: timing.begin, rate: rate, offset: state.plan.worker,
                stride: talking.count)
            return
        }
        for speaker in 0..<speakerCount {
            for _ in 0..<state.plan.depth { send(from: speaker, due: Clock.now, &state, &io) }
        }
    }

    private mutating func send(
        from speaker: Int, due: UInt64, _ state: inout LoadState, _ io: inout ServerContext
    ) {
        guard state.members[speaker].state == .ready else { return }
        let stamp = state.send(from: speaker, due: due, &io)
        state.tally.expect(stamp, by: members[state.room(of: speaker)])
        chat?.sent()
    }

    mutating func tick(_ now: UInt64, _ state: inout LoadState, _ io: inout ServerContext) {
        guard state.isSending, let timing = state.timing, speakerCount > 0 else { return }
        while let (number, due) = schedule?.take(by: now, before: timing.measureUntil) {
            guard state.tally.missing < Self.missingLimit else {
                state.tally.fail(FailureKind.overrun)
                continue
            }
            let speaker = (number / state.plan.workerCount) % speakerCount
            send(from: speaker, due: due, &state, &io)
            state.recordLateness(due: due, at: now)
        }
    }

    // MARK: Receiving

    mutating func received(
        _ message: borrowing Message, by member: Int, _ state: inout LoadState,
        _ io: inout ServerContext
    ) {
        state.tally.received += 1
        guard let stamp = state.recognise(message, by: member) else {
            return receivedOther(message.bytes, by: member, &state, &io)
        }
        if chat != nil, !frames.agree(message.bytes, stamp) {
            state.tally.fail(FailureKind.damaged)
        }
        let now = Clock.now
        let sender = Int(stamp.sender)
        guard sender < state.plan.totalConnections,
            state.plan.room(of: sender) == state.room(of: member)
        else { return state.tally.fail("messages in the wrong room") }
        switch order?.take(stamp, by: member) {
        case .again?: return state.tally.fail(FailureKind.surplus)
        case .late?: state.tally.fail(FailureKind.reordered)
        case .inOrder?, nil: break
        }
        state.tally.delivered(stamp)
        state.count(at: now, bytes: message.bytes.count)
        state.record(due: stamp.due &+ state.plan.epoch, at: now)
        guard schedule == nil, let speaker = state.member(numbered: sender),
            speaker < speakerCount
        else { return }
        let place = speaker * state.plan.depth + Int(stamp.sequence) % state.plan.depth
        readers[place] += 1
        guard readers[place] >= ownMembers[state.room(of: speaker)] else { return }
        readers[place] = 0
        if state.isSending { send(from: speaker, due: now, &state, &io) }
    }

    private mutating func receivedOther(
        _ bytes: Span<UInt8>, by member: Int, _ state: inout LoadState, _ io: inout ServerContext
    ) {
        guard chat != nil else { return state.receivedOther(by: member) }
        if chat?.received(bytes, by: member, &state, &io) == .entered {
            entered(member, &state, &io)
        }
    }

    mutating func closed(
        _ member: Int, wasOpen: Bool, _ cause: CloseCause, _ state: inout LoadState,
        _ io: inout ServerContext
    ) -> Bool {
        guard wasOpen, state.isNeverReading(member) else { return false }
        droppedCount += 1
        return true
    }

    /// Messages that other generators send to this generator's connections are awaited by the
    /// senders: only the sum over all generators is right.
    func awaited(_ state: borrowing LoadState) -> Int {
        state.tally.missing + (chat?.unacknowledged ?? 0)
    }

    mutating func finish(_ state: inout LoadState) {
        if state.plan.neverReadCount > 0 {
            state.tally.extras["never read"] = Double(state.plan.neverReadCount)
            state.tally.extras["cut off for it"] = Double(droppedCount)
        }
        chat?.finish(&state)
    }
}
