// Everything at once, by seed: what must be true whatever clients and the machine do.
import Foundation
import LinuxReactor
import Testing
import WebSocketCore
import WebSocketServer
import WireKit

@testable import SimulationKit

@Suite(MeetsEveryState(leastRunCount: 20)) struct SwarmTests {
    /// More seeds than usual: `ROOST_SEEDS=5000 swift test --filter SwarmTests`.
    static let seedCount =
        ProcessInfo.processInfo.environment["ROOST_SEEDS"].flatMap { UInt64($0) } ?? 60

    @Test(arguments: 1...seedCount)
    func `Whatever happens, the contract is kept and nothing is left`(seed: UInt64) throws {
        try run(seed: seed, isEncrypted: false)
    }

    @Test(arguments: 1...max(20, seedCount / 2))
    func `The same over TLS`(seed: UInt64) throws {
        try run(seed: seed, isEncrypted: true)
    }

    private func run(seed: UInt64, isEncrypted: Bool) throws {
        var random = SeededGenerator(seed: seed &* 104_729)
        var limits = Limits()
        limits.messageByteCount = 5000
        limits.outboxByteCount = 20_000
        limits.ownOutputByteCount = 3000
        limits.topicLogByteCount = 5000
        limits.connectionCount = Int.random(in: 5...30, using: &random)
        limits.connectionsPerAddress = 10
        limits.flushBudget = Int.random(in: 1...50, using: &random)
        limits.workPerTurn = Int.random(in: 100...100_000, using: &random)
        limits.acceptBudget = Int.random(in: 1...10, using: &random)
        limits.taskCount = Int.random(in: 1...5, using: &random)
        let executor = ScriptedExecutor()
        var simulation = try Simulation(
            Contract(), seed: seed, limits: limits, isEncrypted: isEncrypted
        ) {
            $0.compression = DeflatePolicy(keptClientWindowBits: seed % 2 == 0 ? 8 : nil)
            $0.taskExecutor = executor
        }
        simulation.handler.startsTasks = true
        simulation.network.receiveSizes = 1...Int.random(in: 1...3000, using: &random)
        simulation.network.sendSizes = 1...Int.random(in: 1...3000, using: &random)
        if seed % 4 == 0 { simulation.network.descriptorsLeft = 20 }
        if seed % 3 == 0 { HandOverCensus.current?.beginRun() }
        var sockets: [Int32] = []
        var halves: [Int32: [UInt8]] = [:]
        for number in 0..<400 {
            step(&simulation, &sockets, &halves, &random)
            if Int.random(in: 0..<3, using: &random) > 0 {
                simulation.turn()
                simulation.core.checkInvariants("seed \(seed), step \(number)")
            }
            if Int.random(in: 0..<5, using: &random) == 0 { executor.run() }
            if seed % 3 == 0, Int.random(in: 0..<25, using: &random) == 0 {
                if Bool.random(using: &random) {
                    simulation.perform { handler, io in
                        for room in handler.rooms { io.publish("to be swept", to: room) }
                    }
                    if Bool.random(using: &random) { simulation.turn() }
                }
                try simulation.handOverToAnyVersion(&random)
                // Tasks end with their process.
                simulation.handler.asking = [:]
            }
            let statistics = simulation.core.io.statistics
            #expect(simulation.core.io.connectionCount == simulation.handler.open.count)
            if seed % 3 != 0 {
                #expect(Int(statistics.openedCount) == simulation.handler.openedCount)
                let closes = statistics.closeCounts.reduce(0, +)
                let ended = simulation.handler.closedCount + simulation.handler.comeToNothingCount
                #expect(Int(closes) == ended)
            }
        }
        // All clients leave, in one way or another.
        simulation.handler.holdsNobody = true
        for socket in sockets {
            if Bool.random(using: &random) {
                simulation.network.sockets[socket]!.isReset = true
            } else {
                simulation.network.sockets[socket]!.clientHasEnded = true
                simulation.network.sockets[socket]!.window = .max
            }
        }
        simulation.network.descriptorsLeft = .max
        if seed % 5 == 0 { simulation.mailbox.post("stop") }
        for _ in 0..<60 {
            executor.run()
            simulation.run(for: .seconds(1))
        }
        simulation.core.checkInvariants("seed \(seed), the end")
        #expect(simulation.handler.asking.isEmpty)
        #expect(simulation.network.openDescriptors.isEmpty)
        #expect(simulation.handler.open.isEmpty && simulation.handler.undecided.isEmpty)
        #expect(simulation.handler.eventStreams.isEmpty)
        #expect(simulation.core.io.eventStreamCount == 0)
        #expect(simulation.handler.openedCount == simulation.handler.closedCount)
        #expect(simulation.core.takenCounts == TakenCounts(topics: simulation.handler.rooms.count))
    }

    /// One action of a client or the network. `halves` has the rests of messages that were sent in
    /// part.
    private func step(
        _ simulation: inout Simulation<Contract>, _ sockets: inout [Int32],
        _ halves: inout [Int32: [UInt8]], _ random: inout SeededGenerator
    ) {
        let network = simulation.network
        let offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"
        var fields = Bool.random(using: &random) ? [offer] : []
        if Int.random(in: 0..<4, using: &random) == 0 { fields.append("X-Decide: later") }
        let handshake = Array(SimulatedClient.handshake(fields).utf8)
        guard let socket = sockets.randomElement(using: &random),
            Int.random(in: 0..<6, using: &random) > 0
        else {
            let peer = NetworkAddress.ipv4(
                Bool.random(using: &random) ? 127 : 192, 0, 2, 1, port: 9)
            let socket = network.connect(from: peer)
            sockets.append(socket)
            switch Int.random(in: 0..<9, using: &random) {
            case 0: break
            case 4:
                // Half an upload.
                let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000\r\n\r\n"
                network.send(Array(head.utf8) + [UInt8](repeating: 0x75, count: 700), on: socket)
            case 1: network.send(Array(handshake.prefix(40)), on: socket)
            case 2: network.send([0xFF, 0, 13, 10, 13, 10], on: socket)
            case 3:
                let path = ["/", "/later", "/stream", "/large", "/events"].randomElement(
                    using: &random)!
                let request = Array("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
                for _ in 0..<Int.random(in: 1...9, using: &random) {
                    network.send(request, on: socket)
                }
            default: network.send(handshake, on: socket)
            }
            return
        }
        if let rest = halves.removeValue(forKey: socket) { return network.send(rest, on: socket) }
        switch Int.random(in: 0..<20, using: &random) {
        case 0: network.sockets[socket]!.isReset = true
        case 1: network.sockets[socket]!.clientHasEnded = true
        case 2: network.sockets[socket]!.window = Int.random(in: 0...3000, using: &random)
        case 3, 4: network.sockets[socket]!.window = .max
        case 5: network.send(SimulatedClient.frame(8, [0x03, 0xE8]), on: socket)
        case 6: network.send([UInt8.random(in: 0...255, using: &random)], on: socket)
        case 7: network.clock = network.clock + .seconds(Int.random(in: 0...20, using: &random))
        case 8: network.send(SimulatedClient.frame(9, [1, 2, 3]), on: socket)
        case 9: network.send(handshake, on: socket)
        case 10:
            // Many small messages: one receive has more than one turn can answer.
            let frame = SimulatedClient.frame(1, [UInt8](repeating: 0x61, count: 9))
            network.send(Array((0..<500).map { _ in frame }.joined()), on: socket)
        case 11: simulation.mailbox.post(Bool.random(using: &random) ? "news" : "connect")
        case 12, 13:
            // Compressed, perhaps without an agreement on it, and perhaps damaged.
            let text = [UInt8](repeating: 0x7A, count: Int.random(in: 0...7000, using: &random))
            var compressed = ReferenceDeflater().message(text)
            if Int.random(in: 0..<8, using: &random) == 0 { compressed[0] ^= 0x55 }
            let size = Int.random(in: 1...30, using: &random)
            let frames =
                Bool.random(using: &random)
                ? SimulatedClient.fragments(1, compressed, pieceByteCount: size)
                : SimulatedClient.frame(1, text, isFinal: false)
                    + SimulatedClient.frame(0, text, isFinal: false)
                    + SimulatedClient.frame(0, text)
            let count = Int.random(in: 1...frames.count, using: &random)
            network.send(Array(frames.prefix(count)), on: socket)
            if count < frames.count { halves[socket] = Array(frames.dropFirst(count)) }
        default:
            let count = Int.random(in: 0...1200, using: &random)
            let payload = (0..<count).map { UInt8(truncatingIfNeeded: 0x20 + $0 % 90) }
            network.send(SimulatedClient.frame(1, payload), on: socket)
        }
    }
}
