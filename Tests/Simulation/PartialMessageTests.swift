// Messages that begin and do not end: one has its time, and a slow line has it for each of its own.
import LinuxReactor
import Testing
import WebSocketCore

@testable import SimulationKit
@testable import WebSocketServer

@Suite(.overTLSToo) struct PartialMessageTests {
    private func frame(_ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true) -> [UInt8] {
        SimulatedClient.frame(opcode, payload, isFinal: isFinal)
    }

    /// Sends one byte in 10 s, so that the client is never silent; nobody can answer a Ping inside
    /// a frame.
    private func trickle(
        _ simulation: inout Simulation<Recorder>, _ client: SimulatedClient, _ bytes: [UInt8]
    ) {
        for byte in bytes {
            simulation.run(for: .seconds(10))
            simulation.network.send([byte], on: client.socket)
        }
        simulation.settle()
    }

    private func cause(_ simulation: borrowing Simulation<Recorder>) -> [CloseCause] {
        Array(simulation.handler.causes.values)
    }

    @Test(arguments: [1, 2, 6, 7, 10])
    func `A message that is not complete after a minute is closed with 1008`(count: Int) throws {
        var simulation = try Simulation(Recorder())
        let client = simulation.open()
        let message = frame(1, Array("hello, here I am".utf8))
        simulation.network.send(Array(message.prefix(count)), on: client.socket)
        trickle(&simulation, client, Array(message[count..<count + 5]))
        #expect(cause(simulation) == [] && client.closeCode == nil)
        simulation.run(for: .seconds(4))
        #expect(client.closeCode == nil)
        simulation.run(for: .seconds(7))
        #expect(client.closeCode == 1008)
        simulation.run(for: .seconds(7))
        #expect(cause(simulation) == [.violation(.messageTimeout)])
        #expect(simulation.core.io.statistics.violations(.messageTimeout) == 1)
    }

    @Test func `Control frames and further parts do not prolong it`() throws {
        var simulation = try Simulation(Recorder())
        let client = simulation.open()
        simulation.network.send(frame(1, [0x61], isFinal: false), on: client.socket)
        for second in 0..<70 {
            simulation.run(for: .seconds(1))
            guard client.closeCode == nil else {
                #expect(second >= 59 && second <= 61)
                return
            }
            simulation.network.send(
                frame(9, []) + frame(0, [0x62], isFinal: false), on: client.socket)
        }
        Issue.record("it was never closed")
    }

    /// One message takes 50 s here, and the next one begins in the middle of a receive.
    @Test func `A slow line that sends one message after the other is not hit`() throws {
        var simulation = try Simulation(Recorder())
        let client = simulation.open()
        let message = frame(1, Array("0123456789".utf8))
        var bytes: [UInt8] = []
        for _ in 0..<20 { bytes += message }
        for start in stride(from: 0, to: bytes.count, by: 3) {
            simulation.network.send(
                Array(bytes[start..<min(start + 3, bytes.count)]), on: client.socket)
            simulation.run(for: .seconds(9))
        }
        #expect(client.closeCode == nil)
        #expect(simulation.core.io.statistics.messagesReceivedCount == 20)
        #expect(simulation.core.io.connections.partials.count == 0)
    }

    @Test func `Messages in parts that end with a receive leave nothing behind`() throws {
        var simulation = try Simulation(Recorder())
        let client = simulation.open()
        for _ in 0..<3 {
            simulation.network.send(frame(1, [0x61], isFinal: false), on: client.socket)
            simulation.settle()
            #expect(simulation.core.io.connections.partials.count == 1)
            simulation.run(for: .seconds(20))
            simulation.network.send(frame(9, []) + frame(0, [0x62]), on: client.socket)
            simulation.settle()
            #expect(simulation.core.io.connections.partials.count == 0)
        }
        #expect(client.closeCode == nil)
    }

    @Test func `Time in which the server does not read does not count`() throws {
        var simulation = try Simulation(Recorder())
        let client = simulation.open()
        simulation.network.send([0x81], on: client.socket)
        simulation.settle()
        let found = simulation.core.io.connection(inSlot: 0)
        let id = try #require(found)
        simulation.core.io.pauseReading(id)
        simulation.run(for: .seconds(200))
        #expect(client.closeCode == nil)
        simulation.core.io.resumeReading(id)
        trickle(&simulation, client, Array(frame(1, [1, 2, 3, 4])[1...5]))
        #expect(client.closeCode == nil)
        simulation.run(for: .seconds(12))
        #expect(client.closeCode == 1008)
    }

    @Test func `A hand-over keeps a deadline`() throws {
        var simulation = try Simulation(Recorder())
        let client = simulation.open()
        simulation.network.send([0x81], on: client.socket)
        simulation.settle()
        try simulation.handOver()
        trickle(&simulation, client, Array(frame(1, [1, 2, 3, 4])[1...5]))
        #expect(client.closeCode == nil)
        simulation.run(for: .seconds(12))
        #expect(client.closeCode == 1008)
    }

    @Test func `The deadline is exact, whatever the tick`() throws {
        var limits = Limits()
        limits.messageDeadline = .milliseconds(1500)
        var simulation = try Simulation(Recorder(), limits: limits) {
            $0.tickInterval = .seconds(100)
        }
        let client = simulation.open()
        simulation.network.send([0x81], on: client.socket)
        let began = simulation.network.clock
        simulation.run(for: .milliseconds(1000))
        #expect(simulation.network.clock.since(began) <= .milliseconds(1600))
        #expect(client.closeCode == 1008)
    }

    @Test func `The queue keeps its order when its members leave from anywhere`() {
        var partials = PartialMessages()
        let slots = (UInt32(0)..<5).map { Slot(rawValue: $0) }
        for (index, slot) in slots.enumerated() {
            partials.append(slot, at: Instant(nanoseconds: UInt64(index)))
        }
        partials.remove(slots[2])
        partials.remove(slots[0])
        partials.remove(slots[4])
        partials.append(slots[0], at: Instant(nanoseconds: 9))
        var order: [UInt32] = []
        while let (slot, _) = partials.oldest {
            order.append(slot.rawValue)
            partials.remove(slot)
        }
        #expect(order == [1, 3, 0])
        #expect(partials.count == 0)
    }
}
