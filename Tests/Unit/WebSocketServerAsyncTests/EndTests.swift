// How connections and their tasks end, each for the other's reasons.
import Synchronization
import Testing
import WebSocketServer

@testable import SimulationKit
@testable import WebSocketServerAsync

@Suite struct EndTests {
    private struct Failure: Error {}

    @Test(arguments: [
        ("return", 1000), ("disconnect", 4000), ("fail", 1011), ("cancel", 1011),
    ])
    func `The end of a task closes its connection`(how: String, code: UInt16) throws {
        var simulation = try Simulation(serve: { socket in
            for try await message in socket.messages {
                try await socket.send("last")
                switch message.text {
                case "disconnect": throw Disconnect(CloseCode(rawValue: 4000), "Enough.")
                case "fail": throw Failure()
                case "cancel": throw CancellationError()
                default: return
                }
            }
        })
        let client = simulation.open()
        client.send(how)
        simulation.settle()
        // What was sent before arrives first.
        #expect(client.closeCode == code)
        #expect(client.frames.map(\.opcode) == [1, 8])
        client.send(8, [UInt8(code >> 8), UInt8(code & 0xFF)])
        simulation.settle()
        #expect(simulation.core.takenCounts == TakenCounts())
    }

    @Test func `The end of a connection ends its loop, names its cause and cancels its task`()
        throws
    {
        let notes = Notes<String>()
        var simulation = try Simulation(serve: { socket in
            for try await message in socket.messages { notes.add(message.text) }
            notes.add("\(socket.closeCause == .peerClosed(.goingAway)) \(Task.isCancelled)")
            do {
                try await socket.send("too late")
            } catch let error as SocketClosed {
                notes.add("\(error.cause == socket.closeCause)")
            }
        })
        let client = simulation.open()
        client.send("before")
        client.send(8, [0x03, 0xE9])
        simulation.settle()
        #expect(notes.all == ["before", "true true", "true"])
        #expect(simulation.core.takenCounts == TakenCounts())
    }

    @Test func `Messages that came before the end are delivered, to a cancelled task too`() throws {
        let (gate, notes) = (Gate(), Notes<String>())
        var simulation = try Simulation(serve: { socket in
            // The end cancels it, which opens the gate.
            await gate.pass()
            notes.add("cancelled: \(Task.isCancelled)")
            for try await message in socket.messages { notes.add(message.text) }
            notes.add("end")
        })
        let client = simulation.open()
        client.send("1")
        client.send("2")
        simulation.network.sockets[client.socket]!.clientHasEnded = true
        simulation.settle()
        #expect(notes.all == ["cancelled: true", "1", "2", "end"])
    }

    @Test(arguments: [true, false])
    func `A cancelled wait throws, for a message and for room`(isReading: Bool) throws {
        let notes = Notes<String>()
        let child = Mutex<Task<Void, any Error>?>(nil)
        var simulation = try Simulation(serve: { socket in
            let task = Task(executorPreference: socket.reactor) {
                do {
                    if isReading {
                        for try await _ in socket.messages {}
                    } else {
                        while true { try await socket.send(String(repeating: "p", count: 999)) }
                    }
                } catch is CancellationError {
                    notes.add("cancelled")
                }
            }
            child.withLock { $0 = task }
            try await task.value
            try await socket.send("still here")
        })
        let client = simulation.open(window: isReading ? .max : 1_000)
        #expect(notes.all == [])
        child.withLock { $0 }!.cancel()
        simulation.mailbox.post(.jobs)
        simulation.settle()
        #expect(notes.all == ["cancelled"])
        simulation.network.sockets[client.socket]!.window = .max
        simulation.settle()
        #expect(client.takeTexts().last == "still here")
    }

    @Test func `A task that waits for room goes on when the connection is lost`() throws {
        let notes = Notes<CloseCause?>()
        var simulation = try Simulation(serve: { socket in
            do {
                while true { try await socket.send(String(repeating: "p", count: 999)) }
            } catch let error as SocketClosed {
                notes.add(error.cause)
            }
        })
        let client = simulation.open(window: 1_000)
        #expect(notes.all == [])
        simulation.network.sockets[client.socket]!.isReset = true
        simulation.settle()
        #expect(notes.all == [.connectionLost(104)])
        #expect(simulation.core.takenCounts == TakenCounts())
    }

    @Test func `A stop cancels the tasks with their connections`() throws {
        let notes = Notes<String>()
        var simulation = try Simulation(serve: { socket in
            for try await _ in socket.messages {}
            notes.add("\(socket.closeCause == .stopping) \(Task.isCancelled)")
        })
        let client = simulation.open()
        simulation.core.io.stop(grace: .zero)
        simulation.settle()
        #expect(client.closeCode == 1001)
        client.send(8, [0x03, 0xE9])
        simulation.settle()
        #expect(simulation.core.isDone == true)
        #expect(notes.all == ["true true"])
    }

    @Test func `A hand-over takes no tasks along: clients are asked to come back`() throws {
        var simulation = try Simulation(serve: { socket in
            for try await message in socket.messages { try await socket.send(message) }
        })
        let client = simulation.open()
        client.read()
        try simulation.handOver()
        simulation.settle()
        #expect(client.closeCode == 1012)
        client.send(8, [0x03, 0xF4])
        simulation.settle()
        let next = simulation.open()
        next.send("again")
        simulation.settle()
        #expect(next.takeTexts() == ["again"])
    }
}
