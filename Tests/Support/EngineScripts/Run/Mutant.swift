// Rules that are broken on purpose, to see that the checker finds each.
import ChatEngine

/// A node, or the functions of Redis, without one of their rules.
package struct Mutant: Sendable, CustomStringConvertible {
    package let description: String
    let wrong: WorldFaults
    /// What its runs have more of; nil if it needs nothing in particular.
    let emphasis: Emphasis?

    private init(
        _ description: String, _ emphasis: Emphasis? = nil, _ change: (inout EngineFaults) -> Void
    ) {
        self.description = description
        self.emphasis = emphasis
        var wrong = WorldFaults()
        change(&wrong.node)
        self.wrong = wrong
    }

    private init(_ fault: FunctionFault) {
        description = "functions: \(fault)"
        emphasis = fault == .givingBackWithoutPush ? .refilled : nil
        var wrong = WorldFaults()
        wrong.functions = fault
        self.wrong = wrong
    }

    package static let all =
        FunctionFault.allCases.map { Mutant($0) } + [
            // `FunctionFault` has those of Redis.
            Mutant("no predecessor") { $0.ignorePredecessor = true },
            Mutant("pushes kept while syncing") { $0.keepPushesWhileSyncing = true },
            Mutant("no saying again") { $0.neverSayAgain = true },
            Mutant("giving back as if it were new") { $0.giveBackWithoutIDs = true },
            Mutant("early ok") { $0.acknowledgeEarly = true },
            Mutant("two puts outstanding", .fast) { $0.twoPutsOutstanding = true },
            Mutant("no probe", .deaf) { $0.noProbe = true },
            Mutant("no data changed", .secret) { $0.noDataChanged = true },
            Mutant("resubscribing without tail") { $0.resubscribeWithoutTail = true },
            Mutant("no master poll", .demoted) { $0.noRolePoll = true },
        ]

    /// The first seed below this number that finds it, and what it has found.
    package func find(below count: UInt64) -> (seed: UInt64, what: String)? {
        for seed in 0..<count {
            if let what = World(seed: seed, wrong, emphasis).run() { return (seed, what) }
        }
        return nil
    }

    /// How many of the first seeds find it.
    package func count(below count: UInt64) -> Int {
        (0..<count).count { World(seed: $0, wrong, emphasis).run() != nil }
    }
}
