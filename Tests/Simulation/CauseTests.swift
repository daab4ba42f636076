// Two events at once: the first one is the cause, in every order.
import LinuxReactor
import Testing
import WebSocketCore
import WebSocketServer

@testable import SimulationKit

@Suite(.overTLSToo) struct CauseTests {
    /// What can end a connection.
    enum Event: CaseIterable {
        case peerCloses, streamEnds, reset, violates, handlerCloses, handlerThrows, stops, falls
    }

    /// Both happen before the server reads: the first event in the byte stream counts, and a lost
    /// network counts only if no event came before.
    @Test(arguments: Event.allCases, Event.allCases)
    func `The first of two in one turn is the cause`(first: Event, second: Event) throws {
        var simulation = try Simulation(Recorder())
        let client = simulation.open()
        happen(first, client, &simulation)
        happen(second, client, &simulation)
        simulation.settle()
        simulation.run(for: .seconds(60))
        let cause = try #require(simulation.handler.causes[1])
        #expect(expected(first, second).contains(cause), "\(cause)")
        check(simulation)
    }

    /// The server has handled the first event before the second comes.
    @Test(arguments: Event.allCases, Event.allCases)
    func `What follows in a later turn changes nothing`(first: Event, second: Event) throws {
        var simulation = try Simulation(Recorder())
        let client = simulation.open()
        happen(first, client, &simulation)
        simulation.settle()
        if !simulation.network.sockets[client.socket]!.isClosed {
            happen(second, client, &simulation)
        }
        simulation.run(for: .seconds(60))
        // A peer that stops reading has not ended its connection yet.
        #expect(simulation.handler.causes == [1: cause(first == .falls ? second : first)])
        check(simulation)
    }

    /// A peer that sends a Close and resets: the Close is in the queue when a send fails.
    @Test func `A Close that waits behind a broken pipe is the cause`() throws {
        var simulation = try Simulation(Scripted())
        let (leaving, speaker) = (simulation.open(), simulation.open())
        leaving.send("sub 0")
        simulation.settle()
        // The speaker is served first, so the send to the lost peer fails before its Close frame is
        // read.
        simulation.network.sockets[leaving.socket]!.failsToSend = true
        speaker.send("pub 0")
        simulation.turn()
        leaving.send(8, [0x03, 0xE9])
        simulation.network.sockets[leaving.socket]!.isReset = true
        simulation.settle()
        #expect(simulation.handler.causes == [1: .peerClosed(.goingAway)])
        #expect(simulation.network.sockets[leaving.socket]!.isClosed)
    }

    /// What the network does to a connection, and the cause in `onClose` if a send follows.
    enum Loss: CaseIterable {
        case reset, closeAndReset, endAndReset

        var cause: CloseCause {
            switch self {
            case .reset: .connectionLost(104)
            case .closeAndReset: .peerClosed(.goingAway)
            case .endAndReset: .endOfStream
            }
        }

        func happen(to client: SimulatedClient) {
            if self == .closeAndReset { client.send(8, [0x03, 0xE9]) }
            client.network.sockets[client.socket]!.clientHasEnded = self == .endAndReset
            client.network.sockets[client.socket]!.isReset = true
        }
    }

    /// The kernel reports a reset once. After a send has returned it, receiving only sees an end of
    /// stream.
    @Test(arguments: Loss.allCases, [false, true])
    func `A loss that a send reports first has the same cause`(
        loss: Loss, handsOver: Bool
    ) throws {
        var limits = Limits()
        // One event a turn: the speaker's message goes out before the other connection is served.
        limits.workPerTurn = 1
        var simulation = try Simulation(Scripted(), limits: limits)
        let (speaker, leaving) = (simulation.open(), simulation.open())
        leaving.send("sub 0")
        simulation.settle()
        let drains = simulation.handler.drainCount
        loss.happen(to: leaving)
        speaker.send("pub 0")
        speaker.send("tell 1")
        if handsOver {
            // The process is replaced after the send has failed and before anything was received.
            simulation.turn()
            try simulation.handOver()
        }
        simulation.settle()
        #expect(simulation.handler.causes == [2: loss.cause])
        // Nothing was sent, so nothing has drained.
        #expect(simulation.handler.drainCount == drains)
        #expect(simulation.network.sockets[leaving.socket]!.isClosed)
    }

    @Test(arguments: Loss.allCases)
    func `A loss while its own output pauses reading has the same cause`(loss: Loss) throws {
        var limits = Limits()
        limits.ownOutputByteCount = 2000
        var simulation = try Simulation(Recorder(), limits: limits)
        let client = simulation.open()
        simulation.network.sockets[client.socket]!.window = 0
        for _ in 0..<20 { client.send(String(repeating: "m", count: 500)) }
        simulation.settle()
        loss.happen(to: client)
        // While reading is paused an end of stream is not seen, but a lost connection is.
        simulation.settle()
        #expect(simulation.handler.causes == [1: loss.cause])
        // Its earlier messages were handled.
        #expect(simulation.handler.events.filter { $0.hasPrefix("message") }.count == 20)
        check(simulation)
    }

    @Test(arguments: Loss.allCases)
    func `A loss while a half-full topic pauses reading has the same cause`(
        loss: Loss
    ) throws {
        var limits = Limits()
        limits.topicLogByteCount = 4000
        limits.flushBudget = 1
        var simulation = try Simulation(Scripted(), limits: limits)
        simulation.handler.padding = String(repeating: "p", count: 500)
        let members = (0..<9).map { _ in simulation.open() }
        for member in members { member.send("sub 0") }
        simulation.settle()
        for _ in 0..<40 { members[8].send("pub 0") }
        simulation.turn()
        loss.happen(to: members[8])
        simulation.settle()
        #expect(simulation.handler.causes == [9: loss.cause])
        #expect(simulation.core.io.connectionCount == 8)
        for member in members[..<8] { #expect(member.takeTexts().count == 40) }
    }

    private func happen(
        _ event: Event, _ client: SimulatedClient, _ simulation: inout Simulation<Recorder>
    ) {
        switch event {
        case .peerCloses: client.send(8, [0x0F, 0xA0])
        case .streamEnds:
            // After a reset nothing more arrives.
            if simulation.network.sockets[client.socket]!.isReset { return }
            simulation.network.sockets[client.socket]!.clientHasEnded = true
        case .reset: simulation.network.sockets[client.socket]!.isReset = true
        case .violates: simulation.network.send([0x81, 0x00], on: client.socket)
        case .handlerCloses: client.send("close me")
        case .handlerThrows: client.send("throw")
        case .stops: simulation.core.io.stop(grace: .zero)
        case .falls: simulation.network.sockets[client.socket]!.window = 0
        }
    }

    private func cause(_ event: Event) -> CloseCause {
        switch event {
        case .peerCloses: .peerClosed(CloseCode(rawValue: 4000))
        case .streamEnds: .endOfStream
        case .reset: .connectionLost(104)
        case .violates: .violation(.maskMissing)
        case .handlerCloses: .serverClosed(.normal)
        case .handlerThrows: .serverClosed(.policyViolation)
        case .stops: .stopping
        // No send went to it: it is merely silent.
        case .falls: .pingTimeout
        }
    }

    /// The causes that two events of one turn may have.
    private func expected(_ first: Event, _ second: Event) -> Set<CloseCause> {
        let told = [first, second].filter { $0 != .falls }
        guard let one = told.first else { return [.pingTimeout] }
        let bytes: Set<Event> = [.peerCloses, .violates, .handlerCloses, .handlerThrows]
        // Behind an end of stream or a reset nothing comes any more.
        if one == .reset || one == .streamEnds { return [cause(one)] }
        // Bytes are read before an end of stream or a reset is seen.
        if let said = told.first(where: { bytes.contains($0) }) { return [cause(said)] }
        if let end = told.first(where: { $0 == .reset || $0 == .streamEnds }) {
            return [cause(end)]
        }
        return [cause(one)]
    }

    private func check(_ simulation: borrowing Simulation<Recorder>) {
        #expect(simulation.handler.events.filter { $0 == "close #1" }.count == 1)
        #expect(simulation.core.io.statistics.closeCounts.reduce(0, +) == 1)
        #expect(simulation.network.openDescriptors.isEmpty)
    }
}
