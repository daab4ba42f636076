// What is counted of the rooms that several servers share.
import ChatEngine
import WebSocketServer

/// Counts since the start of the process.
struct EngineFigures {
    /// Messages of this node that have got their places, and how long these took together.
    private(set) var placedCount: UInt64 = 0
    private(set) var placedNanoseconds: UInt64 = 0
    /// The newest of these times.
    private(set) var lastNanoseconds: UInt64 = 0
    /// Messages of which their authors had to hear that they take long, and those given up.
    var delayedCount: UInt64 = 0
    var refusedCount: UInt64 = 0
    /// How often a room's log became another, and everybody in it began anew.
    var resetCount: UInt64 = 0
    /// How often the connection was lost.
    var lossCount: UInt64 = 0
    /// Why there is no connection, or what Redis refuses; nil if all is well.
    var problem: String?

    /// A message has got its place.
    mutating func placed(after nanoseconds: UInt64) {
        placedCount += 1
        placedNanoseconds += nanoseconds
        lastNanoseconds = nanoseconds
    }
}

extension EngineLink {
    var status: EngineStatus {
        EngineStatus(
            address: address, state: node.state, roomCount: followed.count,
            waitingCount: waiting.count, figures: figures)
    }
}

/// The link as a person sees it: `roost status`.
struct EngineStatus {
    let address: String
    let state: EngineState
    let roomCount: Int
    let waitingCount: Int
    let figures: EngineFigures

    /// The figures, for programs.
    var json: JSONText {
        var object = JSONText()
        object.add("url", address)
        object.add("state", "\(state)")
        if let problem = figures.problem { object.add("problem", problem) }
        object.add("rooms", roomCount)
        object.add("waiting_messages", waitingCount)
        object.add("placed_messages", figures.placedCount)
        object.add("last_place_seconds", figures.lastNanoseconds.inSeconds)
        object.add("delayed_messages", figures.delayedCount)
        object.add("refused_messages", figures.refusedCount)
        object.add("reset_rooms", figures.resetCount)
        object.add("lost_connections", figures.lossCount)
        return object
    }

    /// The same in a line, for people.
    var line: String {
        let took = Duration.nanoseconds(Int64(clamping: figures.lastNanoseconds))
        return "\(state), \(address), \(Figures.count(waitingCount)) waiting, last message in "
            + Figures.milliseconds(took)
    }

    /// The metrics.
    func write(to text: inout MetricsText) {
        text.write(
            .gauge, "engine_state", "1 for how Redis is doing, and 0 for the rest.", by: "state",
            [EngineState.up, .slow, .down, .away].map { ("\($0)", $0 == state ? 1 : 0) })
        text.write(.gauge, "engine_rooms", "Rooms that are followed in Redis.", roomCount)
        text.write(
            .gauge, "engine_waiting_messages", "Messages without a place in Redis yet.",
            waitingCount)
        text.write(
            .counter, "engine_messages_total", "Messages given to Redis.", by: "result",
            [
                ("placed", figures.placedCount), ("delayed", figures.delayedCount),
                ("refused", figures.refusedCount),
            ])
        text.write(
            .counter, "engine_place_seconds_total", "How long messages took to get their places.",
            figures.placedNanoseconds.inSeconds)
        text.write(
            .counter, "engine_resets_total", "Rooms that began anew with another history.",
            figures.resetCount)
        text.write(
            .counter, "engine_losses_total", "Connections to Redis that were lost.",
            figures.lossCount)
    }
}
