// Attacks on the chat at its default limits, short: `make hostile` runs all of them at full length.
import TestSupport
import Testing

extension Alone {
    @Suite("Attacks on the chat")
    struct FairnessTests {
        static let script = PythonScript("fair.py")
        /// One of each kind: over HTTP, with pages, with history, with descriptors.
        static let attacks = [
            "pipelined_heads", "deflated_history", "washed_rooms", "gone_polls",
        ]

        @Test(
            "each leaves others what is theirs",
            .enabled(if: script.missing == nil, "\(script.missing ?? "")"))
        func short() async throws {
            let optimized = BuildProducts.optimizedPath("roost")
            // Here only what is lost counts, not how long anything takes: that gates in units of
            // work, in simulation (FairTests).
            let (status, words) = try await Self.script.run(
                options: ["--seconds", "3", "--untimed"]
                    + Self.attacks.flatMap { ["--only", $0] },
                against: [optimized ?? BuildProducts.path("roost")], seconds: 200)
            print(words)
            #expect(status == 0, "\(words)")
        }
    }
}
