// Runs one workload the given number of times, for callgrind to count. Without arguments it lists
// all workloads. `--hand-over 1000000 3` prints what each step of a hand-over takes.

@main
struct Micro {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard let name = arguments.first else {
            for workload in Workload.all { print("\(workload.count)\t\(workload.name)") }
            return
        }
        if name == "--hand-over" {
            let numbers = arguments.dropFirst().compactMap { Int($0) }
            return Workload.handOver(
                memberCount: numbers.first ?? 1_000_000, times: numbers.dropFirst().first ?? 3)
        }
        guard let workload = Workload.all.first(where: { $0.name == name }),
            let count = arguments.dropFirst().first.flatMap({ Int($0) })
        else { fatalError("usage: micro [WORKLOAD COUNT | --hand-over MEMBERS TIMES]") }
        workload.prepare()(count)
    }
}
