// The chat page in a headless Chromium, against the real server. The scenarios are in
// Tests/Support/python/browser_*.py; screenshots of them stay in .build-screenshots.
import Foundation
import TestSupport
import Testing

private let script = PythonScript("browser_chat.py")

/// Every second scenario. Two browsers at a time: most of a scenario is waiting, and all of them
/// one by one would take longer than all other tests.
private func half(_ number: Int) -> [String] {
    script.scenarios.enumerated().filter { $0.offset % 2 == number }.map(\.element)
}

private func run(_ name: String) async throws {
    let shots = BuildProducts.packageRoot.appendingPathComponent(".build-screenshots").path
    let failure = try await script.failure(
        of: name, options: ["--shots", shots], against: [BuildProducts.path("roost"), "serve"],
        seconds: 240)
    #expect(failure == nil, "\(failure ?? "")")
}

@Suite(
    .serialized,
    .enabled(if: script.missing == nil, "No browser tests: \(script.missing ?? "")"))
struct BrowserTests {
    @Test("In a browser", .timeLimit(.minutes(5)), arguments: half(0))
    func scenario(_ name: String) async throws { try await run(name) }
}

@Suite(
    .serialized,
    .enabled(if: script.missing == nil, "No browser tests: \(script.missing ?? "")"))
struct SecondBrowserTests {
    @Test("In a second browser", .timeLimit(.minutes(5)), arguments: half(1))
    func scenario(_ name: String) async throws { try await run(name) }
}
