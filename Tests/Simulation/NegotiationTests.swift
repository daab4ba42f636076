// What the opening handshake agrees on: compression, a subprotocol, and what a handler may add.
import LinuxReactor
import Logging
import Testing
import WebSocketCore

@testable import SimulationKit
@testable import WebSocketServer

@Suite struct NegotiationTests {
    private static let extensions = "Sec-WebSocket-Extensions: "

    /// The answer's value of a field, or nil.
    private func value(of name: String, _ client: SimulatedClient) -> String? {
        client.read()
        let line = client.head?.split(separator: "\r\n").first {
            $0.lowercased().hasPrefix(name.lowercased() + ":")
        }
        return line.map { String($0.dropFirst(name.utf8.count + 2)) }
    }

    /// The offer, the window that the server keeps, and its answer.
    private static let offers: [(offers: [String], kept: Int?, answer: String?)] = [
        ([], nil, nil),
        (["permessage-bzip2"], nil, nil),
        (
            ["permessage-deflate"], nil,
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        ),
        (
            ["permessage-deflate; client_max_window_bits"], nil,
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        ),
        (
            ["permessage-deflate; client_max_window_bits"], 10,
            "permessage-deflate; server_no_context_takeover; client_max_window_bits=10"
        ),
        (
            ["permessage-deflate; server_max_window_bits=9; client_max_window_bits=12"], 15,
            "permessage-deflate; server_no_context_takeover; server_max_window_bits=9; "
                + "client_max_window_bits=12"
        ),
        // Its window can't be bounded, so none is kept.
        (
            ["permessage-deflate"], 10,
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        ),
        // The first acceptable offer, of one line or of several.
        (
            ["foo, permessage-deflate; nonsense, permessage-deflate; server_max_window_bits=11"],
            nil,
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                + "server_max_window_bits=11"
        ),
        (
            ["permessage-deflate; server_max_window_bits=7", "permessage-deflate"], nil,
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        ),
        (["permessage-deflate; server_max_window_bits=16"], nil, nil),
        (["permessage-deflate; client_max_window_bits=08"], nil, nil),
        (["permessage-deflate; server_no_context_takeover=1"], nil, nil),
        (
            ["permessage-deflate; client_max_window_bits; client_max_window_bits=9"], nil, nil
        ),
    ]

    @Test(arguments: offers)
    func `Compression is granted by the policy`(
        offers: [String], kept: Int?, answer: String?
    ) throws {
        var simulation = try Simulation(Recorder()) {
            $0.compression = DeflatePolicy(keptClientWindowBits: kept)
        }
        let client = simulation.open(fields: offers.map { Self.extensions + $0 })
        #expect(value(of: "Sec-WebSocket-Extensions", client) == answer)
        let id = ConnectionID(resourceID: 1, slot: 0)
        #expect(simulation.core.io.compression(of: id)?.fieldValue == answer)
        #expect(simulation.core.io.statistics.compressedCount == (answer == nil ? 0 : 1))
        client.send(8, [0x03, 0xE8])
        simulation.settle()
        #expect(simulation.core.io.compression(of: id) == nil)
        #expect(simulation.core.takenCounts == TakenCounts())
    }

    @Test func `A server without compression grants none, and enforces it`() throws {
        var simulation = try Simulation(Recorder()) { $0.compression = nil }
        let client = simulation.openCompressed()
        #expect(value(of: "Sec-WebSocket-Extensions", client) == nil)
        client.sendCompressed("hello")
        simulation.settle()
        #expect(client.closeCode == 1002)
        #expect(simulation.handler.causes == [1: .violation(.reservedBits)])
    }

    @Test(arguments: [
        "permessage-deflate;", "a=b", "\u{22}", "permessage-deflate; x=\u{22}a b\u{22}",
    ])
    func `A malformed list of extensions is refused`(list: String) throws {
        var simulation = try Simulation(Recorder())
        let client = simulation.open(fields: [Self.extensions + list])
        client.read()
        #expect(client.head?.hasPrefix("HTTP/1.1 400 ") == true)
        #expect(simulation.core.io.statistics.refusals(.request) == 1)
        #expect(simulation.handler.events.isEmpty)
    }

    @Test func `A connection over the limit gets no compression`() throws {
        var limits = Limits()
        limits.connectionCount = 1
        var simulation = try Simulation(Recorder(), limits: limits)
        let (_, tooMany) = (simulation.openCompressed(), simulation.openCompressed())
        #expect(value(of: "Sec-WebSocket-Extensions", tooMany) == nil)
        #expect(tooMany.closeCode == 1013)
    }

    // MARK: Subprotocols and further fields

    @Test(
        arguments: [
            (nil, nil), ("a", "a"), ("b, a", "a"), ("A", nil), ("x, b", "b"), ("x", nil),
        ] as [(String?, String?)])
    func `The server's preference decides between subprotocols`(
        offered: String?, chosen: String?
    ) throws {
        var simulation = try Simulation(Recorder()) { $0.subprotocols = ["a", "b"] }
        let fields = offered.map { ["Sec-WebSocket-Protocol: \($0)"] } ?? []
        let client = simulation.open(fields: fields)
        #expect(value(of: "Sec-WebSocket-Protocol", client) == chosen)
        #expect(client.head?.hasPrefix("HTTP/1.1 101 ") == true)
    }

    @Test func `A handler's choice of subprotocol overrides the server's list`() throws {
        var simulation = try Simulation(Replying(UpgradeReply(subprotocol: "b"))) {
            $0.subprotocols = ["a", "b"]
        }
        let client = simulation.open(fields: ["Sec-WebSocket-Protocol: a, b"])
        #expect(value(of: "Sec-WebSocket-Protocol", client) == "b")
    }

    @Test func `Further fields go out, and can't begin others`() throws {
        let headers = [("Set-Cookie", "a=b; HttpOnly"), ("X-Odd", "1\r\nSec-WebSocket-Accept: x")]
        var simulation = try Simulation(Replying(UpgradeReply(headers: headers)))
        let client = simulation.open()
        #expect(value(of: "Set-Cookie", client) == "a=b; HttpOnly")
        #expect(value(of: "X-Odd", client) == "1  Sec-WebSocket-Accept: x")
        #expect(
            client.head?.components(of: "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") == 1)
    }

    @Test(arguments: [
        UpgradeReply(subprotocol: "c"),
        UpgradeReply(subprotocol: "A"),
        UpgradeReply(subprotocol: "a\r\nX: y"),
        UpgradeReply(headers: [("sec-websocket-extensions", "permessage-deflate")]),
        UpgradeReply(headers: [("Content-Length", "5")]),
        UpgradeReply(headers: [("X\r\nY", "z")]),
    ])
    func `A reply that can't be sent is the server's fault, and logged`(reply: UpgradeReply) throws
    {
        let log = LogKeeper()
        var simulation = try Simulation(Replying(reply), logger: log.logger)
        let client = simulation.open(fields: ["Sec-WebSocket-Protocol: a, b"])
        client.read()
        #expect(client.head?.hasPrefix("HTTP/1.1 500 ") == true)
        #expect(log.all.count == 1)
        #expect(
            log.all.first?.hasPrefix("error: onUpgrade returned an answer that cannot be sent")
                == true)
        #expect(simulation.handler.openCount == 0)
        #expect(simulation.core.io.statistics.refusals(.request) == 1)
    }

    @Test func `A rejection may have fields and a body of any type`() throws {
        let body = #"{"error":"who are you?"}"#
        let rejection = HandshakeRejection(
            .unauthorized, reason: body,
            headers: [("content-type", "application/json"), ("WWW-Authenticate", "Bearer")])
        var simulation = try Simulation(Replying(UpgradeReply(), rejection))
        let socket = simulation.network.connect()
        simulation.network.send(Array(SimulatedClient.handshake.utf8), on: socket)
        simulation.settle()
        let answer = String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 401 "))
        #expect(answer.contains("content-type: application/json\r\n"))
        #expect(!answer.contains("text/plain"))
        #expect(answer.contains("WWW-Authenticate: Bearer\r\n"))
        #expect(answer.contains("Content-Length: \(body.utf8.count)\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n" + body))
    }
}

/// Gives each handshake the same answer.
private struct Replying: WebSocketHandler {
    let reply: UpgradeReply
    let rejection: HandshakeRejection?
    var openCount = 0

    init(_ reply: UpgradeReply, _ rejection: HandshakeRejection? = nil) {
        self.reply = reply
        self.rejection = rejection
    }

    mutating func onUpgrade(
        _ request: borrowing HTTPRequest
    ) throws(HandshakeRejection) -> UpgradeReply {
        if let rejection { throw rejection }
        return reply
    }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws(Disconnect) {
        openCount += 1
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect) {}
}

extension String {
    /// How often another text occurs in this one.
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
