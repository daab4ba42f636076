// Several nodes of a chat on a Redis that fails, in simulated time: what the design promises holds
// in each run, and a rule that is broken shows.
import EngineScripts
import Testing

@Suite struct EngineTests {
    @Test func `Three hundred runs with faults keep what was promised, and reach what is rare`()
        async
    {
        let parts = 4 as UInt64
        let (failures, reached) = await withTaskGroup(of: (String?, [String: Int]).self) { group in
            for part in 0..<parts {
                group.addTask {
                    var reached: [String: Int] = [:]
                    for seed in stride(from: part, to: 300, by: Int(parts)) {
                        let world = World(seed: seed)
                        let found = world.run()
                        reached.merge(world.reached) { $0 + $1 }
                        if let found { return (World.failure(of: seed) ?? found, reached) }
                    }
                    return (nil, reached)
                }
            }
            return await group.reduce(into: ([String](), [String: Int]())) { all, part in
                if let failure = part.0 { all.0.append(failure) }
                all.1.merge(part.1) { $0 + $1 }
            }
        }
        for failure in failures { Issue.record("\(failure)") }
        // A simulation that never gets there shows nothing.
        let missing = Reached.all.filter { reached[$0] == nil }
        #expect(missing.isEmpty || !failures.isEmpty)
    }

    @Test(arguments: Mutant.all)
    func `A broken rule is found`(_ mutant: Mutant) {
        #expect(mutant.find(below: 300) != nil, "\(mutant) survives 300 seeds")
    }
}
