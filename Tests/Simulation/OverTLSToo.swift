// Tests of what holds for plain and encrypted connections alike run twice: plain, and over TLS.
import Testing

@testable import SimulationKit

/// Runs each case twice: first plain, then with servers and clients that speak TLS from behind
/// the handshake. Issues of the second run say so. A suite or a test can have it.
struct OverTLSToo: TestTrait, SuiteTrait, TestScoping {
    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing run: @Sendable () async throws -> Void
    ) async throws {
        try await run()
        guard !test.traits.contains(where: { $0 is PlainAlone }) else { return }
        let saying = IssueHandlingTrait.compactMapIssues { issue in
            var issue = issue
            issue.comments.append("over TLS")
            return issue
        }
        try await saying.provideScope(for: test, testCase: testCase) {
            try await Simulations.$areEncrypted.withValue(true) { try await run() }
        }
    }
}

/// Exempts a test from its suite's ``OverTLSToo``. Tests/README.md lists these tests.
struct PlainAlone: TestTrait {
    /// Why it cannot hold for TLS.
    let reason: String
}

extension Trait where Self == OverTLSToo {
    static var overTLSToo: Self { Self() }
}

extension Trait where Self == PlainAlone {
    static func plainAlone(_ reason: String) -> Self { Self(reason: reason) }
}
