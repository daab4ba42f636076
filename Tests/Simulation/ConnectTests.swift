// Outgoing connections: opened, used, kept alive and closed.
import LinuxReactor
import Testing
import WebSocketCore
import WebSocketServer

@testable import SimulationKit

@Suite struct ConnectTests {
    static let here = ConnectAddress.network(.ipv4(127, 0, 0, 1, port: 8080))

    @Test func `A connection is opened, used and closed in order`() throws {
        var simulation = try Simulation(to: "ws://127.0.0.1:8080/chat?a=1") {
            $0.subprotocols = ["one", "two"]
            $0.headers = [("Origin", "http://example.com")]
            $0.source = .ipv4(127, 0, 0, 9, port: 0)
        }
        simulation.handler.greeting = "Hello"
        simulation.settle()
        #expect(simulation.network.connects.map(\.address) == [Self.here])
        #expect(simulation.network.connects[0].source == .ipv4(127, 0, 0, 9, port: 0))
        let request = String(
            decoding: simulation.network.sockets[simulation.socket]!.toClient, as: UTF8.self)
        #expect(request.hasPrefix("GET /chat?a=1 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"))
        #expect(request.contains("\r\nOrigin: http://example.com\r\n"))
        #expect(request.contains("\r\nSec-WebSocket-Protocol: one, two\r\n"))
        simulation.answer(more: "Sec-WebSocket-Protocol: two\r\nX: y\r\n")
        #expect(simulation.handler.agreements.map(\.subprotocol) == ["two"])
        #expect(simulation.handler.agreements[0].head.header("X") == "y")
        #expect(unmasked(simulation.sent()).map(\.payload) == [Array("Hello".utf8)])
        #expect(simulation.core.takenCounts.attempts == 0)

        simulation.network.send([0x81, 2] + "Ho".utf8, on: simulation.socket)
        simulation.network.send([0x89, 1, 7], on: simulation.socket)
        simulation.settle()
        #expect(simulation.handler.texts == ["Ho"])
        let pong = unmasked(simulation.sent())
        #expect(pong.map(\.opcode) == [10] && pong[0].payload == [7])

        simulation.perform { ids, io in io.close(ids[0], code: .goingAway, reason: "Bye") }
        let close = unmasked(simulation.sent())
        #expect(close.map(\.opcode) == [8])
        #expect(close[0].payload == [0x03, 0xE9] + "Bye".utf8)
        simulation.network.send([0x88, 2, 0x03, 0xE9], on: simulation.socket)
        simulation.settle()
        #expect(simulation.handler.causes == [.serverClosed(.goingAway)])
        // The server closes first (RFC 6455 §7.1.1).
        #expect(!simulation.network.sockets[simulation.socket]!.isClosed)
        simulation.network.sockets[simulation.socket]!.clientHasEnded = true
        simulation.settle()
        #expect(simulation.network.sockets[simulation.socket]!.isClosed)
        #expect(!simulation.network.sockets[simulation.socket]!.wasReset)
        #expect(simulation.core.takenCounts == TakenCounts())
    }

    @Test func `A local socket instead of the URL's host`() throws {
        var simulation = try Simulation(to: "ws://example.com/x") {
            $0.socketPath = "/run/a.socket"
        }
        simulation.settle()
        #expect(simulation.network.connects.map(\.address) == [.local(path: "/run/a.socket")])
        let request = String(
            decoding: simulation.network.sockets[simulation.socket]!.toClient, as: UTF8.self)
        #expect(request.hasPrefix("GET /x HTTP/1.1\r\nHost: example.com\r\n"))
        simulation.answer()
        let peer = simulation.core.io.peer(of: simulation.handler.ids[0])
        #expect(peer?.family == .local)
    }

    @Test func `An aborted connection is reset, and says nothing`() throws {
        var simulation = try Simulation(to: "ws://127.0.0.1:8080")
        simulation.settle()
        simulation.answer()
        simulation.perform { ids, io in
            io.send("lost", to: ids[0])
            io.abort(ids[0])
            io.abort(ids[0])
        }
        #expect(simulation.handler.causes == [.serverClosed(.abnormal)])
        #expect(simulation.network.sockets[simulation.socket]!.wasReset)
        #expect(simulation.sent().isEmpty)
        #expect(simulation.core.takenCounts == TakenCounts())
    }

    @Test func `A silent server is pinged, then given up`() throws {
        var simulation = try Simulation(to: "ws://127.0.0.1:8080")
        simulation.settle()
        simulation.answer()
        simulation.run(for: .seconds(26))
        #expect(unmasked(simulation.sent()).map(\.opcode) == [9])
        simulation.network.send([0x8A, 0], on: simulation.socket)
        simulation.run(for: .seconds(20))
        #expect(simulation.handler.causes.isEmpty)
        simulation.run(for: .seconds(20))
        #expect(simulation.handler.causes == [.pingTimeout])
    }

    @Test func `A masked frame from a server is a violation`() throws {
        var simulation = try Simulation(to: "ws://127.0.0.1:8080")
        simulation.settle()
        simulation.answer(behind: SimulatedClient.frame(1, [7]))
        #expect(simulation.handler.causes == [.violation(.maskForbidden)])
        let frames = unmasked(simulation.sent())
        #expect(frames.map(\.opcode) == [8] && frames[0].payload.starts(with: [0x03, 0xEA]))
    }

    @Test func `Keys are fresh for each frame`() throws {
        var simulation = try Simulation(to: "ws://127.0.0.1:8080")
        simulation.settle()
        simulation.answer()
        simulation.perform { ids, io in for _ in 0..<1_000 { io.send("same", to: ids[0]) } }
        let bytes = simulation.sent()
        let keys = stride(from: 0, to: bytes.count, by: 10).map { Array(bytes[$0 + 2..<$0 + 6]) }
        #expect(keys.count == 1_000)
        #expect(Set(keys).count >= 999)
    }

    @Test func `It cannot be subscribed, and gets nothing that is published`() throws {
        var simulation = try Simulation(to: "ws://127.0.0.1:8080")
        simulation.settle()
        simulation.answer()
        simulation.perform { ids, io in
            let topic = io.topic(named: "all")
            io.subscribe(ids[0], to: topic)
            io.publish("news", to: topic)
            let isSubscribed = io.isSubscribed(ids[0], to: topic)
            #expect(!isSubscribed)
        }
        #expect(simulation.sent().isEmpty)
    }

    @Test func `Frames right behind the answer are decoded`() throws {
        var simulation = try Simulation(to: "ws://127.0.0.1:8080")
        simulation.settle()
        simulation.network.receiveSizes = 1...7
        simulation.answer(behind: [0x81, 3] + "abc".utf8)
        #expect(simulation.handler.texts == ["abc"])
    }

    @Test func `A server that does not close after the closing handshake is reset`() throws {
        var simulation = try Simulation(to: "ws://127.0.0.1:8080")
        simulation.settle()
        simulation.answer()
        simulation.network.send([0x88, 2, 0x03, 0xE8], on: simulation.socket)
        simulation.settle()
        #expect(simulation.handler.causes == [.peerClosed(.normal)])
        #expect(unmasked(simulation.sent()).map(\.payload) == [[0x03, 0xE8]])
        #expect(!simulation.network.sockets[simulation.socket]!.isClosed)
        simulation.run(for: .seconds(6))
        #expect(simulation.network.sockets[simulation.socket]!.isClosed)
    }
}
