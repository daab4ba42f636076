// Fifty clients of another implementation chat while programs take over from each other; the
// scenarios are scripts in Tests/Support/python.
import Foundation
import TestSupport
import Testing

private let script = PythonScript("reexec.py")

@Suite(.serialized, .enabled(if: script.missing == nil, "No clients: \(script.missing ?? "")"))
struct ReexecPeerTests {
    @Test("Programs take over", .timeLimit(.minutes(4)), arguments: script.scenarios)
    func scenario(_ name: String) async throws {
        let echo = URL(fileURLWithPath: BuildProducts.path("echo-server"))
        let failure = try await script.failure(
            of: name, against: [echo.deletingLastPathComponent().path], seconds: 200)
        #expect(failure == nil, "\(failure ?? "")")
    }
}
