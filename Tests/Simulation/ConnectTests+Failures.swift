// Attempts to connect that fail: each way has a cause of its own.
import LinuxReactor
import Testing
import WebSocketCore
import WebSocketServer

@testable import SimulationKit

extension ConnectTests {
    @Test(arguments: [Attempt.failsAtOnce(111), .fails(111), .failsAtOnce(113), .fails(101)])
    func `Nothing listens there`(attempt: Attempt) throws {
        var simulation = try Simulation(to: "ws://127.0.0.1:8080")
        simulation.network.attempt = { _ in attempt }
        simulation.settle()
        guard case .fails(let number) = attempt.asFailure else { return }
        simulation.checkEnded(.connectFailed(number))
        #expect(simulation.handler.errors == [.notConnected(.connectFailed(number))])
    }

    @Test func `The attempt gets no answer`() throws {
        var simulation = try Simulation(to: "ws://127.0.0.1:8080")
        simulation.network.attempt = { _ in .pending }
        simulation.run(for: .milliseconds(4_900))
        #expect(simulation.handler.causes.isEmpty)
        simulation.run(for: .milliseconds(200))
        simulation.checkEnded(.connectFailed(110))
    }

    @Test func `The addresses of a name are tried in turn`() throws {
        var simulation = try Simulation(to: "ws://example.com/x")
        let addresses = [1, 2, 3].map { NetworkAddress.ipv4(192, 0, 2, $0, port: 0) }
        simulation.network.names["example.com"] = Resolution(
            ticket: 0, status: 0, addresses: addresses)
        simulation.network.attempt = { address in
            switch address {
            case .network(.ipv4(192, 0, 2, 1, port: 80)): .fails(111)
            case .network(.ipv4(192, 0, 2, 2, port: 80)): .pending
            default: .succeeds
            }
        }
        simulation.settle()
        simulation.run(for: .milliseconds(5_100))
        #expect(
            simulation.network.connects.map(\.address)
                == addresses.map { .network($0.with(port: 80)) })
        #expect(simulation.network.sockets[simulation.network.connects[0].socket]!.isClosed)
        #expect(simulation.network.sockets[simulation.network.connects[1].socket]!.isClosed)
        simulation.answer()
        #expect(simulation.handler.agreements.count == 1)
        #expect(simulation.handler.causes.isEmpty)
    }

    @Test func `The last address's failure is the cause`() throws {
        var simulation = try Simulation(to: "ws://example.com")
        let addresses = [1, 2].map { NetworkAddress.ipv4(192, 0, 2, $0, port: 0) }
        simulation.network.names["example.com"] = Resolution(
            ticket: 0, status: 0, addresses: addresses)
        simulation.network.attempt = {
            $0 == .network(addresses[0].with(port: 80)) ? .fails(111) : .fails(113)
        }
        simulation.settle()
        simulation.checkEnded(.connectFailed(113))
    }

    @Test func `A name that does not resolve`() throws {
        var simulation = try Simulation(to: "ws://nowhere.invalid")
        simulation.network.names["nowhere.invalid"] = Resolution(
            ticket: 0, status: -2, addresses: [])
        simulation.settle()
        simulation.checkEnded(.nameResolutionFailed(-2))
        #expect("\(simulation.handler.errors[0])".contains("not known"))
        #expect(simulation.network.connects.isEmpty)
    }

    @Test func `A name whose resolution never ends`() throws {
        var simulation = try Simulation(to: "ws://slow.invalid")
        simulation.run(for: .milliseconds(9_900))
        #expect(simulation.handler.causes.isEmpty)
        simulation.run(for: .milliseconds(200))
        simulation.checkEnded(.nameResolutionFailed(-3))
    }

    @Test func `A refusal has its status and its text`() throws {
        var simulation = try Simulation(to: "ws://127.0.0.1:8080")
        simulation.settle()
        simulation.reply("HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\n\r\nNo such")
        simulation.checkEnded(.handshakeRefused(.notFound))
        guard case .handshake(.refused(let head, "No such")) = simulation.handler.errors.first
        else {
            Issue.record("\(simulation.handler.errors)")
            return
        }
        #expect(head.status == .notFound)
    }

    /// As many cookies as a server may be sent, a server may set.
    @Test func `An answer's head has the same bound as a request's`() throws {
        var simulation = try Simulation(to: "ws://127.0.0.1:8080")
        simulation.settle()
        simulation.answer(more: "Set-Cookie: \(String(repeating: "c", count: 15_000))\r\n")
        #expect(simulation.handler.agreements.count == 1 && simulation.handler.causes.isEmpty)
        var other = try Simulation(to: "ws://127.0.0.1:8080")
        other.settle()
        other.answer(more: "Set-Cookie: \(String(repeating: "c", count: 17_000))\r\n")
        other.checkEnded(.handshakeFailed)
        #expect("\(other.handler.errors[0])".contains("too long"))
    }

    @Test(arguments: [true, false])
    func `A refusal that is cut off`(ends: Bool) throws {
        var simulation = try Simulation(to: "ws://127.0.0.1:8080")
        simulation.settle()
        simulation.reply("HTTP/1.1 503 Busy\r\nContent-Length: 70\r\n\r\nCome back")
        #expect(simulation.handler.causes.isEmpty)
        if ends {
            simulation.network.sockets[simulation.socket]!.clientHasEnded = true
            simulation.settle()
        } else {
            simulation.run(for: .milliseconds(10_100))
        }
        simulation.checkEnded(.handshakeRefused(.serviceUnavailable))
        #expect("\(simulation.handler.errors[0])" == "The server answered 503 Busy: Come back")
    }

    @Test func `An answer that is not an opening handshake`() throws {
        var simulation = try Simulation(to: "ws://127.0.0.1:8080")
        simulation.settle()
        simulation.answer(accept: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        simulation.checkEnded(.handshakeFailed)
        #expect("\(simulation.handler.errors[0])".contains("Sec-WebSocket-Accept"))
        // The server believes that it is open, so it gets a Close.
        let frames = unmasked(simulation.sent())
        #expect(frames.map(\.opcode) == [8])
        #expect(frames[0].payload.starts(with: [0x03, 0xEA]))
    }

    @Test(arguments: [
        ("permessage-deflate; server_max_window_bits=7", DeflateOffer()),
        ("permessage-deflate; client_max_window_bits=9", DeflateOffer(clientWindow: .fixed)),
        ("permessage-deflate", DeflateOffer(serverNoContextTakeover: true)),
        ("permessage-deflate, permessage-deflate", DeflateOffer()),
        ("permessage-deflate", nil), ("x-gzip", DeflateOffer()),
    ])
    func `Compression that was not offered, or offered differently`(
        answer: String, offer: DeflateOffer?
    ) throws {
        var simulation = try Simulation(to: "ws://127.0.0.1:8080") { $0.compression = offer }
        simulation.settle()
        simulation.answer(more: "Sec-WebSocket-Extensions: \(answer)\r\n")
        simulation.checkEnded(.handshakeFailed)
        let frames = unmasked(simulation.sent())
        #expect(frames.map(\.opcode) == [8])
        #expect(frames.first?.payload.starts(with: [0x03, 0xF2]) == true)
    }

    @Test func `What was agreed on is used in both directions`() throws {
        var simulation = try Simulation(to: "ws://127.0.0.1:8080") {
            $0.compression = DeflateOffer()
        }
        simulation.handler.greeting = String(repeating: "Hello. ", count: 100)
        simulation.settle()
        // "Hello" as in RFC 7692 §7.2.3.1, and then with a reference to itself (§7.2.3.2).
        simulation.answer(
            more: "Sec-WebSocket-Extensions: permessage-deflate\r\n",
            behind: [0xC1, 7, 0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
                + [0xC1, 5, 0xF2, 0x00, 0x11, 0x00, 0x00])
        #expect(simulation.handler.texts == ["Hello", "Hello"])
        #expect(simulation.handler.agreements[0].deflate != nil)
        let sent = simulation.sent()
        #expect(sent[0] == 0xC1 && sent.count < 100)
        #expect(unmasked(sent).count == 1)
    }

    @Test func `An answer that breaks off`() throws {
        var simulation = try Simulation(to: "ws://127.0.0.1:8080")
        simulation.settle()
        simulation.reply("HTTP/1.1 101 Swit")
        simulation.network.sockets[simulation.socket]!.clientHasEnded = true
        simulation.settle()
        simulation.checkEnded(.handshakeFailed)
        #expect(simulation.handler.errors == [.handshake(.endOfStream)])
    }

    @Test func `A reset instead of an answer`() throws {
        var simulation = try Simulation(to: "ws://127.0.0.1:8080")
        simulation.settle()
        simulation.network.sockets[simulation.socket]!.isReset = true
        simulation.settle()
        simulation.checkEnded(.connectionLost(104))
    }

    @Test func `No answer`() throws {
        var simulation = try Simulation(to: "ws://127.0.0.1:8080")
        simulation.settle()
        simulation.run(for: .milliseconds(9_900))
        #expect(simulation.handler.causes.isEmpty)
        simulation.run(for: .milliseconds(200))
        simulation.checkEnded(.handshakeTimedOut)
    }

    @Test func `An invalid request is not sent`() throws {
        var simulation = try Simulation(to: "ws://127.0.0.1:8080") {
            $0.headers = [("Host", "else.where")]
        }
        simulation.settle()
        simulation.checkEnded(.handshakeFailed)
        #expect(simulation.handler.errors == [.handshake(.invalidHeader("Host"))])
        #expect(simulation.network.connects.isEmpty)
    }

    @Test func `No room for another connection`() throws {
        var limits = Limits()
        limits.connectionCount = 2
        let request = try ConnectRequest("ws://127.0.0.1:8080")
        var simulation = try Simulation(
            Connector(requests: [request, request, request]), limits: limits)
        simulation.settle()
        #expect(simulation.network.connects.count == 2)
        #expect(simulation.handler.causes == [.connectFailed(24)])
        simulation.perform { ids, io in
            let isThere = ids.map { io.peer(of: $0) != nil }
            #expect(isThere == [true, true, false])
        }
    }
}
