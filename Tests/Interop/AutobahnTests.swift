// The Autobahn test suite against the echo server that answers verbatim, and against a client that
// does: groups 1 to 11, and a fixed tenth of 12 and 13. `make conformance` runs all of them.
import Foundation
import TestSupport
import Testing

@Suite("Autobahn test suite")
struct AutobahnTests {
    static let script = PythonScript("autobahn.py")

    @Test(
        "every case has the outcome of expected-server.json",
        .enabled(if: script.missing == nil, "\(script.missing ?? "")"))
    func server() async throws {
        let expected = Self.committed("expected-server.json")
        let name = "echo-server"
        let server = BuildProducts.optimizedPath(name) ?? BuildProducts.path(name)
        let (status, words) = try await Self.script.run(
            options: ["--sample", "--expected", expected],
            against: [server, "0", "--verbatim"],
            seconds: 540)
        print(words)
        #expect(status == 0, "\(words)")
    }

    @Test(
        "over TLS a tenth of them has",
        .enabled(if: script.missing == nil, "\(script.missing ?? "")"))
    func encrypted() async throws {
        let name = "echo-server"
        let server = BuildProducts.optimizedPath(name) ?? BuildProducts.path(name)
        let (status, words) = try await Self.script.run(
            options: ["--tls", "--expected", Self.committed("expected-server.json")],
            against: [server, "0", "--verbatim"], seconds: 300)
        print(words)
        #expect(status == 0, "\(words)")
    }

    static let clientScript = PythonScript("autobahn_client.py")

    @Test(
        "every case has the outcome of expected-client.json",
        .enabled(if: clientScript.missing == nil, "\(clientScript.missing ?? "")"))
    func client() async throws {
        let name = "AutobahnClient"
        let client = BuildProducts.optimizedPath(name) ?? BuildProducts.path(name)
        let (status, words) = try await Self.clientScript.run(
            options: ["--sample", "--expected", Self.committed("expected-client.json")],
            against: [client], seconds: 540)
        print(words)
        #expect(status == 0, "\(words)")
    }

    /// The table that the README links agrees with the expected outcomes.
    @Test func `The table of results is made from the outcomes`() async throws {
        let table = PythonScript("conformance_table.py")
        let (status, words) = try await table.run(
            options: ["--verify"], against: [], seconds: 30)
        #expect(status == 0, "\(words)")
    }

    private static func committed(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent(name).path
    }
}
