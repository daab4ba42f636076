// One load, ready to be run: what the generators do, for how long, and against which server.

struct Job {
    /// The name of the subcommand.
    var load: String
    /// A description, with everything that two comparable loads share.
    var title: String
    var unit: String
    var plan: LoadPlan
    var warmup: Double
    var seconds: Double
    /// Generator processes at least; more if descriptors ask for it.
    var threads = 1
    /// How the server is started if no URL was given.
    var serverCommand: ServerProcess.Command
    /// Generators open one after the other, so that connection i of the load is number i at the
    /// server.
    var opensInOrder = false
    /// Memory is counted page by page once everything is open.
    var measuresMemory = false
    /// Whether the server's program starts anew meanwhile, and how often.
    var upgrades: UpgradePlan?

    /// How many generators are needed: the limit on open files may require more than were asked
    /// for.
    func workerCount(perProcess: Int) -> Int {
        let total = plan.totalConnections + plan.neverReadCount
        return max(1, threads, (total + perProcess - 1) / perProcess)
    }
}

/// Where the load goes.
enum Target {
    /// A server that is started for each run, as this number of processes on one port.
    case spawned(ServerProcess.Command, count: Int)
    /// A server that runs already; its processes, if they are known.
    case running([String], pids: [Int32])
}

/// Local addresses that connections come from, where one address has too few ports.
enum Sources {
    /// Empty if the kernel may choose. A loopback target takes 127.0.0.1, 127.0.0.2 …; any other
    /// needs addresses that the user has named.
    static func addresses(
        for connections: Int, toLoopback: Bool, named: [String], portsPerAddress: Int
    ) throws(Shortage) -> [String] {
        if !named.isEmpty {
            guard connections <= named.count * portsPerAddress else {
                throw Shortage(needed: (connections - 1) / portsPerAddress + 1)
            }
            return named
        }
        guard connections > portsPerAddress else { return [] }
        guard toLoopback else {
            throw Shortage(needed: (connections - 1) / portsPerAddress + 1)
        }
        // 127.0.0.0/8 has room for whatever a machine can hold, and a port is found sooner where
        // half of them are free.
        let count = (connections - 1) / max(1, portsPerAddress / 2) + 1
        return (1...count).map { "127.0.\($0 / 256).\($0 % 256)" }
    }

    struct Shortage: Error, Equatable, CustomStringConvertible {
        let needed: Int
        var description: String {
            "This load needs \(needed) local addresses, since one has about 28,000 ports: name "
                + "them with --source A,B,…"
        }
    }
}
