// The programs of the tutorial: each is started as a reader would, and two tabs of a headless
// Chromium do with its page what the tutorial says. The scenarios are in
// Tests/Support/python/tutorial_steps.py.
import TestSupport
import Testing

private let script = PythonScript("browser_tutorial.py")

@Suite(
    .serialized,
    .enabled(if: script.missing == nil, "No browser tests: \(script.missing ?? "")"))
struct TutorialTests {
    @Test(.timeLimit(.minutes(2)), arguments: script.scenarios)
    func `A step of the tutorial`(_ name: String) async throws {
        let program = "chat-\(name.replacing("_", with: "-"))"
        let failure = try await script.failure(
            of: name, against: [BuildProducts.path(program)], seconds: 90)
        #expect(failure == nil, "\(failure ?? "")")
    }
}
