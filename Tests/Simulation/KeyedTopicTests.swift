// Topics that keep each key's newest message, on the whole server: slow readers, newcomers, direct
// messages, compression and hand-overs.
import LinuxReactor
import Storage
import Testing
import WebSocketCore
import WebSocketServer

@testable import SimulationKit

/// Does what commands say, with one topic: "sub", "pub K", "notme K", "last K", "remove
/// K", "tell N". Each message is "K:n", or "d:n" if it is direct, with n ascending.
private struct Stations: WebSocketHandler {
    var map: Topic?
    var ids: [ConnectionID] = []
    var number = 0
    var padding = ""
    var newest: [Int: Int] = [:]
    /// For each connection the newest number of each key that it must have at last.
    var owed: [UInt64: [Int: Int]] = [:]
    /// For each connection the numbers that it must not get.
    var forbidden: [UInt64: Set<Int>] = [:]
    /// For each connection its direct messages.
    var direct: [UInt64: [Int]] = [:]
    var members: Set<UInt64> = []
    var joined: [UInt64: Int] = [:]
    var causes: [UInt64: CloseCause] = [:]

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        if map == nil { map = io.makeTopic(policy: .latestPerKey, logByteLimit: 2000) }
        ids.append(id)
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        guard let map else { return }
        let words = message.text.split(separator: " ")
        let operand = words.count > 1 ? Int(words[1])! : 0
        number += 1
        switch words[0] {
        case "sub" where !members.contains(id.resourceID):
            members.insert(id.resourceID)
            joined[id.resourceID] = number
            io.subscribe(id, to: map)
            owed[id.resourceID] = newest
        case "sub": break
        case "remove":
            io.removeKey(TopicKey(operand), from: map)
            newest[operand] = nil
            for member in members { owed[member]![operand] = nil }
        case "tell":
            let target = ids[operand % ids.count]
            io.send("d:\(number)\(padding)", to: target)
            direct[target.resourceID, default: []].append(number)
        default:
            let except = words[0] == "notme" ? id : nil
            let isLast = words[0] == "last"
            io.publish(
                "\(operand):\(number)\(padding)", to: map, key: TopicKey(operand), except: except,
                isLast: isLast)
            newest[operand] = isLast ? nil : number
            for member in members {
                owed[member]![operand] = member == except?.resourceID ? nil : number
                if member == except?.resourceID { forbidden[member, default: []].insert(number) }
            }
        }
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        causes[id.resourceID] = cause
    }
}

@Suite struct KeyedTopicTests {
    @Test(arguments: UInt64(1)...60)
    func `Every subscriber has each key's newest at last`(seed: UInt64) throws {
        try run(seed: seed, handsOver: false)
    }

    @Test(arguments: UInt64(1)...60)
    func `So it is when another process takes over`(seed: UInt64) throws {
        try run(seed: seed, handsOver: true)
    }

    @Test(arguments: UInt64(1)...30)
    func `The same over TLS`(seed: UInt64) throws {
        try run(seed: seed, handsOver: seed % 2 == 0, isEncrypted: true)
    }

    private func run(seed: UInt64, handsOver: Bool, isEncrypted: Bool = false) throws {
        var random = SeededGenerator(seed: seed &* 6151)
        var limits = Limits()
        limits.flushBudget = Int.random(in: 1...8, using: &random)
        limits.workPerTurn = Int.random(in: 1...20_000, using: &random)
        var simulation = try Simulation(
            Stations(), seed: seed, limits: limits, isEncrypted: isEncrypted)
        simulation.handler.padding = String(
            repeating: ".", count: [0, 5, 200].randomElement(using: &random)!)
        var clients: [SimulatedClient] = []
        for _ in 0..<Int.random(in: 2...7, using: &random) {
            let isPlain = Bool.random(using: &random)
            clients.append(isPlain ? simulation.open() : simulation.openCompressed())
        }
        simulation.network.receiveSizes = 1...Int.random(in: 1...60, using: &random)
        simulation.network.sendSizes = 1...Int.random(in: 1...600, using: &random)
        for client in clients where Bool.random(using: &random) {
            simulation.network.sockets[client.socket]!.bytesPerSecond = 1000
        }
        let verbs = [
            "sub", "pub", "pub", "pub", "pub", "pub", "notme", "last", "remove", "tell", "tell",
        ]
        for number in 0..<400 {
            let client = clients.randomElement(using: &random)!
            let operand = Int.random(in: 0..<5, using: &random)
            client.send("\(verbs.randomElement(using: &random)!) \(operand)")
            try simulation.goOn(clients, handsOver, "seed \(seed), step \(number)", &random)
        }
        for client in clients { simulation.network.sockets[client.socket]!.window = .max }
        simulation.settle()
        #expect(simulation.handler.causes.isEmpty)
        for (index, client) in clients.enumerated() {
            check(client.takeTexts(), UInt64(index + 1), simulation.handler)
        }
    }

    private func check(_ texts: [String], _ id: UInt64, _ handler: borrowing Stations) {
        let messages = texts.map { text in
            let parts = text.prefix { $0 != "." }.split(separator: ":")
            return (key: String(parts[0]), number: Int(parts[1])!)
        }
        let directs = messages.filter { $0.key == "d" }.map(\.number)
        #expect(directs == handler.direct[id] ?? [], "direct messages to \(id)")
        // What was published in the order of publishing, however much was left out.
        let published = messages.filter { $0.key != "d" }.map(\.number)
        #expect(published == published.sorted() && Set(published).count == published.count)
        #expect(handler.forbidden[id]?.isDisjoint(with: published) ?? true)
        var last: [Int: Int] = [:]
        for message in messages { if let key = Int(message.key) { last[key] = message.number } }
        for (key, number) in handler.owed[id] ?? [:] {
            #expect(last[key] == number, "key \(key) of \(id)")
        }
        // Nothing published before a direct message comes behind it, but what was there already
        // when the subscriber came.
        var highest = 0
        for message in messages {
            if message.key == "d" {
                highest = message.number
            } else {
                #expect(max(message.number, handler.joined[id] ?? 0) > highest)
            }
        }
    }
}
