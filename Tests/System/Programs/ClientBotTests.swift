// The bots of docs/CLIENT.md in Node, against a real server. The scenarios are in
// Tests/Support/python/client_bot.py.
import TestSupport
import Testing

private let script = PythonScript("client_bot.py")

@Suite(.serialized, .enabled(if: script.missing == nil, "No bots: \(script.missing ?? "")"))
struct ClientBotTests {
    @Test("A bot", .timeLimit(.minutes(2)), arguments: script.scenarios)
    func scenario(_ name: String) async throws {
        let failure = try await script.failure(
            of: name, against: [BuildProducts.path("roost"), "serve"])
        #expect(failure == nil, "\(failure ?? "")")
    }
}
