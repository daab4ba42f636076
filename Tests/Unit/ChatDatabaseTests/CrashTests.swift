// The machine loses its power at any moment: what was answered is there afterwards.
import Testing

@testable import ChatDatabase

@Suite(.timeLimit(.minutes(3))) struct CrashTests {
    @Test(arguments: 0..<40)
    func `After a crash, what was answered is there, and nothing is torn`(seed: UInt64) throws {
        for part in 0..<3 {
            var crashes = try Crashes(seed: seed * 3 + UInt64(part))
            #expect(try crashes.run() == [])
        }
    }

    /// The same check finds a database that does less than it says.
    @Test(arguments: [Mutant.neverSyncs, .answersFirst])
    func `A database that promises too much is found`(mutant: Mutant) throws {
        let isFound = try (0..<100).contains { (seed: UInt64) in
            var crashes = try Crashes(seed: seed, mutant: mutant)
            return try !crashes.run().isEmpty
        }
        #expect(isFound, "\(mutant)")
    }
}

/// What the check has to find.
enum Mutant: CaseIterable {
    case neverSyncs, answersFirst

    func apply(to options: inout DatabaseOptions) {
        switch self {
        case .neverSyncs: options.waitsForDisk = false
        case .answersFirst: options.acknowledgement = .early
        }
    }
}
