// All clients lose the network at once, and come back at once with the last offset they saw.
import LinuxReactor
import WebSocketServer

/// Mass resume in the chat. Clients sit in rooms; all lose the network at the same time (reset, no
/// Close), miss the messages sent meanwhile, and come back within `backWithin` seconds with
/// `since`. Each must get the reply `recovered`, and every message that it missed exactly once, in
/// order.
///
/// Bystanders keep their connections, in a generator of their own. The first of them talks, in
/// their own room at the load's rate and in the clients' rooms, and `latencies` are the times until
/// its messages arrive in the bystanders' room. The unit that is counted is a resumed client.
struct ResumeLoad: Load {
    private struct Seat {
        var session = ""
        var epoch = ""
        var offset = 0
        var isBack = false
    }

    private var seats: [Seat]
    /// How many of this generator's connections are clients: all of them or none.
    private let clientCount: Int
    /// The speaker: the first of the bystanders, if they are this generator's.
    private let talker: Int?
    private var schedule: Schedule?
    private var roomsToJoin = 0
    private var cutAt: UInt64 = 0
    private var isCut = false
    private var nextBack = 0
    private var backCount = 0
    private var resumes = Latencies(digits: .two)
    private var spoken = 0
    private var unacknowledged = 0
    private var missedCount = 0
    private var bystanderDeliveries = 0
    private var talkerDeliveries = 0
    private static let offsetKey = Array("\"offset\":".utf8)
    private static let recoveredKey = Array("\"recovered\":true".utf8)

    init(_ plan: LoadPlan) {
        seats = Array(repeating: Seat(), count: plan.connectionCount)
        let isClients = plan.firstConnection < plan.totalConnections - plan.bystanders
        clientCount = isClients ? plan.connectionCount : 0
        talker = isClients ? nil : 0
    }

    static var comesBack: Bool { true }

    private func room(of member: Int, _ plan: LoadPlan) -> String {
        member < clientCount
            ? "bench-\(plan.run)-\(plan.room(of: plan.firstConnection + member))"
            : "bench-\(plan.run)-by"
    }

    // MARK: Entering, for the first time or again

    mutating func opened(_ member: Int, _ state: inout LoadState, _ io: inout ServerContext) {
        let user = String(decoding: state.user(of: member), as: UTF8.self)
        let session = seats[member].session
        let proof = session.isEmpty ? "" : #","session":"\#(session)""#
        io.send(
            #"{"type":"login","user":"\#(user)","join":false\#(proof)}"#,
            to: state.members[member].id)
    }

    private mutating func welcomed(
        _ text: String, _ member: Int, _ state: inout LoadState, _ io: inout ServerContext
    ) {
        let id = state.members[member].id
        seats[member].session = text.field("session") ?? ""
        if isCut, member < clientCount {
            let since = #"{"epoch":"\#(seats[member].epoch)","offset":\#(seats[member].offset)}"#
            io.send(
                #"{"type":"join","room":"\#(room(of: member, state.plan))","since":\#(since),"#
                    + #""limit":200}"#, to: id)
            return
        }
        if member == talker {
            // The speaker also joins the rooms that it talks to; it joins its own room last, and is
            // then ready.
            for room in 0..<state.plan.rooms {
                io.send(
                    #"{"type":"join","room":"bench-\#(state.plan.run)-\#(room)","limit":1}"#,
                    to: id)
            }
        }
        io.send(
            #"{"type":"join","room":"\#(room(of: member, state.plan))","limit":1}"#, to: id)
    }

    private mutating func joined(_ bytes: Span<UInt8>, _ member: Int, _ state: inout LoadState) {
        let text = String(copying: bytes)
        guard text.field("room") == room(of: member, state.plan) else { return }
        seats[member].epoch = text.field("epoch") ?? ""
        seats[member].offset = bytes.number(after: Self.offsetKey) ?? 0
        state.change(member, to: .ready)
    }

    /// The reply to a join with `since`. Thousands come in the same second, so it is read as bytes.
    private mutating func resumed(_ bytes: Span<UInt8>, _ member: Int, _ state: inout LoadState) {
        let now = Clock.now
        state.change(member, to: .ready)
        guard bytes.index(behind: Self.recoveredKey, from: 0) != nil else {
            return state.tally.fail("clients not recovered")
        }
        // The room's own offset comes first, then those of the messages.
        let messages = state.payload.all(in: bytes)
        var offsetCount = 0
        var place = bytes.index(behind: Self.offsetKey, from: 0) ?? bytes.count
        while let next = bytes.index(behind: Self.offsetKey, from: place) {
            if let offset = bytes.number(at: next) {
                saw(offset, member, &state)
                missedCount += 1
                offsetCount += 1
            }
            place = next
        }
        if messages.count != offsetCount
            || !messages.allSatisfy({ state.payload.isBounded($0, in: bytes) })
        {
            state.tally.fail(FailureKind.damaged)
        }
        seats[member].isBack = true
        backCount += 1
        state.tally.lastBackAt = now
        state.count(at: now, bytes: bytes.count)
        resumes.record(now &- due(back: member, state.plan))
    }

    /// Each message once, and none left out.
    private mutating func saw(_ offset: Int, _ member: Int, _ state: inout LoadState) {
        if offset == seats[member].offset + 1 {
            seats[member].offset = offset
        } else {
            state.tally.fail(
                offset <= seats[member].offset ? FailureKind.surplus : FailureKind.lost)
        }
    }

    // MARK: The course of a run

    mutating func begin(_ state: inout LoadState, _ io: inout ServerContext) {
        guard let timing = state.timing else { return }
        cutAt = timing.begin + UInt64(state.plan.cutAfter * 1e9)
        if talker != nil, let rate = state.plan.rate {
            schedule = Schedule(start: timing.begin, rate: rate)
        }
    }

    private func due(back member: Int, _ plan: LoadPlan) -> UInt64 {
        let share =
            Double(plan.firstConnection + member)
            / Double(max(1, plan.totalConnections - plan.bystanders))
        return cutAt + UInt64((plan.cutFor + plan.backWithin * share) * 1e9)
    }

    mutating func tick(_ now: UInt64, _ state: inout LoadState, _ io: inout ServerContext) {
        guard let timing = state.timing else { return }
        while state.isSending,
            let (number, due) = schedule?.take(by: now, before: timing.measureUntil)
        {
            speak(number, due: due, &state, &io)
            state.recordLateness(due: due, at: now)
        }
        if !isCut, now >= cutAt {
            isCut = true
            for member in 0..<clientCount { io.abort(state.members[member].id) }
        }
        while isCut, !state.isInterrupted, nextBack < clientCount,
            due(back: nextBack, state.plan) <= now
        {
            guard state.members[nextBack].state == .gone else { break }
            state.connect(nextBack, &io)
            nextBack += 1
        }
    }

    /// Sends to the bystanders, and each time to one of the clients' rooms as well.
    private mutating func speak(
        _ number: Int, due: UInt64, _ state: inout LoadState, _ io: inout ServerContext
    ) {
        guard let talker else { return }
        let id = state.members[talker].id
        var text: [UInt8] = []
        let stamp = Stamp(
            due: due &- state.plan.epoch, sender: UInt32(state.number(of: talker)),
            sequence: UInt32(number))
        state.payload.append(stamp, to: &text)
        let words = String(decoding: text, as: UTF8.self)
        let rooms = [
            room(of: talker, state.plan), "bench-\(state.plan.run)-\(number % state.plan.rooms)",
        ]
        for room in rooms {
            io.send(#"{"type":"message","room":"\#(room)","text":"\#(words)"}"#, to: id)
        }
        state.tally.sent += rooms.count
        unacknowledged += rooms.count
        spoken += 1
    }

    mutating func received(
        _ message: borrowing Message, by member: Int, _ state: inout LoadState,
        _ io: inout ServerContext
    ) {
        state.tally.received += 1
        let bytes = message.bytes
        let reply = ChatSession.Reply(bytes)
        switch reply {
        case .welcome: welcomed(String(copying: bytes), member, &state, &io)
        case .joined where isCut && member < clientCount: resumed(bytes, member, &state)
        case .joined: joined(bytes, member, &state)
        case .ok: unacknowledged -= 1
        case .error:
            let text = String(copying: bytes)
            state.tally.fail("chat: " + (text.field("code") ?? text))
        case .notice: break
        case .message:
            guard let stamp = state.recognise(message, by: member) else {
                return state.tally.fail(FailureKind.damaged)
            }
            heard(stamp, bytes, member, &state)
        case .unknown: state.tally.fail(FailureKind.unasked)
        }
    }

    private mutating func heard(
        _ stamp: Stamp, _ bytes: Span<UInt8>, _ member: Int, _ state: inout LoadState
    ) {
        if member == talker {
            // It receives its own messages, to both rooms.
            talkerDeliveries += 1
        } else if member < clientCount {
            guard let offset = bytes.number(after: Self.offsetKey) else { return }
            saw(offset, member, &state)
        } else {
            state.record(due: stamp.due &+ state.plan.epoch, at: Clock.now)
            bystanderDeliveries += 1
        }
    }

    mutating func closed(
        _ member: Int, wasOpen: Bool, _ cause: CloseCause, _ state: inout LoadState,
        _ io: inout ServerContext
    ) -> Bool { isCut && wasOpen && member < clientCount && cause == .serverClosed(.abnormal) }

    func awaited(_ state: borrowing LoadState) -> Int {
        let count =
            expectedBack(state) - backCount + unacknowledged
            + spoken * max(0, state.plan.bystanders - 1) - bystanderDeliveries
            + 2 * spoken - talkerDeliveries
        return count > 0 ? count : count + missing(state).reduce(0, +)
    }

    /// What each client that is back has yet to get of what others in its room have.
    private func missing(_ state: borrowing LoadState) -> [Int] {
        let rooms = state.plan.rooms
        var ends = [Int](repeating: 0, count: rooms)
        for member in 0..<clientCount where seats[member].isBack {
            ends[member % rooms] = max(ends[member % rooms], seats[member].offset)
        }
        return (0..<clientCount).filter { seats[$0].isBack }.map {
            ends[$0 % rooms] - seats[$0].offset
        }
    }

    /// How many clients should be back at the end: all, but for those whose turn had not come when
    /// Ctrl-C ended the run.
    private func expectedBack(_ state: borrowing LoadState) -> Int {
        state.isInterrupted ? nextBack : clientCount
    }

    mutating func finish(_ state: inout LoadState) {
        state.tally.resumes = resumes
        state.tally.extras["clients resumed"] = Double(backCount)
        state.tally.extras["messages made up for"] = Double(missedCount)
        state.tally.fail("clients not resumed", expectedBack(state) - backCount)
        if expectedBack(state) < clientCount {
            state.tally.extras["clients still away"] = Double(clientCount - nextBack)
        }
        state.tally.fail("messages not acknowledged", unacknowledged)
        state.tally.fail("acknowledgements not asked for", -unacknowledged)
        let due = spoken * max(0, state.plan.bystanders - 1)
        state.tally.fail("bystanders' messages lost", due - bystanderDeliveries)
        state.tally.fail(FailureKind.surplus, bystanderDeliveries - due)
        state.tally.fail(FailureKind.lost, 2 * spoken - talkerDeliveries)
        state.tally.fail(FailureKind.surplus, talkerDeliveries - 2 * spoken)
        for count in missing(state) { state.tally.fail(FailureKind.lost, count) }
    }
}
