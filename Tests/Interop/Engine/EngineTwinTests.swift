// The Redis of the simulation answers as the real one does, with the functions in Lua.
import EngineScripts
import Testing

@testable import ChatEngine

@Suite(.enabled(if: RedisServer.missing == nil, "\(RedisServer.missing ?? "")"))
struct EngineTwinTests {
    private static func comparison(
        _ server: RedisServer, _ fault: FunctionFault? = nil
    ) throws -> TwinComparison {
        try TwinComparison(
            socket: server.path, library: String(describing: Roost1.source), fault: fault)
    }

    @Test func `Random calls have the same answers and messages`() throws {
        let server = try RedisServer(options: TwinComparison.options)
        defer { server.kill() }
        let comparison = try Self.comparison(server)
        for seed in 0..<600 as Range<UInt64> {
            if let difference = try comparison.run(seed: seed) {
                Issue.record("\(difference)")
                return
            }
        }
        let missing = TwinComparison.expected.filter { comparison.counts[$0] == nil }
        #expect(missing.isEmpty, "never compared")
    }

    @Test(arguments: FunctionFault.allCases)
    func `A function with a fault answers otherwise`(_ fault: FunctionFault) throws {
        let server = try RedisServer(options: TwinComparison.options)
        defer { server.kill() }
        let comparison = try Self.comparison(server, fault)
        let seed = try (0..<600).first { try comparison.run(seed: $0) != nil }
        #expect(seed != nil)
    }
}
