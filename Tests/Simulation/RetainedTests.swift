// What a topic retains: who gets it, in which order, and how much it is.
import LinuxReactor
import Testing
import WebSocketServer

@testable import SimulationKit

/// Subscribes all who come; "K text" publishes under the key K, "- text" without one, "x K" removes
/// a key, "old text" goes to a topic of another policy.
private struct Board: OperationsHandler {
    var board: Topic?
    var old: Topic?
    var read: [String] = []

    mutating func onStart(_ io: inout ServerContext) {
        board = io.makeTopic(policy: .latestPerKey)
        old = io.makeTopic()
    }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        guard let board, let old else { return }
        io.subscribe(id, to: board)
        io.subscribe(id, to: old)
        io.send("welcome", to: id)
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        guard let board, let old else { return }
        let words = message.text.split(separator: " ").map(String.init)
        switch words[0] {
        case "x": io.removeKey(TopicKey(words[1]), from: board)
        case "-": io.publish(words[1], to: board)
        case "old": io.publish(words[1], to: old, key: "old")
        case let key: io.publish(message, to: board, key: TopicKey(key))
        }
        read = []
        io.forEachNewest(of: board) { key, text in
            read.append("\(key)=\(text.count)")
        }
    }
}

@Suite(.overTLSToo) struct RetainedTests {
    @Test func `A newcomer gets each key's newest first, then what follows`() throws {
        var simulation = try Simulation(Board())
        let first = simulation.open()
        for text in ["a 1", "b 2", "a 3", "c 4", "- 6", "- 7"] { first.send(text) }
        simulation.settle()
        #expect(first.takeTexts() == ["welcome", "a 1", "b 2", "a 3", "c 4", "6", "7"])
        #expect(simulation.handler.read == ["b=3", "a=3", "c=3", "=1"])
        first.send("x b")
        first.send("old 5")
        simulation.settle()
        #expect(first.takeTexts() == ["5"])
        let second = simulation.openCompressed()
        #expect(second.takeTexts() == ["a 3", "c 4", "7", "welcome"])
        first.send("a 8")
        simulation.settle()
        #expect(second.takeTexts() == ["a 8"])
        #expect(simulation.core.io.gauges().keyCount == 3)
        // What is retained stays where nobody is, and in the next process.
        simulation.network.sockets[first.socket]!.isReset = true
        simulation.network.sockets[second.socket]!.isReset = true
        simulation.settle()
        try simulation.handOver()
        let third = simulation.open()
        #expect(third.takeTexts() == ["c 4", "7", "a 8", "welcome"])
    }

    @Test(.plainAlone("a record is not skipped"))
    func `On a slow line a subscriber gets each key's newest, and no more`() throws {
        var simulation = try Simulation(Board())
        let (slow, speaker) = (simulation.open(), simulation.open())
        slow.read()
        simulation.network.sockets[slow.socket]!.window = 10
        simulation.network.sockets[slow.socket]!.bytesPerSecond = 10_000
        let text = String(repeating: "t", count: 500)
        for number in 0..<20 { speaker.send("\(number % 3) \(number)\(text)") }
        simulation.settle()
        simulation.network.sockets[slow.socket]!.window = .max
        simulation.settle()
        let numbers = slow.takeTexts().dropFirst().map { text in
            text.split(separator: " ")[1].prefix { $0 != "t" }
        }
        // The first was on its way already.
        #expect(numbers == ["0", "17", "18", "19"])
        #expect(speaker.takeTexts().count == 21)
        #expect(simulation.core.io.statistics.skipCount == 1)
    }

    @Test func `Beyond the limit the key that was published longest ago is forgotten`() throws {
        var limits = Limits()
        limits.topicKeyCount = 2
        var simulation = try Simulation(Board(), limits: limits)
        let client = simulation.open()
        for text in ["a 1", "b 2", "a 3", "c 4"] { client.send(text) }
        simulation.settle()
        #expect(simulation.handler.read == ["a=3", "c=3"])
        #expect(simulation.core.io.statistics.evictedKeyCount == 1)
        limits.topicKeyCount = 10
        limits.retainedByteCount = 300
        simulation.core.io.update(limits: limits, origin: .sameHost)
        simulation.settle()
        client.send("d " + String(repeating: "d", count: 100))
        simulation.settle()
        #expect(simulation.handler.read == ["d=102"])
    }
}
