// The whole server over a simulated machine, driven by the input.
import LinuxReactor
import WebSocketCore
import WireKit

@testable import SimulationKit
@testable import WebSocketServer
@testable import WebSocketServerTesting

/// Whatever clients send, cut, delay and break off, and whenever another process takes over, the
/// server keeps its contract with the handler, its tables are consistent between any two turns, and
/// at the end nothing is left.
func fuzzServer(_ span: Span<UInt8>) throws {
    var input = FuzzInput(span)
    var limits = Limits()
    limits.messageByteCount = 5000
    limits.headByteCount = 600
    limits.bodyByteCount = 500
    limits.outboxByteCount = 20_000
    limits.ownOutputByteCount = 3000
    limits.topicLogByteCount = 5000
    limits.connectionCount = input.number(in: 2...9)
    limits.connectionsPerAddress = 5
    limits.flushBudget = input.number(in: 1...20)
    limits.workPerTurn = input.number(in: 100...5000)
    limits.acceptBudget = input.number(in: 1...4)
    let kept = input.choice([nil, 8, 15])
    var play = ServerPlay(
        try Simulation(Contract(), seed: 1, limits: limits) {
            $0.compression = DeflatePolicy(keptClientWindowBits: kept)
        })
    play.setSizes(&input)
    while !input.isAtEnd { try play.step(&input) }
    try play.end()
}

/// What the network and the clients do with a server.
private struct ServerPlay: ~Copyable {
    private var simulation: Simulation<Contract>
    private var sockets: [Int32] = []
    private var handOverCount = 0

    init(_ simulation: consuming Simulation<Contract>) { self.simulation = simulation }

    private var network: SimulatedNetwork { simulation.network }

    mutating func setSizes(_ input: inout FuzzInput) {
        network.receiveSizes = 1...input.number(in: 1...3000)
        network.sendSizes = 1...input.number(in: 1...3000)
    }

    /// One action of a client or the network, and perhaps a turn of the server.
    mutating func step(_ input: inout FuzzInput) throws {
        let kind = input.byte()
        if kind & 0x80 != 0 { try turn() }
        guard kind & 0x1F > 2, !sockets.isEmpty else {
            connect(&input)
            return
        }
        let socket = sockets[Int(input.byte()) % sockets.count]
        switch kind & 0x1F {
        case 3: network.sockets[socket]!.isReset = true
        case 4: network.sockets[socket]!.clientHasEnded = true
        case 5: network.sockets[socket]!.window = input.number(in: 0...3000)
        case 6: network.sockets[socket]!.window = .max
        case 7: network.clock = network.clock + .milliseconds(input.number(in: 0...20_000))
        case 8: try handOver()
        case 9: setSizes(&input)
        case 10: simulation.mailbox.post("news")
        case 11: network.sockets[socket]!.failsToSend = true
        case 12: network.descriptorsLeft = Int(input.byte()) % 8
        case 13: send(SimulatedClient.frame(8, [0x03, 0xE8]), on: socket)
        case 14: send(SimulatedClient.frame(9, [1, 2, 3]), on: socket)
        case 15: send(Array(SimulatedClient.handshake.utf8), on: socket)
        case 16:
            // Many small messages: one receive has more than one turn can answer.
            let frame = SimulatedClient.frame(1, [UInt8](repeating: 0x61, count: 9))
            send([[UInt8]](repeating: frame, count: 100).flatMap { $0 }, on: socket)
        case 17...22:
            let payload = (0..<input.number(in: 0...1200)).map { UInt8(0x20 + $0 % 90) }
            let opcode = UInt8(kind & 0x1F == 17 ? 0 : kind & 0x1F == 18 ? 2 : 1)
            let frame = SimulatedClient.frame(opcode, payload, isFinal: kind & 0x40 == 0)
            send(frame, on: socket)
        case 23: connectOutward(&input)
        case 24: answerOutward(socket)
        case 25:
            let payload = input.take(Int(input.byte() & 0x3F))
            send(
                [UInt8(kind & 0x40 == 0 ? 0x81 : 0x01), UInt8(payload.count)] + payload, on: socket)
        case 26:
            let payload = (0..<input.number(in: 0...1200)).map { UInt8(0x20 + $0 % 90) }
            let size = input.number(in: 1...200)
            let message = ReferenceDeflater(windowBits: 9).message(payload)
            send(SimulatedClient.fragments(1, message, pieceByteCount: size), on: socket)
        case 27:
            let payload = input.take(Int(input.byte() & 0x3F))
            let opcode: UInt8 = kind & 0x40 == 0 ? 0x42 : 0x41
            send(SimulatedClient.frame(opcode, payload), on: socket)
        default: send(input.take(Int(input.byte() & 0x3F)), on: socket)
        }
    }

    private func send(_ bytes: [UInt8], on socket: Int32) { network.send(bytes, on: socket) }

    /// The handler connects to an address where a server may listen or not.
    private mutating func connectOutward(_ input: inout FuzzInput) {
        guard sockets.count < 40 else { return }
        let attempt = input.choice([Attempt.succeeds, .succeeds, .fails(111), .failsAtOnce(101)])
        network.attempt = { _ in attempt }
        simulation.mailbox.post("connect")
        simulation.turn()
        simulation.turn()
        sockets += network.connects.map(\.socket)
        network.connects = []
    }

    /// A server's answer to the request on this socket, if it is a request.
    private func answerOutward(_ socket: Int32) {
        let request = String(decoding: network.receive(on: socket), as: UTF8.self)
        let lines = request.split(separator: "\r\n")
        guard let key = lines.first(where: { $0.hasPrefix("Sec-WebSocket-Key: ") }),
            let accept = Handshake.acceptValue(for: String(key.dropFirst(19)))
        else { return }
        let answer =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Accept: \(accept)\r\n\r\n"
        send(Array(answer.utf8), on: socket)
    }

    private mutating func connect(_ input: inout FuzzInput) {
        guard sockets.count < 40 else { return }
        let kind = input.byte()
        let peer = NetworkAddress.ipv4(kind & 0x80 == 0 ? 127 : 192, 0, 2, 1, port: 9)
        let socket = network.connect(from: peer)
        sockets.append(socket)
        switch kind & 7 {
        case 0: break
        case 1: send(input.take(Int(input.byte())), on: socket)
        case 2:
            let path = input.choice(["/", "/later", "/stream", "/large"])
            let request = Array("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
            for _ in 0...(kind >> 3 & 7) { send(request, on: socket) }
        case 3:
            let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            send(Array(head.utf8) + Array("5\r\nhello\r\n0\r\n\r\n".utf8), on: socket)
        case 4:
            let bits = kind >> 3 & 1 == 0 ? "" : "; server_max_window_bits=9"
            let offer = "permessage-deflate; client_max_window_bits" + bits
            let field = "Sec-WebSocket-Extensions: " + offer
            send(Array(SimulatedClient.handshake([field]).utf8), on: socket)
        default: send(Array(SimulatedClient.handshake.utf8), on: socket)
        }
    }

    private mutating func turn() throws {
        simulation.turn()
        try look("a turn")
    }

    private mutating func handOver() throws {
        handOverCount += 1
        try simulation.handOver()
        // Connections that were not handed over end in the first turn.
        simulation.turn()
        try look("a hand-over")
    }

    private func look(_ place: String) throws {
        simulation.core.checkInvariants("after \(place)")
        let handler = simulation.handler
        try check(simulation.core.io.connectionCount, equals: handler.open.count, "connections")
        guard handOverCount == 0 else { return }
        let statistics = simulation.core.io.statistics
        try check(Int(statistics.openedCount), equals: handler.openedCount, "opened")
        let closes = statistics.closeCounts.reduce(0, +)
        try check(
            Int(closes), equals: handler.closedCount + handler.comeToNothingCount, "closed")
    }

    /// All clients leave, in one way or another.
    mutating func end() throws {
        simulation.handler.holdsNobody = true
        for (index, socket) in sockets.enumerated() {
            if index % 2 == 0 {
                network.sockets[socket]!.isReset = true
            } else {
                network.sockets[socket]!.clientHasEnded = true
                network.sockets[socket]!.window = .max
            }
        }
        network.descriptorsLeft = .max
        simulation.run(for: .seconds(60))
        try look("the end")
        try check(network.openDescriptors.isEmpty, "descriptors: \(network.openDescriptors)")
        try check(simulation.handler.open.isEmpty, "still open: \(simulation.handler.open)")
        try check(simulation.handler.connecting.isEmpty, "still being made")
        try check(
            simulation.handler.openedCount, equals: simulation.handler.closedCount, "closed")
        try check(
            simulation.core.takenCounts,
            equals: TakenCounts(topics: simulation.handler.rooms.count),
            "left over")
    }
}
