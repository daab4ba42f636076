// When descriptors run out: no client is lost, nothing spins, and it is logged once.
import LinuxReactor
import Logging
import Synchronization
import Testing
import WebSocketServer

@testable import SimulationKit

/// Keeps what is logged.
final class LogKeeper: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }

    var logger: Logger { Logger(label: "kept") { _ in KeptLogHandler(keeper: self) } }
}

private struct KeptLogHandler: LogHandler {
    let keeper: LogKeeper
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { keeper.add("\(event.level): \(event.message)") }
}

@Suite struct DescriptorTests {
    @Test func `A full server logs it now and then, and not ten times a second`() throws {
        let keeper = LogKeeper()
        var simulation = try Simulation(Recorder(), logger: keeper.logger)
        simulation.network.descriptorsLeft = 1
        let client = simulation.open()
        for _ in 0..<200 {
            _ = simulation.network.connect()
            simulation.run(for: .milliseconds(100))
        }
        #expect(simulation.core.io.statistics.acceptPauseCount > 100)
        #expect(keeper.all.count == 1)
        #expect(keeper.all.first?.contains("LimitNOFILE") == true)
        client.send(8, [0x03, 0xE8])
        simulation.run(for: .seconds(60))
        simulation.network.descriptorsLeft = 0
        _ = simulation.network.connect()
        simulation.run(for: .seconds(1))
        #expect(keeper.all.count == 2)
    }

    @Test func `Rejected clients get an answer, one after the other`() throws {
        var simulation = try Simulation(Recorder())
        simulation.network.descriptorsLeft = 1
        simulation.network.hasReserve = true
        _ = simulation.open()
        let waiting = (0..<5).map { _ in simulation.network.connect() }
        for socket in waiting {
            simulation.network.send(Array(SimulatedClient.handshake.utf8), on: socket)
        }
        simulation.run(for: .milliseconds(900))
        for socket in waiting {
            let answer = String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
            #expect(answer.hasPrefix("HTTP/1.1 503 "))
            #expect(answer.contains("Retry-After: "))
            #expect(simulation.network.sockets[socket]!.isClosed)
            // Its bytes were read first; otherwise closing would reset the connection and lose the
            // answer.
            #expect(simulation.network.sockets[socket]!.toServer.isEmpty)
        }
        #expect(simulation.core.io.statistics.refusals(.noDescriptors) == 5)
    }

    /// Another thread took the descriptor while the reserve was released.
    @Test func `A lost reserve is made again`() throws {
        var simulation = try Simulation(Recorder())
        simulation.network.descriptorsLeft = 1
        simulation.network.hasReserve = true
        _ = simulation.open()
        // The reserve is released, and so is the connection accepted with it.
        simulation.network.descriptorsLeft = -1
        _ = simulation.network.connect()
        simulation.run(for: .milliseconds(300))
        simulation.network.descriptorsLeft = 1
        let socket = simulation.network.connect()
        simulation.run(for: .milliseconds(500))
        #expect(simulation.network.receive(on: socket).starts(with: Array("HTTP/1.1 503".utf8)))
    }

    /// A broken listening socket is an error of its own, not a lack of descriptors.
    @Test func `A failed listener reports its error`() throws {
        let keeper = LogKeeper()
        var simulation = try Simulation(Recorder(), logger: keeper.logger)
        simulation.network.acceptFailure = 22
        _ = simulation.network.connect()
        simulation.run(for: .seconds(5))
        #expect(keeper.all.allSatisfy { $0.contains("accept on") })
        #expect((1...2).contains(keeper.all.count))
        simulation.network.acceptFailure = nil
        simulation.run(for: .seconds(1))
        #expect(simulation.core.io.statistics.acceptedCount == 1)
    }
}
