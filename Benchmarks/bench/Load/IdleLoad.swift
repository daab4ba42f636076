// Open connections that send nothing.
import WebSocketServer

/// Idle connections, opened and kept open. Their cost is measured from outside.
struct IdleLoad: Load {
    init(_ plan: LoadPlan) {}

    mutating func opened(_ member: Int, _ state: inout LoadState, _ io: inout ServerContext) {
        state.sendJoins(from: member, &io)
        state.change(member, to: .ready)
    }

    mutating func begin(_ state: inout LoadState, _ io: inout ServerContext) {}

    mutating func received(
        _ message: borrowing Message, by member: Int, _ state: inout LoadState,
        _ io: inout ServerContext
    ) {
        state.tally.received += 1
        state.receivedOther(by: member)
    }

    func awaited(_ state: borrowing LoadState) -> Int { 0 }

    mutating func finish(_ state: inout LoadState) {}
}
