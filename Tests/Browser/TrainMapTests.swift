// The map of trains: its page in a headless Chromium, with trains that run. The scenarios are in
// Tests/Support/python/train_scenes.py.
import TestSupport
import Testing

private let script = PythonScript("browser_trains.py")

@Suite(
    .serialized,
    .enabled(if: script.missing == nil, "No browser tests: \(script.missing ?? "")"))
struct TrainMapTests {
    @Test(.timeLimit(.minutes(2)), arguments: script.scenarios)
    func `The page of the map of trains`(_ name: String) async throws {
        let failure = try await script.failure(
            of: name, against: [BuildProducts.path("train-map")], seconds: 90)
        #expect(failure == nil, "\(failure ?? "")")
    }
}
