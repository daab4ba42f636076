// Which connections are to be parked in case of a crash, and what is to be written of them anew.
import LinuxReactor
import Storage

/// The lists of parking: part of ``ServerContext``.
struct RecoveryTable {
    /// Where copies of sockets wait; nil if connections do not survive a crash.
    var park: (any SocketPark)?
    /// Connections that have opened since the last tick. Most that are short end before they are
    /// parked, and cost nothing then.
    var young: [ConnectionID] = []
    /// Connections that opened before it, from the end of which some are parked at each tick.
    var ripe: [ConnectionID] = []
    /// Connections whose notes have to be written anew before the turn ends.
    var stale: [ConnectionID] = []
    /// A tick has come since connections were parked last.
    var isDue = false
    /// How many connections have a copy that waits for the next process.
    var parkedCount = 0
    /// Whether it was logged that the place is full.
    var hasReported = false
    /// What the handler is writing, or is given to read.
    var note = Note()

    /// A note on its way between the server and the handler.
    struct Note {
        var bytes: [UInt8]?
        var state = RecoveredState.lost
        var places: [TopicPlace] = []
        var isTaken = false
    }
}
