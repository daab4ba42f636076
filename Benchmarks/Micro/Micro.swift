// Runs one workload the given number of times, for callgrind to count. Without arguments it lists
// all workloads.

@main
struct Micro {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard let name = arguments.first else {
            for workload in Workload.all { print("\(workload.count)\t\(workload.name)") }
            return
        }
        guard let workload = Workload.all.first(where: { $0.name == name }),
            let count = arguments.dropFirst().first.flatMap({ Int($0) })
        else { fatalError("usage: micro [WORKLOAD COUNT]") }
        workload.prepare()(count)
    }
}
