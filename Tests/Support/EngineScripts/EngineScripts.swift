// Several nodes of a chat on a simulated Redis:
//
//     EngineScripts twin SOCKET LIBRARY COUNT    compares it with a real one, which runs
import Foundation

@main
struct EngineScripts {
    static func main() throws {
        let arguments = CommandLine.arguments
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
