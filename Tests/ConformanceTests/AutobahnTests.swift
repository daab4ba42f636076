// The Autobahn test suite, cases 1 to 11, against the echo server that answers verbatim.
import Foundation
import Programs
import Testing

extension Conformance {
    @Suite("Autobahn test suite")
    struct AutobahnTests {
        static let script = PythonScript("autobahn.py")

        @Test(
            "every case has the outcome of expected-server.json",
            .enabled(if: script.missing == nil, "\(script.missing ?? "")"))
        func server() async throws {
            let expected = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("expected-server.json").path
            let name = "echo-server"
            let server = BuildProducts.optimizedPath(name) ?? BuildProducts.path(name)
            let (status, words) = try await Self.script.run(
                options: ["--expected", expected], against: [server, "0", "--verbatim"],
                seconds: 540)
            print(words)
            #expect(status == 0, "\(words)")
        }
    }
}
