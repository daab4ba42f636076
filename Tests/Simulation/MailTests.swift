// Mail of other threads: all of it, in its order, and as much in a turn as it allows.
import LinuxReactor
import Testing

@testable import SimulationKit
@testable import WebSocketServer

/// A handler that works for each piece of mail.
private struct Postman: MailHandler {
    typealias Mail = Int

    let work: Int
    var taken: [Int] = []

    func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {}

    mutating func onMail(_ mail: Int, _ io: inout ServerContext) {
        io.charge(work)
        taken.append(mail)
    }
}

@Suite(.overTLSToo) struct MailTests {
    @Test(arguments: [0, 1_000, 100_000, 10_000_000])
    func `Mail is taken in its order, within the turn's work, and none is left`(work: Int) throws {
        var limits = Limits()
        limits.workPerTurn = 1 << 20
        var simulation = try Simulation(Postman(work: work), limits: limits)
        let bystander = simulation.open()
        let perTurn = max(1, (1 << 20) / (work + Work.mail))
        var sent = 0
        for round in 1...20 {
            // More comes while some of it is left.
            for _ in 0..<(round < 10 ? perTurn * 2 : 0) {
                #expect(simulation.mailbox.post(sent))
                sent += 1
            }
            let before = simulation.handler.taken.count
            bystander.send(9, [UInt8(round)])
            simulation.turn()
            let count = simulation.handler.taken.count - before
            #expect(count == min(sent - before, count))
            #expect((1...perTurn + 1).contains(count) || before == sent)
            #expect(bystander.takeFrames().map(\.opcode) == [10])
        }
        // The loop does not sleep while there is mail.
        simulation.settle()
        #expect(simulation.handler.taken == Array(0..<sent))
    }
}
