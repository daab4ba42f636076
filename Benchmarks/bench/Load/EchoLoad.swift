// Every message comes back to its sender.
import WebSocketServer

/// Echo: each reply must equal the next unanswered message of its connection.
struct EchoLoad: Load {
    private var schedule: Schedule?
    /// The sequence number of the next expected reply, by connection.
    private var expected: [UInt32]
    private var unanswered = 0
    private var nextSpeaker = 0
    /// With more unanswered messages than this, an open loop is too fast for the server, and memory
    /// would grow without end.
    static let unansweredLimit = 1_000_000

    init(_ plan: LoadPlan) {
        expected = [UInt32](repeating: 0, count: plan.connectionCount)
    }

    mutating func opened(_ member: Int, _ state: inout LoadState, _ io: inout ServerContext) {
        state.sendJoins(from: member, &io)
        state.change(member, to: .ready)
    }

    mutating func begin(_ state: inout LoadState, _ io: inout ServerContext) {
        if let rate = state.plan.rate, let timing = state.timing {
            schedule = Schedule(
                start: timing.begin, rate: rate, offset: state.plan.worker,
                stride: state.plan.workerCount)
            return
        }
        for member in state.members.indices where state.members[member].state == .ready {
            for _ in 0..<state.plan.depth { send(from: member, due: Clock.now, &state, &io) }
        }
    }

    private mutating func send(
        from member: Int, due: UInt64, _ state: inout LoadState, _ io: inout ServerContext
    ) {
        let stamp = state.send(from: member, due: due, &io)
        state.tally.expect(stamp, by: 1)
        unanswered += 1
    }

    mutating func tick(_ now: UInt64, _ state: inout LoadState, _ io: inout ServerContext) {
        guard state.isSending, let timing = state.timing, state.readyCount > 0 else { return }
        while let (_, due) = schedule?.take(by: now, before: timing.measureUntil) {
            guard unanswered < Self.unansweredLimit else {
                state.tally.fail(FailureKind.overrun)
                continue
            }
            repeat {
                nextSpeaker = (nextSpeaker + 1) % state.members.count
            } while state
                .members[nextSpeaker].state != .ready
            send(from: nextSpeaker, due: due, &state, &io)
            state.recordLateness(due: due, at: now)
        }
    }

    mutating func received(
        _ message: borrowing Message, by member: Int, _ state: inout LoadState,
        _ io: inout ServerContext
    ) {
        state.tally.received += 1
        guard let stamp = state.recognise(message, by: member) else {
            return state.receivedOther(by: member)
        }
        let now = Clock.now
        guard Int(stamp.sender) == state.number(of: member) else {
            return state.tally.fail(FailureKind.wrongReply)
        }
        if stamp.sequence != expected[member] {
            state.tally.fail(FailureKind.wrongReply)
            // A message that came before is a duplicate; else some are lost, or come later.
            guard isAhead(stamp.sequence, member) else { return }
        }
        expected[member] = (stamp.sequence + 1) & Stamp.sequenceMask
        unanswered -= 1
        state.tally.delivered(stamp)
        state.count(at: now, bytes: message.bytes.count)
        state.record(due: stamp.due &+ state.plan.epoch, at: now)
        if schedule == nil, state.isSending { send(from: member, due: now, &state, &io) }
    }

    private func isAhead(_ sequence: UInt32, _ member: Int) -> Bool {
        (sequence &- expected[member]) & Stamp.sequenceMask < Stamp.sequenceMask / 2
    }

    func awaited(_ state: borrowing LoadState) -> Int { unanswered }

    mutating func finish(_ state: inout LoadState) {}
}
