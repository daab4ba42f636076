// Hostile input to the echo server at its default limits.
import TestSupport
import Testing

extension Alone {
    @Suite("Hostile input")
    struct HostileInputTests {
        static let script = PythonScript("hostile.py")

        @Test(
            "each gets its documented answer, and a bystander hardly notices",
            .enabled(if: script.missing == nil, "\(script.missing ?? "")"))
        func everything() async throws {
            let name = "echo-server"
            let optimized = BuildProducts.optimizedPath(name)
            // A debug build only has to serve the bystander at all.
            let (status, words) = try await Self.script.run(
                options: ["--p99-ms", optimized == nil ? "30000" : "50"],
                against: [optimized ?? BuildProducts.path(name), "0"], seconds: 300)
            print(words)
            #expect(status == 0, "\(words)")
        }

        static let encryptedScript = PythonScript("hostile_tls.py")

        @Test(
            "below TLS, too",
            .enabled(if: encryptedScript.missing == nil, "\(encryptedScript.missing ?? "")"))
        func encrypted() async throws {
            let name = "echo-server"
            let optimized = BuildProducts.optimizedPath(name)
            let (status, words) = try await Self.encryptedScript.run(
                options: ["--p99-ms", optimized == nil ? "30000" : "50"],
                against: [optimized ?? BuildProducts.path(name), "0"], seconds: 300)
            print(words)
            #expect(status == 0, "\(words)")
        }
    }
}
