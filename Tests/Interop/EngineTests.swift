// Several `roost serve --engine` share their rooms through a real redis-server, which is killed,
// emptied, cut and replaced; the scenarios are scripts in Tests/Support/python.
import TestSupport
import Testing

private let script = PythonScript("engine_chat.py")

@Suite(.serialized, .enabled(if: script.missing == nil, "No Redis: \(script.missing ?? "")"))
struct EngineTests {
    @Test("Several servers, one chat", .timeLimit(.minutes(3)), arguments: script.scenarios)
    func scenario(_ name: String) async throws {
        let program = BuildProducts.path("roost")
        let failure = try await script.failure(of: name, against: [program], seconds: 150)
        #expect(failure == nil, "\(failure ?? "")")
    }
}
