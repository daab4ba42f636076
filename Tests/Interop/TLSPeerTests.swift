// TLS with other implementations of it: OpenSSL, curl, Python, GnuTLS, nginx. The scenarios are in
// Tests/Support/python/tls_*.py.
import Foundation
import TestSupport
import Testing

private let script = PythonScript("tls_peers.py")

@Suite(.serialized, .enabled(if: script.missing == nil, "No TLS: \(script.missing ?? "")"))
struct TLSPeerTests {
    @Test("TLS with others", .timeLimit(.minutes(3)), arguments: script.scenarios)
    func scenario(_ name: String) async throws {
        let echo = URL(fileURLWithPath: BuildProducts.path("echo-server"))
        let failure = try await script.failure(
            of: name, against: [echo.deletingLastPathComponent().path])
        #expect(failure == nil, "\(failure ?? "")")
    }
}
