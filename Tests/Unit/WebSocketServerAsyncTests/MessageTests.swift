// Messages through tasks: at once, in order, and never more of them than the bounds allow.
import Testing
import WebSocketServer

@testable import SimulationKit
@testable import WebSocketServerAsync

@Suite struct MessageTests {
    @Test func `An echo is answered in the turn in which it comes`() throws {
        var simulation = try Simulation(serve: { socket in
            for try await message in socket.messages { try await socket.send(message) }
        })
        let client = simulation.open()
        client.read()
        client.send("one")
        client.send(2, [1, 2, 255])
        client.send("")
        let before = simulation.network.sendCount
        simulation.turn()
        #expect(client.takeFrames().map(\.opcode) == [1, 2, 1])
        // All of them in one send: the fast path.
        #expect(simulation.network.sendCount == before + 1)
        client.send(String(repeating: "ä", count: 20_000))
        simulation.settle()
        #expect(client.takeTexts() == [String(repeating: "ä", count: 20_000)])
    }

    @Test func `A flood is not read beyond the bounds, and arrives whole and in order`() throws {
        let (gate, notes) = (Gate(), Notes<String>())
        var simulation = try Simulation(serve: { socket in
            await gate.pass()
            for try await message in socket.messages { notes.add(message.text) }
        })
        let client = simulation.open()
        let count = 5_000
        let padding = String(repeating: "p", count: 100)
        for number in 0..<count { client.send("\(number) \(padding)") }
        simulation.settle()
        // What it holds is 64 messages and at most one receive of 128 KiB; the rest, which TCP
        // holds back, is still in the network.
        #expect(simulation.core.heldByteCount <= 160 * 1024)
        #expect(simulation.network.sockets[client.socket]!.toServer.count > 350_000)
        gate.open(&simulation)
        #expect(notes.all.count == count)
        #expect(notes.all.enumerated().allSatisfy { $1 == "\($0) \(padding)" })
    }

    @Test(arguments: [1, 2, 3])
    func `The smallest bounds lose nothing`(unreadCount: Int) throws {
        var bounds = SocketBounds()
        bounds.unreadMessageCount = unreadCount
        bounds.unreadByteCount = 1
        bounds.unsentByteCount = 1
        var simulation = try Simulation(
            bounds: bounds,
            serve: { socket in
                for try await message in socket.messages { try await socket.send(message) }
            })
        let client = simulation.open()
        for number in 0..<500 { client.send("\(number)") }
        simulation.settle()
        #expect(client.takeTexts() == (0..<500).map { "\($0)" })
    }

    @Test func `A slow reader stops its task, and memory does not grow`() throws {
        let (count, notes) = (2_000, Notes<Int>())
        let padding = String(repeating: "p", count: 1_000)
        var simulation = try Simulation(serve: { socket in
            for number in 0..<count {
                try await socket.send("\(number) \(padding)")
                notes.add(number)
            }
        })
        let client = simulation.open(window: 50_000)
        var texts: [String] = []
        // The bound, one message more, and what a socket took: nothing else was sent.
        #expect(notes.all.count < 120)
        while texts.count < count {
            #expect(simulation.core.heldByteCount <= 160 * 1024)
            texts += client.takeTexts()
            simulation.network.sockets[client.socket]!.window = 40_000
            simulation.settle()
        }
        #expect(texts == (0..<count).map { "\($0) \(padding)" })
    }

    @Test func `A task that sends without end leaves others their turns`() throws {
        var simulation = try Simulation(serve: { socket in
            for try await message in socket.messages {
                guard message.text == "flood" else {
                    try await socket.send(message)
                    continue
                }
                while true { try await socket.send(String(repeating: "m", count: 999)) }
            }
        })
        let (flooded, other) = (simulation.open(), simulation.open())
        flooded.send("flood")
        for number in 0..<20 {
            other.send("\(number)")
            simulation.turn()
            simulation.turn()
            #expect(other.takeTexts() == ["\(number)"])
            // What the bound allows in a turn, three times at most.
            #expect((1...198).contains(flooded.takeTexts().count))
        }
    }

    @Test func `A second loop is refused while the first one reads, and may follow it`() throws {
        let (notes, gate) = (Notes<String>(), Gate())
        var simulation = try Simulation(serve: { socket in
            await withTaskGroup { group in
                for name in ["a", "b"] {
                    group.addTask {
                        do {
                            for try await message in socket.messages {
                                notes.add(name + message.text)
                                if message.text == "stop" { return }
                            }
                        } catch {
                            notes.add("\(error is MessagesAlreadyRead)")
                        }
                    }
                }
            }
            await gate.pass()
            for try await message in socket.messages { notes.add("c" + message.text) }
        })
        let client = simulation.open()
        client.send("1")
        client.send("stop")
        client.send("2")
        simulation.settle()
        gate.open(&simulation)
        #expect(notes.all == ["true", "a1", "astop", "c2"])
    }
}
