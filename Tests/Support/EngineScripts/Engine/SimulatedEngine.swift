// A primary and its replicas: replication that lags, promotions, restarts, and what gets lost.

/// Redis as nodes meet it: several processes, of which one is the primary that new connections go
/// to. Everything that happens to it is decided by the caller.
package final class SimulatedEngine {
    struct Process {
        let redis: SimulatedRedis
        /// The process that it follows, and how many of its changes it has.
        var source: Int?
        var position = 0
        /// How long changes take to come, in nanoseconds.
        var lag: UInt64 = 0
        var isUp = true
        /// It is a replica that does not reach its primary, ever.
        var isIsland = false
        /// It does nothing before this time.
        var frozenUntil: UInt64 = 0
    }

    private(set) var processes: [Process]
    /// The process that the service's address leads to.
    private(set) var primary = 0
    /// What the primary had at some times, the oldest first: files to restart from.
    private var files: [Dataset] = []

    /// Learns which process adds which entry to a stream, and what stands before it.
    var onAppend: ((_ process: Int, _ stream: String, StreamEntry, _ before: StreamID) -> Void)?

    init(processCount: Int, fault: FunctionFault?) {
        processes = (0..<processCount).map {
            let redis = SimulatedRedis(fault: fault)
            if $0 > 0 { redis.role = .replica(isLinked: true) }
            return Process(redis: redis, source: $0 > 0 ? 0 : nil, lag: 1_000_000)
        }
        for (number, process) in processes.enumerated() {
            process.redis.onAppend = { [unowned self] in onAppend?(number, $0, $1, $2) }
        }
    }

    subscript(process: Int) -> Process {
        get { processes[process] }
        set { processes[process] = newValue }
    }

    /// Processes that follow a primary now.
    var replicas: [Int] {
        processes.indices.filter { processes[$0].isUp && processes[$0].source != nil }
    }

    // MARK: Replication

    /// Lets all replicas have what has had the time to come.
    func replicate(at now: UInt64) {
        for index in processes.indices where processes[index].isUp { catchUp(index, at: now) }
    }

    private func catchUp(_ index: Int, at now: UInt64) {
        guard let source = processes[index].source, processes[source].isUp else { return }
        let effects = processes[source].redis.effects
        var position = processes[index].position
        while position < effects.count, effects[position].at + processes[index].lag <= now {
            processes[index].redis.follow(effects[position].effect)
            position += 1
        }
        processes[index].position = position
    }

    /// Whether a replica has everything that its primary has.
    func hasEverything(_ index: Int) -> Bool {
        guard let source = processes[index].source else { return true }
        return processes[index].position == processes[source].redis.effects.count
    }

    /// Makes a process a replica, which takes over all data: a full resynchronisation. If it misses
    /// nothing, it goes on with what it has, functions' memory included.
    func follow(_ index: Int, _ source: Int, keepsMemory: Bool = false) {
        let redis = processes[index].redis
        if !keepsMemory { redis.load(processes[source].redis.data) }
        redis.role = .replica(isLinked: true)
        redis.troubles.remove(.tooFewReplicas)
        processes[index].source = source
        processes[index].position = processes[source].redis.effects.count
        processes[index].lag = 1_000_000
    }

    /// A process becomes a replica that does not reach its primary, keeps what it has, and takes
    /// writes all the same (`replica-read-only no`).
    func isolate(_ index: Int) {
        processes[index].isIsland = true
        processes[index].source = nil
        processes[index].redis.role = .replica(isLinked: false)
        processes[index].redis.writesAsReplica = true
    }

    // MARK: The primary

    /// Makes a replica the primary, with what it has got so far; the other replicas follow it.
    /// Connections to the old primary are the caller's business.
    func promote(_ index: Int, at now: UInt64) {
        catchUp(index, at: now)
        processes[index].redis.becomePrimary()
        processes[index].source = nil
        primary = index
        for other in replicas where other != index { follow(other, index) }
    }

    /// All data of a process is gone, as of a replica that has not got any yet.
    func empty(_ index: Int, withFunctions: Bool) {
        var data = Dataset()
        if withFunctions { data.libraries = processes[index].redis.data.libraries }
        processes[index].redis.load(data)
        if let source = processes[index].source {
            processes[index].position = processes[source].redis.effects.count
        }
    }

    // MARK: Ends and files

    func stop(_ index: Int) {
        processes[index].isUp = false
        processes[index].source = nil
    }

    /// The process runs again: as a replica of the primary, or as the primary with the data of a
    /// file, which the replicas then take over.
    func start(_ index: Int, file: Dataset? = nil) {
        processes[index].isUp = true
        processes[index].frozenUntil = 0
        processes[index].redis.troubles = []
        if let file {
            processes[index].redis.load(file)
            for other in replicas where processes[other].source == index { follow(other, index) }
        } else if index != primary {
            follow(index, primary)
        }
    }

    /// Notes what the primary has now.
    func save() {
        files.append(processes[primary].redis.data)
        if files.count > 12 { files.removeFirst() }
    }

    /// The keys of a room are again what they were in a file, while the process runs on.
    func restore(_ keys: [String], from file: Dataset) {
        for key in keys {
            processes[primary].redis.data.streams[key] = file.streams[key]
            processes[primary].redis.data.hashes[key] = file.hashes[key]
        }
        for other in replicas where processes[other].source == primary { follow(other, primary) }
    }

    /// A file of before; the larger the age, the older.
    func file(age: Int) -> Dataset { files[max(0, files.count - 1 - age)] }
}
