// Two servers share a chat through a real redis-server; the scenarios are scripts in
// Tests/Support/python.
import TestSupport
import Testing

private let script = PythonScript("redis_chat.py")

@Suite(.serialized, .enabled(if: script.missing == nil, "No Redis: \(script.missing ?? "")"))
struct RedisServerTests {
    @Test("A chat over Redis", .timeLimit(.minutes(3)), arguments: script.scenarios)
    func scenario(_ name: String) async throws {
        let program = BuildProducts.path("shared-chat")
        let failure = try await script.failure(of: name, against: [program], seconds: 90)
        #expect(failure == nil, "\(failure ?? "")")
    }
}
