// Several nodes on a redis-server, one room, and the history that they make together.
import ChatEngine
import Glibc

/// Nodes that publish, and what must hold of all that they have seen.
struct EngineChat {
    var hosts: [EngineHost] = []
    var rooms: [EngineRoom] = []
    /// Hosts that stand still, without a connection.
    private(set) var paused: Set<Int> = []
    private var lastTicket: UInt64
    private var keys: [UInt64: String] = [:]

    init(
        _ count: Int, on path: String, firstTicket: UInt64 = 1,
        _ change: (inout EngineOptions) -> Void = { _ in }
    ) {
        lastTicket = firstTicket - 1
        var options = EngineOptions()
        options.beatInterval = 200_000_000
        options.patience = 1_000_000_000
        options.silentAfter = 1_000_000_000
        change(&options)
        for number in 0..<count {
            add("node-\(firstTicket > 1 ? "late" : "\(number)")", on: path, options)
        }
    }

    mutating func add(_ name: String, on path: String, _ options: EngineOptions) {
        let host = EngineHost(name, path, seed: UInt64.random(in: 0 ... .max), options)
        hosts.append(host)
        rooms.append(host.open("lobby"))
    }

    // MARK: Doing

    mutating func pause(_ host: Int) {
        hosts[host].drop()
        paused.insert(host)
    }

    mutating func goOn(_ host: Int) { paused.remove(host) }

    mutating func publish(_ count: Int, on host: Int) {
        for _ in 0..<count {
            lastTicket += 1
            keys[lastTicket] = "m\(lastTicket)"
            hosts[host].publish("m\(lastTicket)", ticket: lastTicket, in: rooms[host])
        }
    }

    /// Turns until it is so; false after ten seconds.
    func run(until condition: () -> Bool) -> Bool {
        let end = EngineHost.now() + 10_000_000_000
        while true {
            for (number, host) in hosts.enumerated() where !paused.contains(number) { host.turn() }
            if condition() { return true }
            if EngineHost.now() > end { return false }
            var waiting = hosts.map(\.waiting)
            poll(&waiting, nfds_t(waiting.count), 5)
        }
    }

    func goOn(milliseconds: UInt64) {
        let end = EngineHost.now() + milliseconds * 1_000_000
        _ = run { EngineHost.now() >= end }
    }

    /// Whether everything is placed, and all logs are the same.
    var isQuiet: Bool {
        let awake = hosts.indices.filter { !paused.contains($0) }
        let placed = hosts.reduce(0) { $0 + $1.placed.count + $1.refused.count }
        return placed == keys.count && Set(awake.map { hosts[$0].head(of: rooms[$0]) }).count == 1
            && awake.allSatisfy { hosts[$0].isLive(rooms[$0]) }
    }

    func settle() -> Bool { run { isQuiet } }

    var resetCount: Int {
        hosts.indices.reduce(0) { $0 + (hosts[$1].views[rooms[$1]]?.resetCount ?? 0) }
    }

    // MARK: What must hold

    /// What is wrong with what they have seen.
    var violations: [String] {
        var wrong: [String] = []
        let acknowledged = Set(hosts.flatMap { $0.placed.keys }.compactMap { keys[$0] })
        var message: [EnginePlace: String] = [:]
        for (number, host) in hosts.enumerated() {
            guard let view = host.views[rooms[number]] else { continue }
            wrong += view.faults.map { "\(host.name): \($0)" }
            let lost = acknowledged.subtracting(view.seen)
            if !lost.isEmpty { wrong.append("\(host.name) has not seen \(lost.sorted())") }
            let missing = acknowledged.subtracting(host.logKeys(rooms[number]))
            if acknowledged.count < 900, !missing.isEmpty {
                wrong.append("\(host.name) does not have \(missing.sorted())")
            }
            for (place, key) in host.names
            where (message.updateValue(key, forKey: place) ?? key) != key {
                wrong.append("\(place) names two messages")
            }
        }
        return wrong
    }
}
