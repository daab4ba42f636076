// A service that is restarted while its clients stay connected, and everything that can go wrong
// then; the scenarios are scripts in Tests/Support/python.
import Foundation
import TestSupport
import Testing

private let script = PythonScript("service_restart.py")

@Suite(.serialized, .enabled(if: script.missing == nil, "No clients: \(script.missing ?? "")"))
struct ServiceRestartTests {
    @Test("A restart", .timeLimit(.minutes(4)), arguments: script.scenarios)
    func scenario(_ name: String) async throws {
        let server = URL(fileURLWithPath: BuildProducts.path("TestServer"))
        let failure = try await script.failure(
            of: name, against: [server.deletingLastPathComponent().path], seconds: 200)
        #expect(failure == nil, "\(failure ?? "")")
    }
}
