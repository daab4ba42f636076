// The order of broadcasts and direct messages, whatever the network and the readers do.
import LinuxReactor
import Testing
import WebSocketCore
import WebSocketServer

@testable import SimulationKit

/// Does what commands say: "sub T", "unsub T", "pub T", "notme T", "tell N".
///
/// Each message is numbered, and recorded for each connection that should get it, in order.
struct Scripted: OutputHandler {
    var topics: [Topic] = []
    var members: [[ConnectionID]] = [[], [], []]
    var ids: [ConnectionID] = []
    var number = 0
    /// For each connection its expected messages: "T:n" of topic T, or "d:n" direct.
    var expected: [UInt64: [String]] = [:]
    var causes: [UInt64: CloseCause] = [:]
    var padding = ""
    var drainCount = 0

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws(Disconnect) {
        while topics.count < members.count { topics.append(io.makeTopic()) }
        ids.append(id)
        expected[id.resourceID] = []
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect) {
        let words = message.text.split(separator: " ")
        let operand = Int(words[1])!
        number += 1
        switch words[0] {
        case "sub":
            io.subscribe(id, to: topics[operand])
            if !members[operand].contains(id) { members[operand].append(id) }
        case "unsub":
            io.unsubscribe(id, from: topics[operand])
            members[operand].removeAll { $0 == id }
        case "pub", "notme":
            let except = words[0] == "notme" ? id : nil
            io.publish("\(operand):\(number)\(padding)", to: topics[operand], except: except)
            for member in members[operand] where member != except {
                expected[member.resourceID]!.append("\(operand):\(number)\(padding)")
            }
        default:
            let target = ids[operand % ids.count]
            io.send("d:\(number)\(padding)", to: target)
            expected[target.resourceID]!.append("d:\(number)\(padding)")
        }
    }

    mutating func onDrain(_ id: ConnectionID, _ io: inout ServerContext) { drainCount += 1 }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        causes[id.resourceID] = cause
    }
}

@Suite struct OrderTests {
    @Test(arguments: UInt64(1)...60)
    func `Every connection gets everything once, in the promised order`(seed: UInt64) throws {
        try run(seed: seed, handsOver: false)
    }

    @Test(arguments: UInt64(1)...60)
    func `No client notices when another process takes over`(seed: UInt64) throws {
        try run(seed: seed, handsOver: true)
    }

    @Test(arguments: UInt64(1)...60)
    func `The same over TLS`(seed: UInt64) throws {
        try run(seed: seed, handsOver: seed % 2 == 0, isEncrypted: true)
    }

    private func run(seed: UInt64, handsOver: Bool, isEncrypted: Bool = false) throws {
        var random = SeededGenerator(seed: seed &* 7919)
        var limits = Limits()
        limits.flushBudget = Int.random(in: 1...8, using: &random)
        limits.workPerTurn = Int.random(in: 1...20_000, using: &random)
        limits.topicLogByteCount = 1 << 20
        var simulation = try Simulation(
            Scripted(), seed: seed, limits: limits, isEncrypted: isEncrypted
        ) {
            $0.compression = DeflatePolicy(keptClientWindowBits: seed % 2 == 0 ? 9 : nil)
        }
        simulation.handler.padding = String(
            repeating: ".", count: [0, 5, 200].randomElement(using: &random)!)
        var clients: [SimulatedClient] = []
        for _ in 0..<Int.random(in: 2...7, using: &random) {
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1: clients.append(simulation.open())
            case 2:
                clients.append(simulation.openCompressed(keptWindowBits: seed % 2 == 0 ? 9 : nil))
            default:
                clients.append(simulation.openCompressed("server_max_window_bits=9", windowBits: 9))
            }
        }
        simulation.network.receiveSizes = 1...Int.random(in: 1...60, using: &random)
        simulation.network.sendSizes = 1...Int.random(in: 1...600, using: &random)

        let verbs = ["sub", "sub", "unsub", "pub", "pub", "pub", "notme", "tell"]
        for number in 0..<300 {
            let client = clients.randomElement(using: &random)!
            let operand = Int.random(in: 0..<3, using: &random)
            let command = "\(verbs.randomElement(using: &random)!) \(operand)"
            if simulation.isCompressed(client), Bool.random(using: &random) {
                let size = Int.random(in: 1...20, using: &random)
                client.sendCompressed(command, pieceByteCount: size)
            } else {
                client.send(command)
            }
            try simulation.goOn(clients, handsOver, "seed \(seed), step \(number)", &random)
        }
        for client in clients { simulation.network.sockets[client.socket]!.window = .max }
        simulation.settle()

        #expect(simulation.handler.causes.isEmpty)
        for (index, client) in clients.enumerated() {
            let got = client.takeTexts()
            let expected = simulation.handler.expected[UInt64(index + 1)]!
            #expect(got.sorted() == expected.sorted())
            // Each topic with the direct messages, in the order of sending; between two topics no
            // order is promised.
            for topic in ["0", "1", "2"] {
                let relevant = { (texts: [String]) in
                    texts.filter { $0.hasPrefix(topic) || $0.hasPrefix("d") }
                }
                #expect(relevant(got) == relevant(expected), "topic \(topic), client \(index)")
            }
        }
    }

    @Test func `A subscriber that falls out of the log is closed, without delaying the others`()
        throws
    {
        var limits = Limits()
        limits.topicLogByteCount = 10_000
        var simulation = try Simulation(Scripted(), limits: limits)
        simulation.handler.padding = String(repeating: "p", count: 1000)
        let (slow, quick) = (simulation.open(), simulation.open())
        slow.send("sub 0")
        quick.send("sub 0")
        simulation.settle()
        _ = (slow.takeTexts(), quick.takeTexts())
        simulation.network.sockets[slow.socket]!.window = 0
        for _ in 0..<20 {
            quick.send("pub 0")
            simulation.settle()
        }
        #expect(quick.takeTexts().count == 20)
        // It gets the close reason when it reads again.
        simulation.network.sockets[slow.socket]!.window = .max
        simulation.settle()
        #expect(slow.closeCode == 1008)
        slow.send(8, [0x0F, 0xA1])
        simulation.settle()
        #expect(simulation.handler.causes == [1: .slowConsumer(.policyViolation)])
        #expect(simulation.core.io.connectionCount == 1)
    }

    @Test func `A subscriber that never reads again is reset after the close deadline`() throws {
        var limits = Limits()
        limits.topicLogByteCount = 10_000
        var simulation = try Simulation(Scripted(), limits: limits)
        simulation.handler.padding = String(repeating: "p", count: 1000)
        let (slow, quick) = (simulation.open(), simulation.open())
        slow.send("sub 0")
        simulation.settle()
        simulation.network.sockets[slow.socket]!.window = 0
        for _ in 0..<20 {
            quick.send("pub 0")
            simulation.settle()
        }
        #expect(!simulation.network.sockets[slow.socket]!.isClosed)
        simulation.run(for: .seconds(6))
        #expect(simulation.network.sockets[slow.socket]!.wasReset)
        #expect(simulation.handler.causes == [1: .slowConsumer(.policyViolation)])
    }
}
