// Everybody loses the network at once, and comes back at once, with what they have seen.
import LinuxReactor
import WebSocketServer

/// Mass resume in the chat. Clients sit in rooms; all lose the network in the same instant (reset,
/// no Close), miss what is said meanwhile, and come back within `backWithin` seconds with `since`.
/// Each must be told `recovered`, and get every message that it missed exactly once, in order.
///
/// Bystanders keep their connections, in a generator of their own. The first of them talks, in
/// their own room at the load's rate and in the clients' rooms, and how long its words take to the
/// bystanders' room is what `latencies` are. The unit that is counted is a resumed client.
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
    /// Who talks: the first of the bystanders, if they are this generator's.
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

    mutating func opened(_ member: Int, _ world: inout World, _ io: inout ServerContext) {
        let user = String(decoding: world.user(of: member), as: UTF8.self)
        let session = seats[member].session
        let proof = session.isEmpty ? "" : #","session":"\#(session)""#
        io.send(
            #"{"type":"login","user":"\#(user)","join":false\#(proof)}"#,
            to: world.members[member].id)
    }

    private mutating func welcomed(
        _ text: String, _ member: Int, _ world: inout World, _ io: inout ServerContext
    ) {
        let id = world.members[member].id
        seats[member].session = text.field("session") ?? ""
        if isCut, member < clientCount {
            let since = #"{"epoch":"\#(seats[member].epoch)","offset":\#(seats[member].offset)}"#
            io.send(
                #"{"type":"join","room":"\#(room(of: member, world.plan))","since":\#(since),"#
                    + #""limit":200}"#, to: id)
            return
        }
        if member == talker {
            // In the rooms that it talks to as well; its own comes last, and with it it is ready.
            for room in 0..<world.plan.rooms {
                io.send(
                    #"{"type":"join","room":"bench-\#(world.plan.run)-\#(room)","limit":1}"#,
                    to: id)
            }
        }
        io.send(
            #"{"type":"join","room":"\#(room(of: member, world.plan))","limit":1}"#, to: id)
    }

    private mutating func joined(_ bytes: Span<UInt8>, _ member: Int, _ world: inout World) {
        let text = String(copying: bytes)
        guard text.field("room") == room(of: member, world.plan) else { return }
        seats[member].epoch = text.field("epoch") ?? ""
        seats[member].offset = bytes.number(after: Self.offsetKey) ?? 0
        world.change(member, to: .ready)
    }

    /// The reply to a join with `since`. Thousands come in the same second, so it is read as bytes.
    private mutating func resumed(_ bytes: Span<UInt8>, _ member: Int, _ world: inout World) {
        let now = Clock.now
        world.change(member, to: .ready)
        guard bytes.index(behind: Self.recoveredKey, from: 0) != nil else {
            return world.tally.fail("clients not recovered")
        }
        // The room's own offset comes first, then those of the messages.
        var place = bytes.index(behind: Self.offsetKey, from: 0) ?? bytes.count
        while let next = bytes.index(behind: Self.offsetKey, from: place) {
            if let offset = bytes.number(at: next) {
                saw(offset, member, &world)
                missedCount += 1
            }
            place = next
        }
        seats[member].isBack = true
        backCount += 1
        world.tally.lastBackAt = now
        world.count(at: now, bytes: bytes.count)
        resumes.record(now &- due(back: member, world.plan))
    }

    /// Each message once, and none left out.
    private mutating func saw(_ offset: Int, _ member: Int, _ world: inout World) {
        if offset == seats[member].offset + 1 {
            seats[member].offset = offset
        } else {
            world.tally.fail(
                offset <= seats[member].offset ? FailureKind.surplus : FailureKind.lost)
        }
    }

    // MARK: The course of it

    mutating func begin(_ world: inout World, _ io: inout ServerContext) {
        guard let timing = world.timing else { return }
        cutAt = timing.begin + UInt64(world.plan.cutAfter * 1e9)
        if talker != nil, let rate = world.plan.rate {
            schedule = Schedule(start: timing.begin, rate: rate)
        }
    }

    private func due(back member: Int, _ plan: LoadPlan) -> UInt64 {
        let share =
            Double(plan.firstConnection + member)
            / Double(max(1, plan.totalConnections - plan.bystanders))
        return cutAt + UInt64((plan.cutFor + plan.backWithin * share) * 1e9)
    }

    mutating func tick(_ now: UInt64, _ world: inout World, _ io: inout ServerContext) {
        guard let timing = world.timing else { return }
        while world.isSending,
            let (number, due) = schedule?.take(by: now, before: timing.measureUntil)
        {
            speak(number, due: due, &world, &io)
            world.recordLateness(due: due, at: now)
        }
        if !isCut, now >= cutAt {
            isCut = true
            for member in 0..<clientCount { io.abort(world.members[member].id) }
        }
        while isCut, nextBack < clientCount, due(back: nextBack, world.plan) <= now {
            guard world.members[nextBack].state == .gone else { break }
            world.connect(nextBack, &io)
            nextBack += 1
        }
    }

    /// To the bystanders, and each time to one of the clients' rooms as well.
    private mutating func speak(
        _ number: Int, due: UInt64, _ world: inout World, _ io: inout ServerContext
    ) {
        guard let talker else { return }
        let id = world.members[talker].id
        var text = [UInt8](repeating: UInt8(ascii: "x"), count: world.plan.size)
        let stamp = Stamp(
            due: due &- world.plan.epoch, sender: UInt32(world.number(of: talker)),
            sequence: UInt32(number))
        stamp.write(to: &text, at: 0, run: world.plan.run)
        let words = String(decoding: text, as: UTF8.self)
        let rooms = [
            room(of: talker, world.plan), "bench-\(world.plan.run)-\(number % world.plan.rooms)",
        ]
        for room in rooms {
            io.send(#"{"type":"message","room":"\#(room)","text":"\#(words)"}"#, to: id)
        }
        world.tally.sent += rooms.count
        unacknowledged += rooms.count
        spoken += 1
    }

    mutating func received(
        _ message: borrowing Message, by member: Int, _ world: inout World,
        _ io: inout ServerContext
    ) {
        world.tally.received += 1
        let bytes = message.bytes
        let reply = ChatSession.Reply(bytes)
        switch reply {
        case .welcome: welcomed(String(copying: bytes), member, &world, &io)
        case .joined where isCut && member < clientCount: resumed(bytes, member, &world)
        case .joined: joined(bytes, member, &world)
        case .ok: unacknowledged -= 1
        case .error:
            let text = String(copying: bytes)
            world.tally.fail("chat: " + (text.field("code") ?? text))
        case .other:
            guard let stamp = Stamp.find(in: bytes, run: world.plan.run) else { return }
            heard(stamp, bytes, member, &world)
        }
    }

    private mutating func heard(
        _ stamp: Stamp, _ bytes: Span<UInt8>, _ member: Int, _ world: inout World
    ) {
        // The talker also hears what it says to the clients' rooms.
        guard member != talker else { return }
        if member < clientCount {
            guard let offset = bytes.number(after: Self.offsetKey) else { return }
            saw(offset, member, &world)
        } else {
            world.record(due: stamp.due &+ world.plan.epoch, at: Clock.now)
            bystanderDeliveries += 1
        }
    }

    mutating func closed(
        _ member: Int, wasOpen: Bool, _ cause: CloseCause, _ world: inout World,
        _ io: inout ServerContext
    ) -> Bool { isCut && wasOpen && member < clientCount && cause == .serverClosed(.abnormal) }

    func awaited(_ world: borrowing World) -> Int {
        clientCount - backCount + unacknowledged
            + spoken * max(0, world.plan.bystanders - 1) - bystanderDeliveries
    }

    mutating func finish(_ world: inout World) {
        world.tally.resumes = resumes
        world.tally.extras["clients resumed"] = Double(backCount)
        world.tally.extras["messages made up for"] = Double(missedCount)
        world.tally.fail("clients not resumed", clientCount - backCount)
        world.tally.fail("messages not acknowledged", unacknowledged)
        world.tally.fail(
            "bystanders' messages lost",
            spoken * max(0, world.plan.bystanders - 1) - bystanderDeliveries)
        // Whoever is back must have everything that was said.
        var ends: [Int: Int] = [:]
        for member in 0..<clientCount where seats[member].isBack {
            let room = member % world.plan.rooms
            ends[room] = max(ends[room] ?? 0, seats[member].offset)
        }
        for member in 0..<clientCount where seats[member].isBack {
            let missing = ends[member % world.plan.rooms]! - seats[member].offset
            world.tally.fail(FailureKind.lost, missing)
        }
    }
}
