// Random scripts of system calls on Linux and on the simulated kernel, which must not differ:
//
//     KernelScripts run [FIRST] COUNT    the scripts of this many seeds
//     KernelScripts faults COUNT         finds each of the known faults with that many at most
//     KernelScripts show SEED            the steps of a script, and what differs
//
// Both ends of each connection are compared: outcomes with errno, bytes, and what epoll reports. A
// step is followed by the next one when the loopback has delivered everything. What cannot be
// compared, and is not: times, how many bytes a full socket takes, in which order one wait reports
// its events, ports that Linux chooses, and numbers of descriptors. A process that has no
// descriptors left is simulated, but not tried here.
import Glibc

@main
struct KernelScripts {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        let numbers = arguments.dropFirst().compactMap { UInt64($0) }
        let comparison = try Comparison()
        defer { comparison.end() }
        switch (arguments.first, numbers.count) {
        case ("run", 1): try run(comparison, 0..<numbers[0])
        case ("run", 2): try run(comparison, numbers[0]..<numbers[0] + numbers[1])
        case ("faults", 1): try findFaults(comparison, count: numbers[0])
        case ("show", 1): try show(comparison, numbers[0])
        default: print("KernelScripts run [FIRST] COUNT | faults COUNT | show SEED")
        }
    }

    /// Ends with 1 after the first three seeds that differ.
    private static func run(_ comparison: Comparison, _ seeds: Range<UInt64>) throws {
        var differences = 0
        for seed in seeds {
            guard let found = try comparison.run(Script(seed: seed).steps, seed: seed) else {
                continue
            }
            print(try comparison.shrink(found, seed: seed).text(seed: seed))
            differences += 1
            if differences == 3 { break }
        }
        for (name, count) in comparison.counts.sorted(by: { $0.key < $1.key }) {
            print("\(count) \(name)")
        }
        if comparison.unsettledCount > 0 {
            print("\(comparison.unsettledCount) times the loopback was not done after 2 s")
        }
        let missing = Reached.all.filter { comparison.counts[$0] == nil }
        if seeds.count >= 10_000, !missing.isEmpty { print("never reached: \(missing)") }
        print("\(seeds.count) scripts, \(differences == 0 ? "no difference" : "DIFFERENT")")
        if differences > 0 || seeds.count >= 10_000 && !missing.isEmpty {
            comparison.end()
            exit(1)
        }
    }

    private static func findFaults(_ comparison: Comparison, count: UInt64) throws {
        var missed = 0
        for fault in Fault.all {
            let first = try (0..<count).first { seed in
                try comparison.run(Script(seed: seed).steps, seed: seed, fault) != nil
            }
            guard let first else {
                print("NOT FOUND: \(fault.name)")
                missed += 1
                continue
            }
            let found = try comparison.run(Script(seed: first).steps, seed: first, fault)!
            let least = try comparison.shrink(found, seed: first, fault)
            print("\(fault.name): seed \(first), \(least.steps.count) steps")
        }
        print("\(Fault.all.count) faults, \(missed) not found")
        if missed > 0 {
            comparison.end()
            exit(1)
        }
    }

    private static func show(_ comparison: Comparison, _ seed: UInt64) throws {
        let script = Script(seed: seed)
        print(script.steps.map(\.description).joined(separator: "\n"))
        guard let found = try comparison.run(script.steps, seed: seed) else {
            return print("no difference")
        }
        print(found.text(seed: seed))
        print(try comparison.shrink(found, seed: seed).text(seed: seed))
    }
}
