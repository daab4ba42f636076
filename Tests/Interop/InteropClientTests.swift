// The chat protocol with another project's client: Python's `websockets` against the real server.
// The scenarios are in Tests/Support/python/interop_*.py.
import TestSupport
import Testing

private let script = PythonScript("interop_client.py")

@Suite(
    .serialized,
    .enabled(if: script.missing == nil, "No client of others: \(script.missing ?? "")"))
struct InteropClientTests {
    @Test("With python's websockets", .timeLimit(.minutes(3)), arguments: script.scenarios)
    func scenario(_ name: String) async throws {
        let failure = try await script.failure(
            of: name, against: [BuildProducts.path("roost"), "serve"])
        #expect(failure == nil, "\(failure ?? "")")
    }
}
