// Readers that stall and go on as they like, and processes that take over meanwhile.

@testable import SimulationKit
@testable import WebSocketServer
@testable import WebSocketServerTesting

extension Simulation where Handler: ~Copyable {
    /// Gives one reader another window; then there may be a turn, or another process.
    mutating func goOn(
        _ clients: [SimulatedClient], _ handsOver: Bool, _ place: String,
        _ random: inout SeededGenerator
    ) throws {
        let reader = clients.randomElement(using: &random)!
        network.sockets[reader.socket]!.window = Int.random(in: 0...400, using: &random)
        if Bool.random(using: &random) {
            turn()
            core.checkInvariants(place)
        }
        if handsOver, Int.random(in: 0..<20, using: &random) == 0 {
            try handOverToAnyVersion(&random)
        }
    }
}
