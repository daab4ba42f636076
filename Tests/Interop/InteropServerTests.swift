// Our client against another project's server: `talk` and Python's `websockets`. The scenarios are
// in Tests/Support/python/interop_server.py.
import TestSupport
import Testing

private let script = PythonScript("interop_server.py")

@Suite(
    .serialized,
    .enabled(if: script.missing == nil, "No server of others: \(script.missing ?? "")"))
struct InteropServerTests {
    @Test("Of python's websockets", .timeLimit(.minutes(2)), arguments: script.scenarios)
    func scenario(_ name: String) async throws {
        let failure = try await script.failure(of: name, against: [BuildProducts.path("talk")])
        #expect(failure == nil, "\(failure ?? "")")
    }
}
