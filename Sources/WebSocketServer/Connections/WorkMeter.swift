// What this turn has cost so far, and what of it was for the connection that is being served.

/// Counts the work of the turn, in the units of ``Work``.
struct WorkMeter: BitwiseCopyable {
    /// What a connection's input may cause in one turn without being charged to its address: the
    /// handling of small messages, which a look at the address would make dearer.
    static var freeWork: Int { 8 * 1024 }
    /// What a connection's input may cause in one turn. Beyond that its next messages wait for
    /// their turn behind others: one page of 64 KiB, or a compressed one of 16.
    static var shareOfConnection: Int { 256 * 1024 }

    /// The work of this turn.
    private(set) var spent = 0
    private var servedFrom = 0
    /// How many steps of TLS handshakes this turn has taken for its events.
    private var stepCount = 0

    /// Where the part of the turn ends that is under way.
    private(set) var partEnd = Int.max

    /// Begins a turn, whose events may do this much work.
    mutating func beginTurn(_ workPerTurn: Int) {
        self = WorkMeter()
        partEnd = workPerTurn
    }

    /// Begins the part of a callback that is not about an event: a quarter of a turn at least, so
    /// that it is never put off for ever.
    mutating func beginPart(_ workPerTurn: Int) {
        partEnd = max(partEnd, spent + workPerTurn / 4)
    }

    /// Begins to serve the input of a connection.
    mutating func beginServing() { servedFrom = spent }

    /// Takes a step of a TLS handshake; false if this turn has taken as many as it may.
    mutating func takesStep(of budget: Int) -> Bool {
        guard stepCount < budget else { return false }
        stepCount += 1
        return true
    }

    /// The work done for the connection that is being served.
    var servedWork: Int { spent - servedFrom }

    /// Whether the connection that is being served has used its share.
    var isShareUsed: Bool { servedWork > Self.shareOfConnection }

    /// Begins to serve a connection of which this many bytes were received.
    @inline(__always)
    mutating func received(_ byteCount: Int) {
        servedFrom = spent
        spent &+= Work.call + byteCount
    }

    @inline(__always)
    mutating func spend(_ work: Int) { spent &+= work }
}
