// Several nodes of a chat on a simulated Redis:
//
//     EngineScripts twin SOCKET LIBRARY COUNT    compares it with a real one, which runs
import Foundation

@main
struct EngineScripts {
    static func main() throws {
        let arguments = CommandLine.arguments
        if arguments.count >= 3, arguments[1] == "run" {
            var failed = 0
            var most = (0, 0)
            var reached: [String: Int] = [:]
            let first = arguments.count > 3 ? UInt64(arguments[2])! : 0
            for seed in first..<first + UInt64(arguments.last!)! {
                let world = World(seed: seed)
                if let found = world.run() {
                    print("seed \(seed): \(found)")
                    failed += 1
                }
                most = (max(most.0, world.presenceCount), max(most.1, world.stepCount))
                for (what, count) in world.reached { reached[what, default: 0] += count }
            }
            for (what, count) in reached.sorted(by: { $0.key < $1.key }) { print(count, what) }
            print("failed", failed, "most", most)
            return
        }
        if arguments.count == 3, arguments[1] == "show" {
            let world = World(seed: UInt64(arguments[2])!, tellsStory: true)
            let found = world.run()
            print(world.story.joined(separator: "\n"))
            print(found ?? "nothing")
            return
        }
        if arguments.count >= 3, arguments[1] == "mutants" {
            for mutant in Mutant.all
            where arguments.count == 3 || mutant.description.contains(arguments[3]) {
                var seeds: [UInt64] = []
                var first = ""
                for seed in 0..<UInt64(arguments[2])! {
                    if let what = World(seed: seed, mutant.wrong, mutant.emphasis).run() {
                        if seeds.isEmpty { first = what }
                        seeds.append(seed)
                    }
                }
                print("\(mutant): \(seeds.count), \(seeds.prefix(6)): \(first.prefix(150))")
            }
            return
        }
        guard arguments.count == 5, arguments[1] == "twin" else { return }
        let library = try String(contentsOfFile: arguments[3], encoding: .utf8)
        let comparison = try TwinComparison(socket: arguments[2], library: library)
        for seed in 0..<UInt64(arguments[4])! {
            if let found = try comparison.run(seed: seed) {
                print("seed \(seed)\n\(found.replacing(library, with: "LIBRARY"))")
                exit(1)
            }
        }
        print(comparison.counts)
    }
}
