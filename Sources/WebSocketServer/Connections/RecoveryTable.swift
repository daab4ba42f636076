// Which connections are to be parked in case of a crash, and what is to be written of them anew.
import LinuxReactor
import Storage

/// The lists of parking: part of ``ServerContext``.
struct RecoveryTable {
    /// Where copies of sockets wait; nil if connections do not survive a crash.
    var park: (any SocketPark)?
    /// A place that could not be used, to be tried again.
    var refused: (any SocketPark)?
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
    /// For how many ticks nothing is parked, since the place has refused something.
    var restTickCount = 0
    /// The records before all copies were given up. Some copies may not be gone yet.
    private var former: CrashRecords?
    /// Connections to which an answer is due while there are no records.
    var owing: Set<ConnectionID> = []
    /// Whether it was logged that the place is full.
    var hasReported = false
    /// What the handler is writing, or is given to read.
    var note = Note()

    init(former: CrashRecords? = nil) { self.former = former }

    /// Whether a copy of its socket waited before all were given up.
    func wasParked(_ id: ConnectionID) -> Bool {
        former?.isParked(id.index) == true && former?.resourceID(of: id.index) == id.resourceID
    }

    /// A note on its way between the server and the handler.
    struct Note {
        var bytes: [UInt8]?
        var state = RecoveredState.lost
        var places: [TopicPlace] = []
        var isTaken = false
    }
}
