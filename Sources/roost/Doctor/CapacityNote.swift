// What a server that starts can see of how many connections it may get.

/// One sentence for the log.
enum CapacityNote {
    /// Names the lower of the server's own limit and what the machine holds.
    static func text(connectionLimit: Int, _ facts: HostFacts) -> String {
        let diagnosis = Diagnosis(facts, wanted: connectionLimit)
        guard let binding = diagnosis.binding, binding.connections < connectionLimit else {
            return "At most \(Figures.count(connectionLimit)) connections are let in."
        }
        return """
            At most \(Figures.count(connectionLimit)) connections are let in, and this machine \
            holds fewer: \(Figures.count(binding.connections)), for \(binding.name) \
            (\(binding.reason)). roost doctor says what to change.
            """
    }
}
