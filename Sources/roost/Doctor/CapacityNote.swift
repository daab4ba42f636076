// How many connections fit, as a server can see it at its start.

/// One sentence for the log, and its figures.
struct CapacityNote: Equatable {
    /// The limit that binds: "max-connections", or a name of ``Diagnosis``.
    let limit: String
    /// How many connections it allows.
    let connections: Int
    let text: String

    /// Names the lowest limit among the server's own and the machine's. `isChosen` is true if
    /// max-connections is set; otherwise the server's limit follows from the limit on open files.
    init(connectionLimit: Int, isChosen: Bool, _ facts: HostFacts) {
        let own = Figures.count(connectionLimit)
        let diagnosis = Diagnosis(facts, wanted: connectionLimit)
        if let binding = diagnosis.binding, binding.connections < connectionLimit {
            limit = binding.name
            connections = binding.connections
            text = """
                At most \(own) connections are accepted, but this machine can hold only \
                \(Figures.count(connections)), because of \(limit) (\(binding.reason)). \
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
        text = "At most \(own) connections are accepted, \(reason)."
    }
}
