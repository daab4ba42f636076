// Readers on slow lines, and a restart under thousands of clients. The scenarios are scripts in
// Tests/Support/python; `make endurance` runs them longer.
import TestSupport
import Testing

private let lines = PythonScript("slow_line.py")
private let trains = PythonScript("train_line.py")

// One after the other, and in a pass of their own (scripts/run-tests.sh).
@Suite(.serialized) struct LineTests {
    @Test(
        .enabled(if: lines.missing == nil, "No slow line: \(lines.missing ?? "")"),
        .timeLimit(.minutes(2)))
    func `On a slow line the newest is fresh, and nobody is reset who reads`() async throws {
        let program = BuildProducts.optimizedPath("TestServer") ?? BuildProducts.path("TestServer")
        let (status, words) = try await lines.run(
            // Two seconds are what `make endurance` holds; here other programs may delay readers.
            options: ["--seconds", "15", "--attempts", "2", "--oldest", "2.5"],
            against: [program, "lines"], seconds: 90)
        #expect(status == 0, "\(words)")
    }

    @Test(
        .enabled(if: trains.missing == nil, "No slow line: \(trains.missing ?? "")"),
        .timeLimit(.minutes(2)))
    func `On a slow line the map of trains shows no old position`() async throws {
        let program = BuildProducts.optimizedPath("train-map") ?? BuildProducts.path("train-map")
        let (status, words) = try await trains.run(
            options: ["--seconds", "8", "--attempts", "2", "--oldest", "2.5"],
            against: [program], seconds: 110)
        #expect(status == 0, "\(words)")
    }

    @Test(.timeLimit(.minutes(2)))
    func `Thousands of clients are back at once after a restart and a crash`() async throws {
        let program = BuildProducts.optimizedPath("roost") ?? BuildProducts.path("roost")
        let (status, words) = try await PythonScript("restart_storm.py").run(
            options: ["--clients", "4500"], against: [program], seconds: 100)
        #expect(status == 0, "\(words)")
    }
}
