// A node's heartbeat, which is also its proof that Redis is the same and that pushes come.

/// What a node knows of its own heartbeats.
struct Heart: Sendable {
    /// The hash of all heartbeats.
    let nodes: String
    /// The channel on which the node hears its own.
    let channel: String
    /// Drawn by the functions' process at its start: another means that it is another process.
    var boot: [UInt8]?
    /// The count of the last heartbeat that was answered, as Redis writes it, and of the last that
    /// was sent. On one connection the next answer must show the former.
    var confirmed: [UInt8] = []
    var sent: UInt64 = 0
    /// A heartbeat is under way.
    var isBeating = false
    var nextBeat: UInt64 = 0
    /// The number of the last push that came.
    var heard: UInt64?
    /// The number of the push that should have come, and when it is late.
    var missing: UInt64?
    var probeLateAt: UInt64?

    /// The connection has ended. What was known of the data stays, for the next one.
    mutating func stop() {
        isBeating = false
        missing = nil
        probeLateAt = nil
    }

    /// A push has come.
    mutating func hear(_ probe: UInt64) {
        heard = probe
        guard probe == missing else { return }
        missing = nil
        probeLateAt = nil
    }
}

/// Another node, as its heartbeats show it.
struct Peer: Sendable {
    /// Its count, as it is written; empty if there is none.
    var count: [UInt8] = []
    /// When the count was another one.
    var changedAt: UInt64
    /// Its presence counts.
    var isAlive = true
}
