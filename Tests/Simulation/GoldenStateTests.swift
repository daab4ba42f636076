// States that earlier versions have written, read by this one; and states that are refused.
//
// A new version adds its own: `ROOST_GOLDEN=1 swift test --filter GoldenStateTests`.
import Foundation
import LinuxReactor
import Storage
import Testing
import WebSocketCore
import WireKit

@testable import SimulationKit
@testable import WebSocketServer
@testable import WebSocketTLS

/// Publishes what it is sent, and has connections of every kind.
private struct Almanac: HTTPHandler, HandOverHandler {
    var waiting: [ConnectionID] = []
    var undecided: [ConnectionID] = []

    mutating func onUpgrade(
        _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) throws -> UpgradeDecision {
        guard request.head.header("X-Later") != nil else { return .accept() }
        undecided.append(request.id)
        return .later
    }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        io.subscribe(id, to: io.topic(named: "all"))
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        if message.text == "close" { return io.close(id) }
        io.publish(message, to: io.topic(named: "all"))
    }

    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        switch request.head.path {
        case "/later": waiting.append(request.id)
        case "/events":
            guard io.beginEventStream(to: request.id) else { return }
            io.subscribe(request.id, to: io.topic(named: "all"))
        default: io.respond(to: request.id, with: .text(.ok, "\(request.body.count) bytes"))
        }
    }

    func save(to writer: inout StateWriter, _ io: borrowing ServerContext) {
        for ids in [waiting, undecided] {
            writer.write(UInt32(ids.count))
            for id in ids {
                writer.write(id.resourceID)
                writer.write(id.slot)
            }
        }
    }

    mutating func restore(
        from reader: inout StateReader, _ io: inout ServerContext
    ) throws(StateError) {
        waiting = try Self.readIDs(&reader)
        undecided = try Self.readIDs(&reader)
    }

    private static func readIDs(
        _ reader: inout StateReader
    ) throws(StateError) -> [ConnectionID] {
        var ids: [ConnectionID] = []
        for _ in 0..<(try reader.read(UInt32.self)) {
            ids.append(ConnectionID(resourceID: try reader.read(), slot: try reader.read()))
        }
        return ids
    }
}

@Suite struct GoldenStateTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Support/states")
    /// The keys of tickets, behind the head and two lengths; the time of their making is 8 bytes
    /// behind their count.
    private static let keys = 20..<20 + 9 + 80

    private static let compressed = SimulatedClient.fragments(
        1, ReferenceDeflater().message(Array("compressed, compressed".utf8)), pieceByteCount: 6)
    private static let upload =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n"

    /// The connections, in the order of their slots.
    private enum Place: Int, CaseIterable {
        case speaker, slow, fragments, compressed, head, upload, poll, stream, undecided, closing
    }

    /// What an earlier version did, and this one does when it writes its golden state.
    private func scenario() throws -> Simulation<Almanac> {
        var simulation = try Simulation(Almanac(), isEncrypted: false)
        let (speaker, slow) = (simulation.open(), simulation.open())
        simulation.network.sockets[slow.socket]!.window = 0
        let fragments = simulation.open()
        fragments.send(1, Array("half a ".utf8), isFinal: false)
        let compressed = simulation.openCompressed()
        simulation.network.send(Array(Self.compressed.prefix(15)), on: compressed.socket)
        for text in ["GET / HTTP/1.1\r\nHo", String(Self.upload.prefix(60))] {
            let socket = simulation.network.connect()
            simulation.network.send(Array(text.utf8), on: socket)
            simulation.settle()
        }
        _ = simulation.openStream("/later")
        let stream = simulation.openStream("/events")
        stream.window = 0
        _ = simulation.open(fields: ["X-Later: 1"])
        let closing = simulation.open()
        closing.send("close")
        for text in ["one", "two"] { speaker.send(text) }
        simulation.settle()
        return simulation
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["ROOST_GOLDEN"] != nil))
    func `Write the golden state of this version`() throws {
        var simulation = try scenario()
        var state = simulation.save().state
        // No machine has run for less, and nobody needs the keys.
        for index in Self.keys.dropFirst() { state[index] = 0 }
        try FileManager.default.createDirectory(
            at: Self.folder, withIntermediateDirectories: true)
        let name = "server-\(HandOverForm.current.version).state"
        try Data(state).write(to: Self.folder.appendingPathComponent(name))
    }

    @Test(
        arguments: try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasPrefix("server-") }.sorted())
    func `What an earlier version has written goes on`(name: String) throws {
        var state = [UInt8](try Data(contentsOf: Self.folder.appendingPathComponent(name)))
        // Other tests use the keys of this process.
        var writer = StateWriter()
        TicketKeys.ofProcess.save(to: &writer)
        let keys = writer.finish()
        if keys.count == Self.keys.count { state.replaceSubrange(Self.keys, with: keys) }
        var simulation = try Simulation(Almanac(), isEncrypted: false)
        let network = simulation.network
        let sockets = Place.allCases.map { _ in network.connect() }
        network.backlog = []
        network.openDescriptors = Set(sockets)
        try simulation.restore(
            HandOver(
                state: state, descriptors: sockets.map { FileDescriptor(rawValue: $0) }))
        // Heads of responses have been read already.
        for place in [Place.speaker, .slow, .fragments, .compressed, .stream, .closing] {
            network.sockets[sockets[place.rawValue]]!.toClient = Array("\r\n\r\n".utf8)
        }
        func client(_ place: Place) -> SimulatedClient {
            SimulatedClient(network: network, socket: sockets[place.rawValue])
        }
        func answer(_ place: Place) -> String {
            String(decoding: network.receive(on: sockets[place.rawValue]), as: UTF8.self)
        }
        let (speaker, slow, closing) = (client(.speaker), client(.slow), client(.closing))
        simulation.settle()
        client(.fragments).send(0, Array("message".utf8))
        simulation.settle()
        network.send(Array(Self.compressed.dropFirst(15)), on: sockets[Place.compressed.rawValue])
        network.send(Array("st: a\r\n\r\n".utf8), on: sockets[Place.head.rawValue])
        network.send(
            Array(Self.upload.dropFirst(60).utf8), on: sockets[Place.upload.rawValue])
        simulation.perform { almanac, io in
            for id in almanac.waiting { io.respond(to: id, with: .text(.ok, "late")) }
            for id in almanac.undecided { io.acceptUpgrade(id) }
        }
        closing.send(8, [0x03, 0xE8])
        simulation.settle()
        let published = ["half a message", "compressed, compressed"]
        #expect(speaker.takeTexts() == published)
        #expect(slow.takeTexts() == ["one", "two"] + published)
        let stream = SimulatedReader(network: network, socket: sockets[Place.stream.rawValue])
        #expect(stream.takeTexts() == ["one", "two"] + published)
        #expect(answer(.head).hasSuffix("0 bytes\n"))
        #expect(answer(.upload).hasSuffix("4 bytes\n"))
        #expect(answer(.poll).hasSuffix("late\n"))
        #expect(answer(.undecided).hasPrefix("HTTP/1.1 101 "))
        #expect(network.sockets[sockets[Place.closing.rawValue]]!.isClosed)
        #expect(simulation.core.io.connectionCount == 5)
    }

    // MARK: Refusals

    private func refusal(_ change: (inout HandOverForm) -> Void) throws -> String {
        var simulation = try scenario()
        change(&simulation.core.handOverForm)
        do {
            try simulation.handOver()
            return "none"
        } catch { return "\(error)" }
    }

    @Test func `A state that this program would misread is refused with a sentence`() throws {
        let version = HandOverForm.current.version
        let later = try refusal { $0 = .later }
        #expect(later == "none")
        let misread = try refusal { form in
            form.version = version + 3
            form.minimumReaderVersion = version + 2
        }
        #expect(
            misread == "the state has version \(version + 3), which programs read from version "
                + "\(version + 2) on, and this program has version \(version)")
        let old = try refusal { $0.version = 6 }
        #expect(old == "the state has version 6, and this program reads version 7 and later ones")
    }

    @Test func `A record that is cut off or goes on for ever is refused`() throws {
        var simulation = try scenario()
        let handOver = simulation.save()
        for value in [0, 1, UInt64.max, UInt64(Int.max)] {
            var state = Array(handOver.state)
            for index in 0..<8 {
                state[4 + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
            }
            let damaged = HandOver(state: state, descriptors: handOver.descriptors)
            var core = try ServerCore(
                SimulatedKernel(network: SimulatedNetwork(seed: 1)), ServerConfiguration(),
                wake: { _ in })
            #expect(throws: StateError.self) { _ = try core.checkTables(of: damaged) }
        }
    }
}
