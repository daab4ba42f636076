// Attacks on the chat at its default limits, short: `make hostile` runs all of them at full length.
import TestSupport
import Testing

extension Conformance {
    @Suite("Attacks on the chat")
    struct FairnessTests {
        static let script = PythonScript("fair.py")
        /// One of each kind: over HTTP, with pages, with memory, with history, with descriptors.
        static let attacks = [
            "pipelined_heads", "deflated_history", "stalled_members", "washed_rooms",
            "idle_metrics", "gone_polls",
        ]

        @Test(
            "each leaves others what is theirs, and a bystander hardly notices",
            .enabled(if: script.missing == nil, "\(script.missing ?? "")"))
        func short() async throws {
            let optimized = BuildProducts.optimizedPath("roost")
            // What gates is counted in units of work, in simulation; a debug build is slow, and
            // then only the program itself is tested.
            let (status, words) = try await Self.script.run(
                options: ["--seconds", "3"] + (optimized == nil ? ["--report"] : [])
                    + Self.attacks.flatMap { ["--only", $0] },
                against: [optimized ?? BuildProducts.path("roost")], seconds: 200)
            print(words)
            #expect(status == 0, "\(words)")
        }
    }
}
