// The chat page in a headless Chromium, against the real server. The scenarios are in
// Tests/Support/python/browser_*.py; screenshots of them stay in .build-screenshots.
import Foundation
import TestSupport
import Testing

private let script = PythonScript("browser_chat.py")

@Suite(
    .serialized,
    .enabled(if: script.missing == nil, "No browser tests: \(script.missing ?? "")"))
struct BrowserTests {
    @Test("In a browser", .timeLimit(.minutes(3)), arguments: script.scenarios)
    func scenario(_ name: String) async throws {
        let shots = BuildProducts.packageRoot.appendingPathComponent(".build-screenshots").path
        let failure = try await script.failure(
            of: name, options: ["--shots", shots],
            against: [BuildProducts.path("roost"), "serve"])
        #expect(failure == nil, "\(failure ?? "")")
    }
}
