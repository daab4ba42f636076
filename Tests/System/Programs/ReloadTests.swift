// People chat while the chat server's program is replaced, or fails to be: scenarios in
// Tests/Support/python.
import TestSupport
import Testing

private let script = PythonScript("reload.py")

@Suite(.serialized, .enabled(if: script.missing == nil, "No clients: \(script.missing ?? "")"))
struct ReloadTests {
    @Test("Reloads in place", .timeLimit(.minutes(4)), arguments: script.scenarios)
    func scenario(_ name: String) async throws {
        let failure = try await script.failure(
            of: name, against: [BuildProducts.path("roost"), "serve"], seconds: 200)
        #expect(failure == nil, "\(failure ?? "")")
    }
}
