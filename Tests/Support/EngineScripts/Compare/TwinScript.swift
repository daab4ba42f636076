// Random calls, drawn so that they hit: most have right arguments for what is there.

/// The commands of a seed. Each is drawn when the twin has done those before it.
struct TwinScript {
    private static let streams = ["s:0", "s:1"]
    private static let channel = "c:0"
    private var random: ScriptRandom
    private let libraryText: String
    let length: Int
    /// What streams have lost, so that it can be given back.
    private var lost: [String: [StreamEntry]] = [:]
    private var nextKey = 0

    /// What another connection sends before everything else.
    static let listening = [
        ["SSUBSCRIBE", "c:0"], ["SSUBSCRIBE", "c:1", "probe"], ["PING"],
    ]

    /// What it sends at the end.
    static let leaving = [["SUNSUBSCRIBE", "c:0", "c:1", "probe"], ["PING"]]

    init(seed: UInt64, library: String) {
        random = ScriptRandom(seed)
        libraryText = library
        length = Int.random(in: 5...40, using: &random)
    }

    /// The functions' memory of the script before is lost.
    var beginning: [[String]] {
        [["FLUSHALL"], ["FUNCTION", "FLUSH"], ["FUNCTION", "LOAD", libraryText]]
    }

    var ending: [[String]] {
        [
            ["CONFIG", "SET", "maxmemory", "0"], ["CONFIG", "SET", "min-replicas-to-write", "0"],
            ["REPLICAOF", "NO", "ONE"], ["XRANGE", "s:0", "-", "+"], ["XRANGE", "s:1", "-", "+"],
            ["HGETALL", "a:0"], ["HGETALL", "b:0"], ["HGETALL", "a:1"], ["HGETALL", "b:1"],
            ["HGETALL", "p:0"], ["HGETALL", "nodes"], ["SUNSUBSCRIBE", "c:0"],
            ["UNSUBSCRIBE"], ["PING"],
        ]
    }

    mutating func cut(_ bytes: [UInt8]) -> [[UInt8]] { random.cut(bytes, longest: 40) }

    private mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }

    private mutating func pick<T>(_ values: [T]) -> T { values.randomElement(using: &random)! }

    mutating func next(_ twin: SimulatedRedis) -> [String] {
        let room = Int.random(in: 0...1, using: &random)
        for (stream, value) in twin.data.streams where value.entries.count > 1 {
            lost[stream] = value.entries
        }
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<45: return put(room, twin)
        case 45..<57: return tail(room, twin)
        case 57..<62:
            return [
                "FCALL", "r1_beat", "1", "nodes", pick(["n1", "n2", "n3"]), pick(["1", "2", ""]),
                pick(["probe", "c:0"]), pick(["r", "rr"]),
            ]
        case 62..<70:
            return [
                "FCALL", "r1_pres", "1", "p:\(room)", "c:\(room)", pick(["n1", "n2"]),
                pick(["", "ann", "ann bob"]),
            ]
        case 70..<75: return pick([["SSUBSCRIBE", "c:0"], ["SUNSUBSCRIBE", "c:0"]])
        case 75..<80: return disaster(room)
        case 80..<85: return wrongCall()
        default:
            let command = plain(room)
            // What a replica says of its primary depends on time.
            return command == ["ROLE"] && twin.role != .primary ? ["XLEN", "s:0"] : command
        }
    }

    private mutating func put(_ room: Int, _ twin: SimulatedRedis) -> [String] {
        let stream = twin.data.streams["s:\(room)"] ?? StreamValue()
        var command = [
            "FCALL", chance(98) ? "r1_put" : "r1_nothing", "3", "s:\(room)", "a:\(room)",
            "b:\(room)", "c:\(room)",
        ]
        command.append(chance(98) ? pick(["3", "5", "10"]) : pick(["0", "x", "", "-4"]))
        command.append(
            chance(97)
                ? pick(["7", "8", "4611686018427387904"])
                : pick(["0", "x", "", "10000000000000000000"]))
        var at = stream.top.description
        if chance(25) {
            at = pick(stream.entries.map(\.id.description) + ["0-0", "5-5"])
        } else if chance(3) {
            at = pick(["", "-", "5", "x-y", "1-2-3"])
        }
        command.append(at)
        if chance(30) {
            command += givenBack(lost["s:\(room)"] ?? [], stream.top)
        } else {
            for _ in 0..<pick([0, 1, 1, 1, 2, 3, 9]) { command += [key(), body(), ""] }
        }
        if chance(3) { command.removeLast() }
        return command
    }

    private mutating func key() -> String {
        if nextKey == 0 || chance(70) { nextKey += 1 }
        return
            "k\(nextKey - (chance(30) ? Int.random(in: 0..<min(6, nextKey), using: &random) : 0))"
    }

    private mutating func body() -> String { pick(["", "hello", "\r\n$5\r\n", "ä", "k1 k2"]) }

    /// The end of what was lost, mostly as a node would give it back.
    private mutating func givenBack(_ entries: [StreamEntry], _ top: StreamID) -> [String] {
        var messages: [String] = []
        var start = entries.firstIndex { $0.id == top }.map { $0 + 1 } ?? 0
        if chance(20) { start = Int.random(in: 0...entries.count, using: &random) }
        for (index, entry) in entries.enumerated().dropFirst(start).prefix(pick([1, 3, 20])) {
            let previous = index == 0 ? "0-0" : entries[index - 1].id.description
            var wanted = "\(previous) \(entry.id)"
            if chance(3) {
                wanted = pick([
                    "", "x", "0-0 0-1", "\(entry.id)", "\(top) 1-9", "\(top) 1000000000000000-9",
                    "\(top) 99-10000000000000000000", "99999999999999999999-1 9-9", "\(top) 999-9",
                ])
            }
            messages += [String(decoding: entry.fields[1], as: UTF8.self), body(), wanted]
        }
        if messages.isEmpty {
            messages = [key(), body(), "\(top) \(top.offset + 1)-\(pick([7, 9]))"]
        }
        return messages
    }

    private mutating func tail(_ room: Int, _ twin: SimulatedRedis) -> [String] {
        let entries = twin.data.streams["s:\(room)"]?.entries ?? []
        let places = entries.map(\.id.description) + ["0-0", "0-0", "5-5", "1-7"]
        return [
            pick(["FCALL", "FCALL_RO"]), "r1_tail", "1", "s:\(room)",
            chance(95) ? pick(places) : pick(["", "x", "5"]),
            chance(95) ? pick(["1", "3", "1000"]) : pick(["0", "x", "-1"]),
        ]
    }

    private mutating func disaster(_ room: Int) -> [String] {
        pick([
            ["FLUSHALL"], ["DEL", "s:\(room)"], ["DEL", "s:\(room)", "a:\(room)", "b:\(room)"],
            ["FUNCTION", "FLUSH"], ["FUNCTION", "LOAD", libraryText],
            ["FUNCTION", "LOAD", libraryText], ["REPLICAOF", "127.0.0.1", "1"],
            ["REPLICAOF", "NO", "ONE"], ["REPLICAOF", "NO", "ONE"],
            ["CONFIG", "SET", "maxmemory", "1"], ["CONFIG", "SET", "maxmemory", "0"],
            ["CONFIG", "SET", "min-replicas-to-write", "1"],
            ["CONFIG", "SET", "min-replicas-to-write", "0"],
        ])
    }

    private mutating func wrongCall() -> [String] {
        pick([
            ["FCALL", "r1_put", "3", "s:0", "a:0", "b:0"], ["FCALL", "r1_put", "0"],
            ["FCALL", "r1_put", "9", "x"], ["FCALL", "r1_put", "x", "y"], ["FCALL", "r1_put"],
            ["FCALL", "r1_put", "-1", "y"], ["FCALL", "r1_tail", "1", "s:0"],
            ["FCALL", "r1_tail", "0", "0-0", "5"], ["FCALL_RO", "r1_put", "1", "s:0"],
            ["FCALL_RO", "r1_pres", "1", "p:0", "c:0", "n", "v"], ["NONSENSE", "a", "b"],
            ["FCALL", "r1_none", "x", "y"], ["XADD", "s:0", "1-0", "i"], ["HGETALL"],
        ])
    }

    private mutating func plain(_ room: Int) -> [String] {
        let offset = Int.random(in: 0...9, using: &random)
        return pick([
            ["XLEN", "s:\(room)"], ["HGETALL", "a:\(room)"], ["HGETALL", "p:\(room)"],
            ["HDEL", "nodes", "n1"], ["HDEL", "p:\(room)", "n1", "n2"],
            ["HSET", "p:\(room)", "n1", "x", "n3", "y"], ["SPUBLISH", "c:\(room)", "hello"],
            ["XADD", "s:\(room)", "\(offset)-3", "i", "k\(offset)", "m", "b"], ["DEL", "p:0", "q"],
            ["ROLE"], ["SUBSCRIBE", "c:9"], ["UNSUBSCRIBE", "c:9"], ["SUNSUBSCRIBE", "c:8"],
            ["SELECT", "0"], ["CLIENT", "SETNAME", "x"],
        ])
    }
}
