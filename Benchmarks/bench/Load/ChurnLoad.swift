// Connections that open, send one message, and close.
import WebSocketServer

/// Connect, open, send one message, read its echo, close: again and again. The unit that is counted
/// is a whole cycle, up to the end of the closing handshake.
struct ChurnLoad: Load {
    private var schedule: Schedule?
    /// Connections that wait for their next cycle, in an open loop.
    private var idle: [Int] = []
    private var begun: [UInt64]
    private var answered: [Bool]
    private var underWay = 0
    /// Connections whose cycle failed, and when they try again: thousands of failures a second
    /// would help no one.
    private var failed: [Int] = []
    private var retryAt: UInt64 = 0
    /// Which connections have resumed a TLS session, and how many cycles did and did not.
    private var resumed: [Bool]
    private var resumedCount = 0
    private var fullCount = 0

    static var opensFirst: Bool { false }

    init(_ plan: LoadPlan) {
        begun = [UInt64](repeating: 0, count: plan.connectionCount)
        answered = [Bool](repeating: false, count: plan.connectionCount)
        resumed = answered
    }

    mutating func begin(_ state: inout LoadState, _ io: inout ServerContext) {
        if let rate = state.plan.rate, let timing = state.timing {
            schedule = Schedule(
                start: timing.begin, rate: rate, offset: state.plan.worker,
                stride: state.plan.workerCount)
            idle = Array(state.members.indices.reversed())
            return
        }
        for member in state.members.indices { begin(member, due: Clock.now, &state, &io) }
    }

    private mutating func begin(
        _ member: Int, due: UInt64, _ state: inout LoadState, _ io: inout ServerContext
    ) {
        begun[member] = due
        answered[member] = false
        underWay += 1
        state.connect(member, &io)
    }

    mutating func tick(_ now: UInt64, _ state: inout LoadState, _ io: inout ServerContext) {
        guard state.isSending, let timing = state.timing else { return }
        if !failed.isEmpty, now >= retryAt {
            retryAt = now + 100_000_000
            for member in failed { begin(member, due: now, &state, &io) }
            failed = []
        }
        // A cycle that is due while no connection is free waits, and this wait is part of its
        // latency.
        while schedule != nil, let member = idle.last,
            let (_, due) = schedule?.take(by: now, before: timing.measureUntil)
        {
            idle.removeLast()
            begin(member, due: due, &state, &io)
            state.recordLateness(due: due, at: now)
        }
    }

    mutating func opened(_ member: Int, _ state: inout LoadState, _ io: inout ServerContext) {
        state.change(member, to: .ready)
        resumed[member] = io.hasResumedSession(state.members[member].id)
        let stamp = state.send(from: member, due: begun[member], &io)
        state.tally.expect(stamp, by: 1)
    }

    mutating func received(
        _ message: borrowing Message, by member: Int, _ state: inout LoadState,
        _ io: inout ServerContext
    ) {
        state.tally.received += 1
        guard let stamp = state.recognise(message, by: member) else {
            return state.receivedOther(by: member)
        }
        guard Int(stamp.sender) == state.number(of: member), !answered[member] else {
            return state.tally.fail(FailureKind.wrongReply)
        }
        answered[member] = true
        state.tally.delivered(stamp)
        io.close(state.members[member].id)
    }

    mutating func closed(
        _ member: Int, wasOpen: Bool, _ cause: CloseCause, _ state: inout LoadState,
        _ io: inout ServerContext
    ) -> Bool {
        underWay -= 1
        let isWhole = wasOpen && answered[member] && cause == .serverClosed(.normal)
        let now = Clock.now
        if isWhole {
            let countBefore = state.tally.counted
            state.count(at: now, bytes: state.plan.size)
            let count = state.tally.counted - countBefore
            if resumed[member] { resumedCount += count } else { fullCount += count }
            state.record(due: begun[member], at: now)
        }
        guard state.isSending else { return isWhole }
        if schedule != nil {
            idle.append(member)
        } else if isWhole {
            begin(member, due: now, &state, &io)
        } else {
            failed.append(member)
        }
        return isWhole
    }

    func awaited(_ state: borrowing LoadState) -> Int { underWay }

    /// A second's handshakes of each kind, if there was TLS.
    mutating func finish(_ state: inout LoadState) {
        guard state.isEncrypted, let seconds = state.timing?.measuredSeconds, seconds > 0 else {
            return
        }
        state.tally.extras["TLS handshakes a second, full"] = Double(fullCount) / seconds
        state.tally.extras["TLS handshakes a second, resumed"] = Double(resumedCount) / seconds
        if state.plan.resumesSessions, resumedCount == 0, fullCount > 0 {
            state.tally.fail(FailureKind.notResumed, fullCount)
        }
    }
}
