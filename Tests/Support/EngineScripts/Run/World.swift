// Everything of one run: nodes, people, Redis, the network and the time, all by one seed.
import ChatEngine
import RedisClient
import Storage

/// What is wrong on purpose.
package struct WorldFaults: Sendable {
    package var node = EngineFaults()
    package var functions: FunctionFault?
    package init() {}
}

/// One run by its seed.
package final class World {
    static let second: UInt64 = 1_000_000_000
    static let millisecond: UInt64 = 1_000_000
    /// When the last fault is over.
    static let faultEnd = 20 * second
    static let link = RedisURL(.tcp(host: "redis", port: 6379))

    let seed: UInt64
    let wrong: WorldFaults
    let emphasis: Emphasis
    var random: ScriptRandom
    var now: UInt64 = 0
    var queue = EventQueue()
    let history = History()
    var engine: SimulatedEngine
    var links: [Link] = []
    var hosts: [NodeHost] = []
    var clients: [Client] = []
    let roomCount: Int
    /// Rooms in which who is there may be old: see ``noteUnheard(_:)``.
    var unheard: Set<Int> = []
    /// The room of each message.
    var roomOfKey: [String: String] = [:]
    var nextTicket: UInt64 = 1
    /// When something was given back the last time.
    private var givenBackAt: UInt64 = 0
    /// Until when nodes say again what was in the log that they have given up.
    private var renamesUntil: UInt64 = 0
    /// Whether the call that is executed came over a connection that its node has given up.
    var isLateCall = false
    /// How often a node has heard who is on another.
    var presenceCount = 0
    /// When people have said what they had to say.
    var talkEnd: UInt64 = 0
    var generation = 0
    /// The story, if somebody wants to read it.
    let tellsStory: Bool
    package private(set) var story: [String] = []
    /// How often something rare has happened.
    package private(set) var reached: [String: Int] = [:]
    private var stepCount = 0

    package convenience init(seed: UInt64, tellsStory: Bool = false) {
        self.init(seed: seed, WorldFaults(), nil, tellsStory: tellsStory)
    }

    init(seed: UInt64, _ wrong: WorldFaults, _ emphasis: Emphasis?, tellsStory: Bool = false) {
        self.seed = seed
        self.wrong = wrong
        self.tellsStory = tellsStory
        random = ScriptRandom(seed)
        let drawn = Emphasis.drawn(&random)
        self.emphasis = emphasis ?? drawn
        roomCount = Int.random(in: 0..<4, using: &random) == 0 ? 2 : 1
        engine = SimulatedEngine(processCount: 3, fault: wrong.functions)
        engine.onAppend = { [unowned self] process, stream, entry, before in
            appended(process, stream, entry, before)
        }
        for _ in 0..<Int.random(in: 2...4, using: &random) { addHost() }
        for number in 0..<Int.random(in: 3...8, using: &random) {
            clients.append(
                Client(number: number, room: Int.random(in: 0..<roomCount, using: &random)))
            queue.add(.act(client: number), at: delay(1, 500))
        }
        talkEnd =
            chance(self.emphasis.quietPercent)
            ? delay(3_000, self.emphasis.lastTalk) : Self.faultEnd
        drawFaults()
        for tick in 1...UInt64(200) { queue.add(.replicate, at: tick * 100 * Self.millisecond) }
    }

    // MARK: Telling

    func tell(_ text: @autoclosure () -> String) {
        guard tellsStory else { return }
        let hundredths = now / 10_000_000
        let digits = String(hundredths % 100)
        story.append("\(hundredths / 100).\(digits.count < 2 ? "0" : "")\(digits) \(text())")
    }

    func reach(_ what: String) { reached[what, default: 0] += 1 }

    private func appended(
        _ process: Int, _ stream: String, _ entry: StreamEntry, _ before: StreamID
    ) {
        let key = String(decoding: entry.fields[1], as: UTF8.self)
        tell("process \(process) adds \(entry.id) \(key) behind \(before)")
        if history.knows(entry.id) {
            reach("a message was given back")
            givenBackAt = now
        } else if before != .zero, before.epoch != entry.id.epoch {
            reach("a new epoch began")
        }
        // A call that comes late was answered by another process long ago; and a room that has just
        // been given back is not given back again.
        let isExcused = isLateCall || now < givenBackAt + 2 * Self.second || now < renamesUntil
        history.appended(entry.id, key, after: before, to: stream, mayRename: isExcused)
    }

    /// A node has given up its log, and says again what Redis has not got.
    func wasReset() { renamesUntil = now + 15 * Self.second }

    // MARK: Random

    /// A time from now on, between two numbers of milliseconds.
    func delay(_ least: UInt64, _ most: UInt64) -> UInt64 {
        now + UInt64.random(in: least * 1000...most * 1000, using: &random) * 1000
    }

    func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    func pick<T>(_ values: [T]) -> T? { values.randomElement(using: &random) }

    func addHost(at number: Int? = nil) {
        let number = number ?? hosts.count
        generation += 1
        var options = EngineOptions()
        options.faults = wrong.node
        let host = NodeHost(
            number, incarnation: "n\(number).\(generation)", options: options,
            seed: random.next(), roomCount: roomCount)
        if number < hosts.count { hosts[number] = host } else { hosts.append(host) }
        queue.add(.connect(node: number), at: delay(0, 20))
        host.isConnecting = true
    }

    // MARK: Running

    /// What is wrong with the run of a seed, with the end of its story; nil if nothing is.
    package static func failure(of seed: UInt64) -> String? {
        let world = World(seed: seed, tellsStory: true)
        guard let found = world.run() else { return nil }
        return "seed \(seed)\n" + world.story.suffix(60).joined(separator: "\n") + "\n\(found)"
    }

    /// Runs everything. Nil if nothing was wrong, or else what was.
    package func run() -> String? {
        let stages: [(UInt64, () -> Void)] = [
            (Self.faultEnd, heal), (Self.faultEnd + 10 * Self.second, requireAllLive),
            (Self.faultEnd + 10 * Self.second, requireAllHeard),
            (Self.faultEnd + 10 * Self.second, sayLast),
            (Self.faultEnd + 15 * Self.second, requireAll),
            (Self.faultEnd + 15 * Self.second, { self.requirePresence(ofTheDead: false) }),
            // A dead node counts for 15 s after the last reconnect; then two heartbeats remove it.
            (Self.faultEnd + 29 * Self.second, { self.requirePresence(ofTheDead: true) }),
        ]
        for (time, body) in stages {
            advance(to: time)
            if history.violation != nil { break }
            body()
        }
        if presenceCount > 3_000 {
            history.fail("nodes heard \(presenceCount) times who is on another: a storm")
        }
        return history.violation
    }

    private func advance(to end: UInt64) {
        while let time = queue.nextTime, time <= end, history.violation == nil {
            now = time
            stepCount += 1
            if stepCount > 500_000 { return history.fail("it spins: half a million steps") }
            switch queue.next()! {
            case .toServer(let link): arriveAtServer(link)
            case .toClient(let link): arriveAtNode(link)
            case .wake(let number): wake(hosts[number])
            case .connect(let number): connect(hosts[number])
            case .act(let client): act(client)
            case .fault(let body): body()
            case .replicate:
                engine.replicate(at: now)
                engine.save()
                flushServers()
            }
        }
        now = max(now, end)
    }

    // MARK: The end

    private func requireAllLive() {
        for host in hosts where !host.isCrashed {
            if !host.node.isUp {
                history.fail("10 s after the last fault node \(host.number) is not up")
            }
            for (number, room) in host.rooms.enumerated() {
                guard let handle = room.handle else { continue }
                if !host.node.isLive(handle) {
                    history.fail(
                        "10 s after the last fault room \(number) of node \(host.number) is not "
                            + "live")
                }
            }
        }
    }

    /// All that was acknowledged is in Redis again, and everybody has it.
    private func requireAllHeard() {
        for room in 0..<roomCount where !unheard.contains(room) {
            requireAll { $0.room == room }
            let streams = engine[engine.primary].redis.data.streams
            let stream = streams.first { $0.key.hasSuffix(":s:r\(room)") }?.value
            let keys = Set(
                (stream?.entries ?? []).map { String(decoding: $0.fields[1], as: UTF8.self) })
            for key in history.acknowledged.keys.sorted()
            where roomOfKey[key] == "r\(room)" && !keys.contains(key) {
                history.fail("\(key) was acknowledged, and is not in Redis 10 s after all faults")
            }
        }
    }

    private func requireAll() { requireAll { _ in true } }

    private func requireAll(_ isMeant: (Client) -> Bool) {
        for client in clients where isMeant(client) {
            guard client.isMember else {
                history.fail("\(client.name) is not in the room at the end")
                continue
            }
            for key in client.unacknowledged {
                history.fail("\(key) of \(client.name) was never acknowledged")
            }
            history.requireAll(
                client.view, of: client.name, room: "r\(client.room)", rooms: roomOfKey)
        }
    }

    private func requirePresence(ofTheDead: Bool) {
        let living = hosts.filter { !$0.isCrashed }
        for host in living {
            for (number, room) in host.rooms.enumerated()
            where room.handle != nil && !unheard.contains(number) {
                var expected: [String: String] = [:]
                for other in living where other !== host {
                    let value = presence(of: number, on: other)
                    if !value.isEmpty { expected[other.incarnation] = value }
                }
                var known = room.presence.filter { !$0.value.isEmpty }
                if !ofTheDead {
                    known = known.filter { entry in
                        living.contains { $0.incarnation == entry.key }
                    }
                }
                if known != expected {
                    history.fail(
                        "node \(host.number) believes that \(Self.text(known)) are in room "
                            + "\(number), and it is \(Self.text(expected))")
                }
            }
        }
    }

    private static func text(_ presence: [String: String]) -> String {
        presence.sorted { $0.key < $1.key }.map { "\($0.value) on \($0.key)" }
            .joined(separator: ", ")
    }
}
