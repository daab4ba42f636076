// Before and beside the messages: requests, subprotocols, topics, the server's state.
import Testing
import WebSocketServer

@testable import SimulationKit
@testable import WebSocketServerAsync

@Suite struct UpgradeTests {
    @Test func `The task sees the request, and a refused one gets none`() throws {
        let notes = Notes<String>()
        var simulation = try Simulation(
            {
                $0.shouldUpgrade = { request in
                    guard request.head.header("X-Token") == "good" else {
                        throw HandshakeRejection(.unauthorized, reason: "No token.")
                    }
                    return UpgradeReply(subprotocol: "two")
                }
            },
            serve: { socket in
                let request = socket.request
                notes.add(
                    "\(request.path) \(request.subprotocol ?? "-") \(request.peer.host)")
            })
        let offer = "Sec-WebSocket-Protocol: one, two"
        let refused = simulation.open(fields: [offer])
        refused.read()
        #expect(refused.head?.hasPrefix("HTTP/1.1 401") == true)
        let client = simulation.open(fields: [offer, "X-Token: good"])
        client.read()
        #expect(client.head?.contains("Sec-WebSocket-Protocol: two\r\n") == true)
        #expect(notes.all == ["/ two 127.0.0.1"])
    }

    @Test func `The subprotocol is that of the configuration, if the closure names none`() throws {
        let notes = Notes<String?>()
        var simulation = try Simulation(
            { $0.subprotocols = ["three", "two"] },
            configure: { $0.subprotocols = ["three", "two"] },
            serve: { notes.add($0.request.subprotocol) })
        _ = simulation.open(fields: ["Sec-WebSocket-Protocol: one, two"])
        _ = simulation.open()
        #expect(notes.all == ["two", nil])
    }

    @Test func `Plain requests have a closure too`() throws {
        var simulation = try Simulation(
            { $0.respond = { .text(.ok, "You want \($0.head.path).") } }, serve: { _ in })
        let socket = simulation.network.connect()
        simulation.network.send(
            Array("GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8), on: socket)
        simulation.settle()
        let answer = String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
        #expect(answer.hasSuffix("You want /page.\n"))
    }

    @Test func `Tasks subscribe and publish`() throws {
        var simulation = try Simulation(serve: { socket in
            try await socket.subscribe(to: "all")
            for try await message in socket.messages {
                if message.text == "leave" {
                    try await socket.unsubscribe(from: "all")
                    continue
                }
                try await socket.publish(message.text, to: "all", exceptSelf: true)
                try await socket.send("published")
            }
        })
        let (one, two) = (simulation.open(), simulation.open())
        one.send("hello")
        simulation.settle()
        #expect(one.takeTexts() == ["published"])
        #expect(two.takeTexts() == ["hello"])
        two.send("leave")
        simulation.settle()
        one.send("again")
        simulation.settle()
        #expect(two.takeTexts() == [])
    }

    @Test func `A task may do whatever a callback may`() throws {
        let notes = Notes<Int>()
        var simulation = try Simulation(serve: { socket in
            notes.add(try await socket.withContext { io in io.connectionCount })
        })
        _ = simulation.open()
        #expect(notes.all == [1])
    }

    @Test func `The waits between connections double up to their limit, and differ`() {
        var backOff = BackOff()
        backOff.first = .seconds(1)
        backOff.limit = .seconds(10)
        for (count, whole) in [(0, 1), (1, 2), (3, 8), (4, 10), (1_000, 10)] {
            let delays = (0..<100).map { _ in backOff.delay(after: count) }
            #expect(delays.allSatisfy { $0 >= .seconds(whole) / 2 && $0 <= .seconds(whole) })
            #expect(Set(delays).count > 50)
        }
    }
}
