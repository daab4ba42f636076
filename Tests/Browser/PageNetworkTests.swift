// The chat page in a network of its own: 60 browsers behind one address, and proxies that serve it
// below a path. The scenarios are in Tests/Support/python/page_network.py.
import TestSupport
import Testing

private let script = PythonScript("page_network.py")

@Suite(
    .serialized,
    .enabled(if: script.missing == nil, "No network of its own: \(script.missing ?? "")"))
struct PageNetworkTests {
    private func expectSuccess(_ scenario: String) async throws {
        #expect(script.scenarios.contains(scenario))
        let shots = BuildProducts.packageRoot.appendingPathComponent(".build-screenshots").path
        let failure = try await script.failure(
            of: scenario, options: ["--shots", shots], against: [BuildProducts.path("roost")],
            seconds: 90)
        #expect(failure == nil, "\(failure ?? "")")
    }

    @Test(.timeLimit(.minutes(2)), arguments: ["crowd", "full"])
    func `Many behind one address`(scenario: String) async throws {
        try await expectSuccess(scenario)
    }

    @Test(.enabled(if: Tools.has("nginx"), "there is no nginx here"), .timeLimit(.minutes(2)))
    func `nginx serves it below a path`() async throws { try await expectSuccess("nginx") }

    @Test(.enabled(if: Tools.has("caddy"), "there is no caddy here"), .timeLimit(.minutes(2)))
    func `Caddy serves it below a path`() async throws { try await expectSuccess("caddy") }
}
