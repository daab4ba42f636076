// Several nodes of a chat on a simulated Redis, by seeds:
//
//     EngineScripts run [--state FILE] COUNT            the runs of this many seeds
//     EngineScripts show SEED                           the story of a run, and what is wrong
//     EngineScripts mutants COUNT                       how many seeds find each broken rule
//     EngineScripts twin SOCKET LIBRARY [FIRST] COUNT   compares the simulated Redis with a real
//
// With a state file, `run` goes on where it was interrupted. The real Redis of `twin` was started
// with `TwinComparison.options`; LIBRARY is a file with the functions in Lua.
import Foundation

@main
struct EngineScripts {
    static func main() throws {
        var arguments = Array(CommandLine.arguments.dropFirst())
        let verb = arguments.isEmpty ? "" : arguments.removeFirst()
        var state: String?
        if verb == "run", arguments.count == 3, arguments[0] == "--state" {
            state = arguments[1]
            arguments.removeFirst(2)
        }
        let numbers = arguments.compactMap { UInt64($0) }
        switch (verb, arguments.count, numbers.count) {
        case ("run", 1, 1): run(numbers[0], state)
        case ("show", 1, 1):
            let world = World(seed: numbers[0], tellsStory: true)
            let found = world.run()
            print(world.story.joined(separator: "\n"))
            print(found ?? "nothing is wrong")
        case ("mutants", 1, 1):
            for mutant in Mutant.all {
                print("\(mutant): \(mutant.count(below: numbers[0])) of \(numbers[0])")
            }
        case ("twin", 3, 1): try compare(arguments[0], arguments[1], 0..<numbers[0])
        case ("twin", 4, 2):
            try compare(arguments[0], arguments[1], numbers[0]..<numbers[0] + numbers[1])
        default:
            print(
                "EngineScripts run [--state FILE] COUNT | show SEED | mutants COUNT | "
                    + "twin SOCKET LIBRARY [FIRST] COUNT")
            exit(2)
        }
    }

    /// Ends with 1 after the first three seeds with which something is wrong.
    private static func run(_ count: UInt64, _ state: String?) {
        var reached: [String: Int] = [:]
        var failureCount = 0
        let text = state.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) }
        let first = min(text.flatMap { UInt64($0) } ?? 0, count)
        if first > 0 { print("goes on with seed \(first)") }
        for seed in first..<count {
            if let state, seed % 100 == 0 {
                try? String(seed).write(toFile: state, atomically: true, encoding: .utf8)
            }
            let world = World(seed: seed)
            let found = world.run()
            reached.merge(world.reached) { $0 + $1 }
            guard let found else { continue }
            print(World.failure(of: seed) ?? "seed \(seed), once: \(found)")
            failureCount += 1
            if failureCount == 3 { break }
        }
        for (what, count) in reached.sorted(by: { $0.key < $1.key }) { print("\(count) \(what)") }
        print("\(count - first) runs, \(failureCount == 0 ? "nothing wrong" : "WRONG")")
        if failureCount > 0 { exit(1) }
    }

    private static func compare(_ socket: String, _ path: String, _ seeds: Range<UInt64>) throws {
        let library = try String(contentsOfFile: path, encoding: .utf8)
        let comparison = try TwinComparison(socket: socket, library: library)
        for seed in seeds {
            if let found = try comparison.run(seed: seed) {
                print(found)
                exit(1)
            }
        }
        for (what, count) in comparison.counts.sorted(by: { $0.key < $1.key }) {
            print("\(count) \(what)")
        }
        print("\(seeds.count) scripts, no difference")
    }
}
