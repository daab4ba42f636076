// What a server that starts can see of how many connections it may get.

/// One sentence for the log, and what it is about.
struct CapacityNote: Equatable {
    /// The limit that binds: "max-connections", or a name of ``Diagnosis``.
    let limit: String
    /// How many it allows.
    let connections: Int
    let text: String

    /// Names the lowest of the server's own limit and those of the machine. `isChosen` if somebody
    /// has set the server's; else it follows from the limit on open files.
    init(connectionLimit: Int, isChosen: Bool, _ facts: HostFacts) {
        let own = Figures.count(connectionLimit)
        let diagnosis = Diagnosis(facts, wanted: connectionLimit)
        if let binding = diagnosis.binding, binding.connections < connectionLimit {
            limit = binding.name
            connections = binding.connections
            text = """
                At most \(own) connections are let in, and this machine holds fewer: \
                \(Figures.count(connections)), for \(limit) (\(binding.reason)). \
                roost doctor says what to change.
                """
            return
        }
        connections = connectionLimit
        limit = isChosen ? "max-connections" : "RLIMIT_NOFILE"
        let reason =
            isChosen
            ? "as max-connections says"
            : "for RLIMIT_NOFILE (\(Figures.limit(facts.descriptorLimit ?? 0)) open files)"
        text = "At most \(own) connections are let in, \(reason)."
    }
}
