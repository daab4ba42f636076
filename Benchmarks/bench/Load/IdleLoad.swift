// Connections that are there and say nothing.
import WebSocketServer

/// Idle connections, opened and held. What they cost is measured from outside.
struct IdleLoad: Load {
    init(_ plan: LoadPlan) {}

    mutating func opened(_ member: Int, _ world: inout World, _ io: inout ServerContext) {
        world.sendJoins(from: member, &io)
        world.change(member, to: .ready)
    }

    mutating func begin(_ world: inout World, _ io: inout ServerContext) {}

    mutating func received(
        _ message: borrowing Message, by member: Int, _ world: inout World,
        _ io: inout ServerContext
    ) { world.tally.received += 1 }

    func awaited(_ world: borrowing World) -> Int { 0 }

    mutating func finish(_ world: inout World) {}
}
