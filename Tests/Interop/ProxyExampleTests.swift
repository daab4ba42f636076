// The files of deploy/examples, each with its proxy in front of the chat, in a network where
// clients have addresses of their own. The scenarios are in Tests/Support/python/behind_proxy.py.
import TestSupport
import Testing

private let script = PythonScript("behind_proxy.py")

@Suite(
    .serialized,
    .enabled(if: script.missing == nil, "No network of its own: \(script.missing ?? "")"))
struct ProxyExampleTests {
    private func expectSuccess(_ scenario: String) async throws {
        #expect(script.scenarios.contains(scenario))
        let failure = try await script.failure(
            of: scenario, against: [BuildProducts.path("roost")], seconds: 60)
        #expect(failure == nil, "\(failure ?? "")")
    }

    @Test(.enabled(if: Tools.has("nginx"), "there is no nginx here"), .timeLimit(.minutes(2)))
    func `nginx`() async throws { try await expectSuccess("nginx") }

    @Test(.enabled(if: Tools.has("nginx"), "there is no nginx here"), .timeLimit(.minutes(2)))
    func `nginx with a thousand clients`() async throws {
        try await expectSuccess("nginx, a thousand clients")
    }

    @Test(
        .enabled(if: Tools.has("haproxy"), "there is no haproxy here"), .timeLimit(.minutes(2)),
        arguments: ["haproxy", "haproxy, PROXY protocol v1", "haproxy, PROXY protocol v2"])
    func `haproxy`(scenario: String) async throws { try await expectSuccess(scenario) }

    @Test(.enabled(if: Tools.has("caddy"), "there is no caddy here"), .timeLimit(.minutes(2)))
    func `Caddy`() async throws { try await expectSuccess("caddy") }
}
