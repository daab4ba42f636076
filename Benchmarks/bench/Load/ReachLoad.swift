// Whether a broadcast reaches every connection, when it is unknown which server process has it.
import WebSocketServer

/// Connections to several server processes behind one port. The kernel spreads them. One connection
/// speaks; a connection that has received nothing a while later must be at another process and
/// speaks as well, until all have been reached. The unit that is counted is a connection that was
/// reached.
struct ReachLoad: Load {
    private var isReached: [Bool]
    /// The message that came last, by connection: two in a row are one too many.
    private var latest: [UInt64]
    private var reachedCount = 0
    private var firstUnreached = 0
    private var quietSince: UInt64 = 0
    private var broadcasts = 0
    private static let quietTime: UInt64 = 1_500_000_000

    init(_ plan: LoadPlan) {
        isReached = [Bool](repeating: false, count: plan.connectionCount)
        latest = [UInt64](repeating: 0, count: plan.connectionCount)
    }

    mutating func opened(_ member: Int, _ state: inout LoadState, _ io: inout ServerContext) {
        state.sendJoins(from: member, &io)
        state.change(member, to: .ready)
    }

    mutating func begin(_ state: inout LoadState, _ io: inout ServerContext) {
        quietSince = Clock.now
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
        quietSince = now
        if latest[member] == stamp.fingerprint { state.tally.fail(FailureKind.surplus) }
        latest[member] = stamp.fingerprint
        guard !isReached[member] else { return }
        isReached[member] = true
        reachedCount += 1
        state.count(at: now, bytes: message.bytes.count)
        state.record(due: stamp.due &+ state.plan.epoch, at: now)
    }

    mutating func tick(_ now: UInt64, _ state: inout LoadState, _ io: inout ServerContext) {
        guard state.isSending, reachedCount < isReached.count, now > quietSince,
            now - quietSince >= Self.quietTime
        else { return }
        quietSince = now
        while firstUnreached < isReached.count,
            isReached[firstUnreached] || state.members[firstUnreached].state != .ready
        { firstUnreached += 1 }
        guard firstUnreached < isReached.count else { return }
        _ = state.send(from: firstUnreached, due: now, &io)
        broadcasts += 1
    }

    func awaited(_ state: borrowing LoadState) -> Int { isReached.count - reachedCount }

    mutating func finish(_ state: inout LoadState) {
        state.tally.extras["broadcasts"] = Double(broadcasts)
        state.tally.extras["reached"] = Double(reachedCount)
        state.tally.fail("connections not reached", isReached.count - reachedCount)
    }
}
