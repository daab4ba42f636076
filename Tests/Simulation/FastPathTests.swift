// Replies on the fast path, mixed with everything that leaves it: the order stays, and nothing is
// lost, doubled or sent to another connection.
import LinuxReactor
import Testing
import WebSocketServer

@testable import SimulationKit

/// Does what the characters of a message say, and records what each connection should get.
struct Mixed: WebSocketHandler {
    var ids: [ConnectionID] = []
    var expected: [UInt64: [String]] = [:]
    var members: Set<UInt64> = []
    var number = 0

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws(Disconnect) {
        ids.append(id)
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect) {
        var replyByteCount = 0
        for letter in message.text {
            number += 1
            switch letter {
            case "a": replyByteCount += say("\(number)", to: id, &io)
            case "A":
                replyByteCount += say(
                    "\(number) " + String(repeating: "long ", count: 40), to: id, &io)
            case "o": _ = say("\(number)", to: ids[number % ids.count], &io)
            case "s":
                io.subscribe(id, to: io.topic(named: "all"))
                if io.isOpen(id) { members.insert(id.resourceID) }
            case "u":
                io.unsubscribe(id, from: io.topic(named: "all"))
                members.remove(id.resourceID)
            case "p":
                io.publish("\(number)", to: io.topic(named: "all"))
                for member in members { expected[member, default: []].append("\(number)") }
            case "h":
                io.pauseReading(id)
                io.resumeReading(id)
            case "H":
                io.pauseReading(id)
                for id in ids { io.resumeReading(id) }
            case "b": #expect(!io.isOpen(id) || io.bufferedByteCount(of: id) >= replyByteCount)
            case "n": io.send("to nobody", to: ConnectionID(resourceID: .max - 1, slot: .max))
            case "c":
                io.close(id)
                members.remove(id.resourceID)
            case "t":
                members.remove(id.resourceID)
                throw Disconnect(.normal, "asked for")
            default: return
            }
        }
    }

    private mutating func say(_ text: String, to id: ConnectionID, _ io: inout ServerContext) -> Int
    {
        guard io.isOpen(id) else { return 0 }
        expected[id.resourceID, default: []].append(text)
        io.send(text, to: id)
        return text.utf8.count + 2
    }
}

@Suite struct FastPathTests {
    @Test(arguments: 1...60)
    func `Replies keep their order among everything else`(_ seed: UInt64) throws {
        try run(seed: seed, isEncrypted: false)
    }

    @Test(arguments: 1...20)
    func `The same over TLS`(_ seed: UInt64) throws {
        try run(seed: seed, isEncrypted: true)
    }

    private func run(seed: UInt64, isEncrypted: Bool) throws {
        var random = SeededGenerator(seed: seed &* 6007)
        var simulation = try Simulation(Mixed(), seed: seed, isEncrypted: isEncrypted)
        let clients = (0..<4).map { _ in simulation.open() }
        let letters = Array("aaaaaaAoosuphHbn")
        for round in 0..<40 {
            for client in clients where Bool.random(using: &random) {
                // Several messages a receive, some of them fragmented, with pings between.
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    let count = Int.random(in: 1...8, using: &random)
                    let text = (0..<count).map { _ in letters.randomElement(using: &random)! }
                    switch Int.random(in: 0..<6, using: &random) {
                    case 0:
                        client.send(1, Array(String(text.dropLast()).utf8), isFinal: false)
                        client.send(9, [1, 2])
                        client.send(0, Array(String(text.suffix(1)).utf8))
                    case 1: client.send(9, [])
                    default: client.send(String(text))
                    }
                }
                if round > 35, Int.random(in: 0..<4, using: &random) == 0 {
                    client.send(["aac", "aat", "sapc"].randomElement(using: &random)!)
                }
            }
            simulation.settle()
            for client in clients { client.read() }
        }
        for (index, client) in clients.enumerated() {
            let heard = client.takeTexts()
            let id = simulation.handler.ids[index].resourceID
            #expect(heard == simulation.handler.expected[id, default: []])
        }
    }
}
