// All that a node knows of a room.

/// How far a room is with what Redis has.
enum SyncStage: Sendable {
    /// There is no connection, or nobody has asked yet.
    case idle
    /// It waits for its turn to be read.
    case waiting
    /// It is being read.
    case reading
    /// It waits for its turn to give back what Redis has lost, behind this place.
    case waitingToRefill(behind: EnginePlace, at: EnginePlace)
    /// It gives that back.
    case refilling
    /// The log is what Redis has, and goes on with the pushes.
    case live
}

/// A room that is open on this node.
struct RoomState: ~Copyable {
    let key: String
    let names: RoomNames
    /// Tells the rooms apart that have had this slot.
    let generation: UInt32
    var log: RoomLog
    var stage = SyncStage.idle
    /// It has been live before: members may have seen its log.
    var wasLive = false
    /// It has tried to give back what Redis has lost. That is done once.
    var hasRefilled = false
    /// It has to be read again, since Redis has changed while it was read.
    var readsAgain = false
    /// What was dropped from the log, and is said again before anything else.
    var resay = PendingPublishes()
    /// What was published.
    var pending = PendingPublishes()
    /// Counts the times that everything was marked unsent: a reply to an earlier call says nothing.
    var round: UInt32 = 0
    /// How many r1_put are under way: at most one.
    var putCount = 0
    /// It is in the list of rooms that have something to send.
    var isReady = false
    /// Redis takes no writes: nothing is sent before this.
    var pausedUntil: UInt64 = 0
    var presence = RoomPresence()
    /// It closes when nothing is pending.
    var isClosing = false
    /// It is in the list of rooms that close.
    var isInClosing = false
    var isOpen = true

    init(_ key: String, _ names: RoomNames, _ generation: UInt32, keep: Int) {
        self.key = key
        self.names = names
        self.generation = generation
        log = RoomLog(limit: keep)
    }

    var isLive: Bool {
        if case .live = stage { return true }
        return false
    }

    var unsentCount: Int { resay.unsentCount + pending.unsentCount }
    var hasNothingPending: Bool { resay.isEmpty && pending.isEmpty }

    /// Everything that is not in the log is sent again, with the same keys.
    mutating func markAllUnsent() {
        resay.markAllUnsent()
        pending.markAllUnsent()
        round &+= 1
    }
}
