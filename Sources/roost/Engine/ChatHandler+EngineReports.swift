// What the journal hears of the rooms that several servers share, and what becomes of the people
// here when they are cut off for long.
import ChatEngine
import ChatRooms
import LinuxReactor
import RedisClient
import WebSocketServer

/// The people of a server that is cut off for long are sent to the others, a part of them at a
/// time.
struct Farewell {
    /// All have been sent away after this time.
    static var length: Duration { .seconds(30) }
    static let reason = "This server has lost its connection to the others: connect again."

    let since: Instant
    let connectionCount: Int
    var endedCount = 0
    /// Where the next one is looked for.
    var slot: UInt32 = 0
}

extension ChatHandler {
    /// How the rooms in Redis are doing; nil for a server that is alone.
    var engineStatus: EngineStatus? {
        switch engine {
        case .some(let engine): engine.status
        case nil: nil
        }
    }

    /// Whether programs in front should send people elsewhere.
    var isCutOff: Bool {
        switch engine {
        case .some(let engine): engine.isDown
        case nil: false
        }
    }

    // MARK: The journal

    /// The connection is lost, or was not made.
    mutating func lost(_ failure: RedisFailure, _ io: borrowing ServerContext) {
        guard let address = engine?.address else { return }
        let isFirst = engine?.figures.problem == nil
        if engine?.figures.problem != "\(failure)" { engine?.figures.problem = "\(failure)" }
        guard isFirst else { return }
        engine?.figures.lossCount += 1
        service.events.log(
            .engineDown,
            """
            No connection to \(address): \(failure) Everybody stays connected, and messages wait \
            for up to 5 s; then they are refused. It is tried again all the time.
            """, ["reason": .string(failure.name)])
    }

    mutating func changed(_ state: EngineState, _ io: borrowing ServerContext) {
        switch state {
        case .up:
            farewell = nil
            guard engineState != .slow else { break }
            engine?.figures.problem = nil
            service.events.log(
                .engineUp, "The rooms of \(engine?.address ?? "Redis") are shared with this server."
            )
        case .away:
            farewell = Farewell(since: io.now, connectionCount: io.connectionCount)
            service.events.log(
                .engineAway,
                """
                No connection to \(engine?.address ?? "Redis") for a minute: \
                \(io.connectionCount) connections are closed with 1012 within 30 s, so that they \
                come to another server. \(engine?.figures.problem ?? "")
                """)
        case .slow, .down: break
        }
        engineState = state
    }

    /// Redis has refused a message: said once, until it takes one again.
    mutating func refused(_ refusal: EngineRefusal) {
        let sentence = "\(refusal)"
        guard case .tooManyPending = refusal else {
            if engineRefusal == sentence { return }
            engineRefusal = sentence
            return service.events.log(.engineRefuses, sentence)
        }
    }

    // MARK: The people here

    /// Sends the next ones away.
    mutating func sendAway(_ io: inout ServerContext) {
        guard var farewell, let all = chat.connectionFilter(user: nil, room: nil) else { return }
        let passed = io.now.since(farewell.since)
        let share = min(1, Double(passed.wholeNanoseconds) / 30e9)
        let wanted = Int((Double(farewell.connectionCount) * share).rounded(.up))
        while farewell.endedCount < wanted || passed >= Farewell.length,
            farewell.slot < chat.connectionSlotCount
        {
            let key = chat.connection(inSlot: farewell.slot, matching: all)
            farewell.slot += 1
            guard let key, let id = io.connection(key) else { continue }
            farewell.endedCount += 1
            close(id, .serviceRestart, Farewell.reason, &io)
        }
        self.farewell = farewell.slot < chat.connectionSlotCount ? farewell : nil
    }
}
