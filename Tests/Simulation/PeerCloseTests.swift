// A client closes its whole socket, as a process that ends does: what the server reads and sends
// after that has a cause for each case, whichever of the two comes first.
import LinuxReactor
import Testing
import WebSocketServer

@testable import SimulationKit

@Suite struct PeerCloseTests {
    /// What the client has sent last.
    enum Last: CaseIterable { case nothing, message, closeFrame }

    @Test(arguments: Last.allCases, [false, true])
    func `The cause is what came last, and not the failure of a send`(
        last: Last, isLocal: Bool
    ) throws {
        for (hasUnread, sendsFirst) in [
            (false, false), (false, true), (true, false), (true, true),
        ] {
            var simulation = try Simulation(Scripted())
            let (leaving, speaker) = (simulation.open(), simulation.open())
            simulation.network.sockets[leaving.socket]!.isLocal = isLocal
            leaving.send("sub 0")
            speaker.send("sub 0")
            simulation.settle()
            if !hasUnread { leaving.read() }
            switch last {
            case .nothing: break
            case .message: leaving.send("pub 1")
            case .closeFrame: leaving.send(8, [0x03, 0xE9])
            }
            simulation.network.sockets[leaving.socket]!.closePeer()
            // The events of the client come later than two broadcasts, or before them.
            simulation.network.isDeaf = sendsFirst
            for _ in 0..<2 {
                simulation.perform { handler, io in io.publish("x", to: handler.topics[0]) }
                simulation.turn()
            }
            simulation.network.isDeaf = false
            simulation.settle()
            let cause: CloseCause =
                last == .closeFrame
                ? .peerClosed(.goingAway) : hasUnread ? .connectionLost(104) : .endOfStream
            let which = Comment("unread: \(hasUnread), sends first: \(sendsFirst)")
            #expect(simulation.handler.causes == [1: cause], which)
            #expect(simulation.network.sockets[leaving.socket]!.isClosed, which)
            #expect(simulation.handler.number == (last == .message ? 3 : 2), which)
            #expect(speaker.takeTexts() == ["x", "x"], which)
        }
    }
}
