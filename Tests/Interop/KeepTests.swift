// The server is killed, its disk fails, its database is damaged or replaced by an older one: what
// clients saw stays true. `make endurance ARGS=keep` kills it a thousand times.
import TestSupport
import Testing

extension Alone {
    @Suite("What is kept")
    struct KeepTests {
        static let script = PythonScript("keep.py")

        @Test(
            "survives crashes, failing disks and damage, and clients learn what does not",
            .enabled(if: script.missing == nil, "\(script.missing ?? "")"),
            arguments: script.scenarios)
        func scenario(_ name: String) async throws {
            let program = BuildProducts.optimizedPath("roost") ?? BuildProducts.path("roost")
            let failure = try await Self.script.failure(
                of: name, options: ["--kills", name == "kill" ? "20" : "5"], against: [program],
                seconds: 150)
            #expect(failure == nil, "\(failure ?? "")")
        }
    }
}
