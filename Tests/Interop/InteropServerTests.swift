// Our client as its users meet it, against somebody else's server: `talk` and python's `websockets`.
// The scenarios are in Tests/Support/python/foreign_server.py.
import Programs
import Testing

private let script = PythonScript("foreign_server.py")

@Suite(
    .serialized,
    .enabled(if: script.missing == nil, "No foreign server: \(script.missing ?? "")"))
struct ForeignServerTests {
    @Test("Of python's websockets", .timeLimit(.minutes(2)), arguments: script.scenarios)
    func scenario(_ name: String) async throws {
        let failure = try await script.failure(of: name, against: [BuildProducts.path("talk")])
        #expect(failure == nil, "\(failure ?? "")")
    }
}
