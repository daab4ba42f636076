// Outgoing connections: each way to fail has a cause of its own.
import LinuxReactor
import Testing
import WebSocketCore
import WebSocketServer

@testable import SimulationKit

/// Connects when it starts, and records what happens.
struct Connector: WebSocketHandler {
    var requests: [ConnectRequest] = []
    var greeting: String?
    private(set) var ids: [ConnectionID] = []
    private(set) var agreements: [ClientAgreement] = []
    private(set) var texts: [String] = []
    private(set) var errors: [ConnectionError] = []
    private(set) var causes: [CloseCause] = []
    /// What it does next, in the callback of the next message from outside.
    var command: (([ConnectionID], inout ServerContext) -> Void)?

    typealias Mail = Int

    mutating func onStart(_ io: inout ServerContext) { ids = requests.map { io.connect($0) } }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        agreements.append(io.agreement(of: id)!)
        if let greeting { io.send(greeting, to: id) }
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        texts.append(message.text)
    }

    mutating func onError(_ id: ConnectionID, _ error: ConnectionError, _ io: inout ServerContext) {
        errors.append(error)
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        #expect(errors.count >= causes.filter { ConnectionError($0) != nil }.count)
        causes.append(cause)
    }

    mutating func onMail(_ mail: Int, _ io: inout ServerContext) { command?(ids, &io) }
}

extension Simulation<Connector> {
    /// A simulation of one outgoing connection.
    init(to url: String, _ change: (inout ConnectRequest) -> Void = { _ in }) throws {
        var request = try ConnectRequest(url)
        change(&request)
        try self.init(Connector(requests: [request]))
    }

    /// The latest socket that was connected.
    var socket: Int32 { network.connects.last!.socket }

    /// What the client has sent since the last time.
    func sent() -> [UInt8] { network.receive(on: socket) }

    /// Answers the request that was sent as a server would, with these changes.
    mutating func answer(
        accept: String? = nil, more: String = "", behind: [UInt8] = []
    ) {
        let request = String(decoding: sent(), as: UTF8.self)
        let key = request.split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Key: ") }!
        let value = AcceptValue(key: Array(key.dropFirst(19).utf8).span).description
        let head =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: \(accept ?? value)\r\n\(more)\r\n"
        network.send(Array(head.utf8) + behind, on: socket)
        settle()
    }

    mutating func reply(_ text: String) {
        network.send(Array(text.utf8), on: socket)
        settle()
    }

    /// Runs a closure in the handler.
    mutating func perform(_ command: @escaping ([ConnectionID], inout ServerContext) -> Void) {
        handler.command = command
        mailbox.post(1)
        settle()
    }

    /// Checks that nothing is left of the connection.
    func checkEnded(_ cause: CloseCause, _ location: SourceLocation = #_sourceLocation) {
        #expect(handler.causes == [cause], sourceLocation: location)
        #expect(handler.agreements.isEmpty, sourceLocation: location)
        #expect(core.takenCounts == TakenCounts(), sourceLocation: location)
        for connect in network.connects {
            #expect(network.sockets[connect.socket]!.isClosed, sourceLocation: location)
        }
    }
}

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

    // MARK: Failed attempts

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

    // MARK: Closed before it is open

    /// How far an outgoing connection has come.
    enum Stage: CaseIterable { case lookingUp, connecting, awaitingAnswer, answering }

    private func reach(_ stage: Stage) throws -> Simulation<Connector> {
        var simulation = try Simulation(
            to: stage == .lookingUp ? "ws://slow.invalid" : "ws://127.0.0.1:8080")
        simulation.network.attempt = { _ in stage == .connecting ? .pending : .succeeds }
        simulation.settle()
        if stage == .answering { simulation.reply("HTTP/1.1 101 Swit") }
        return simulation
    }

    @Test(arguments: Stage.allCases)
    func `The handler closes it before it is open`(stage: Stage) throws {
        var simulation = try reach(stage)
        simulation.perform { ids, io in io.close(ids[0], code: .goingAway) }
        simulation.checkEnded(.serverClosed(.goingAway))
    }

    @Test(arguments: Stage.allCases)
    func `The handler aborts it before it is open`(stage: Stage) throws {
        var simulation = try reach(stage)
        simulation.perform { ids, io in io.abort(ids[0]) }
        simulation.checkEnded(.serverClosed(.abnormal))
    }

    @Test(arguments: Stage.allCases)
    func `The loop stops before it is open`(stage: Stage) throws {
        var simulation = try reach(stage)
        simulation.perform { _, io in io.stop() }
        simulation.run(for: .seconds(1))
        simulation.checkEnded(.stopping)
        let isDone = simulation.core.isDone
        #expect(isDone)
    }

    @Test(arguments: Stage.allCases)
    func `Calls on a connection that is not open do nothing`(stage: Stage) throws {
        var simulation = try reach(stage)
        simulation.perform { ids, io in
            let topic = io.makeTopic()
            io.send("Too early", to: ids[0])
            io.subscribe(ids[0], to: topic)
            io.pauseReading(ids[0])
            io.resumeReading(ids[0])
            let (isOpen, isOutgoing) = (io.isOpen(ids[0]), io.isOutgoing(ids[0]))
            #expect(!isOpen && isOutgoing)
            let (agreement, open) = (io.agreement(of: ids[0]), io.openConnections)
            #expect(agreement == nil && open.isEmpty)
            let count = io.connectionCount
            #expect(count == 0)
            io.removeTopic(topic)
        }
        #expect(simulation.handler.causes.isEmpty)
    }
}

extension Attempt {
    fileprivate var asFailure: Attempt {
        if case .failsAtOnce(let number) = self { return .fails(number) }
        return self
    }
}

/// The frames of a client, each of which must be masked, with a key of its own.
func unmasked(_ bytes: [UInt8]) -> [(opcode: UInt8, payload: [UInt8])] {
    var frames: [(UInt8, [UInt8])] = []
    var rest = bytes[...]
    while let header = FrameHeader.parse(Array(rest).span) {
        #expect(header.isMasked)
        let start = rest.startIndex + header.byteCount
        let payload = rest[start..<start + Int(header.payloadByteCount)]
        let key = (0..<4).map { UInt8(truncatingIfNeeded: header.maskingKey >> (24 - 8 * $0)) }
        frames.append(
            (header.firstByte & 0xF, payload.enumerated().map { $1 ^ key[$0 % 4] }))
        rest = rest[(start + Int(header.payloadByteCount))...]
    }
    #expect(rest.isEmpty)
    return frames
}
