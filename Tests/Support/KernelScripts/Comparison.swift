// Runs a script on both kernels, and finds the first step after which they differ.
import Glibc
import LinuxReactor
import WebSocketServerTesting

/// A step after which the kernels differ, and what led to it.
struct Difference {
    let steps: [Step]
    let simulated: Observation
    let real: Observation
}

/// Compares the simulated kernel with Linux.
final class Comparison {
    private let world: LinuxWorld
    /// How often each kind of outcome was seen.
    private(set) var counts: [String: Int] = [:]

    init() throws { world = try LinuxWorld() }

    /// How often the loopback took longer than two seconds.
    var unsettledCount: Int { world.unsettledCount }

    func end() { world.end() }

    /// Runs the steps on both kernels; nil if nothing differs. A fault is put into the simulated
    /// one.
    func run(_ steps: [Step], seed: UInt64, _ fault: Fault? = nil) throws -> Difference? {
        let source = NetworkAddress.ipv4(
            127, 1 + UInt8(seed % 200), UInt8(seed / 200 % 250), 1 + UInt8(seed / 50_000 % 250),
            port: 0)
        let network = SimulatedNetwork(seed: seed)
        var simulatedKernel = SimulatedKernel(network: network)
        var listeners: [ListenerName: FileDescriptor] = [:]
        for listener in ListenerName.allCases {
            let address: ListenAddress =
                listener == .local ? .unix(path: "x") : .tcp(host: "127.0.0.1", port: 0)
            listeners[listener] = try simulatedKernel.listen(
                on: address, backlog: 16, reusePort: false
            ).0
        }
        let simulatedWorld = SimulatedWorld(network)
        let (simulatedPoll, simulatedWakeup) = (
            try simulatedKernel.makePoll(), try simulatedKernel.makeWakeup()
        )
        var simulated = Machine(
            simulatedKernel, simulatedWorld, listeners, poll: simulatedPoll,
            wakeup: simulatedWakeup, from: source)
        try world.begin()
        defer { world.clear() }
        var linux = LinuxKernel()
        let (poll, wakeup) = (try linux.makePoll(), try linux.makeWakeup())
        var real = Machine(
            linux, world, world.listeners, poll: poll, wakeup: wakeup, from: source)
        var rules = Rules()
        var passed: [Step] = []
        var difference: Difference?
        for step in steps where rules.allows(step) {
            passed.append(step)
            fault?.before(simulatedWorld, step)
            var outcome = simulated.perform(step)
            fault?.after(simulatedWorld, step, &outcome)
            var expected = Observation(outcome: outcome)
            expected.events = simulated.events()
            expected.peers = simulatedWorld.peers()
            fault?.observed(simulatedWorld, &expected)
            expected.events.sort()
            let found = observe(
                step, on: &real, until: expected, within: .milliseconds(fault == nil ? 100 : 5))
            if found != expected {
                difference = Difference(steps: passed, simulated: expected, real: found)
            }
            rules.note(step, found.outcome)
            if difference != nil { break }
            if fault == nil { count(step, outcome) }
        }
        real.end(rules)
        return difference
    }

    /// What Linux shows after a step, when everything has arrived. If that differs, it is asked for
    /// its events again for some time: it may be about to say that a connection waits.
    private func observe(
        _ step: Step, on machine: inout Machine<LinuxKernel, LinuxWorld>,
        until expected: Observation, within limit: Duration
    ) -> Observation {
        var found = Observation(outcome: machine.perform(step))
        _ = world.settle()
        let end = machine.kernel.monotonicNow().advanced(by: limit)
        repeat {
            found.events = machine.events()
            found.peers = world.peers()
            guard found.outcome == expected.outcome, found != expected else { break }
            machine.refill()
            sched_yield()
        } while machine.kernel.monotonicNow() < end
        return found
    }

    private func count(_ step: Step, _ outcome: Outcome) {
        counts["\(step.name) \(outcome.name)", default: 0] += 1
    }

    /// Takes steps out as long as the kernels still differ.
    func shrink(_ difference: Difference, seed: UInt64, _ fault: Fault? = nil) throws -> Difference
    {
        var least = difference
        var index = 0
        while index < least.steps.count {
            var steps = least.steps
            steps.remove(at: index)
            if let smaller = try run(steps, seed: seed, fault) {
                least = smaller
                index = 0
            } else {
                index += 1
            }
        }
        return least
    }
}
