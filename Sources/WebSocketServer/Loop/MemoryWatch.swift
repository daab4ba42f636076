// How far the search for the largest holders of memory has come.
import LinuxReactor

/// How far the search for the largest holders of memory has come.
struct MemoryWatch {
    /// A connection that pins less is not closed for it.
    static var leastByteCount: Int { 4 * 1024 }
    /// The work of a look at a slot, and at what the topics of a connection keep for it: up to 64
    /// rooms in a chat.
    static var workOfSlot: Int { 32 }
    static var workOfBacklog: Int { 4_096 }
    /// How many connections are closed after one search.
    static var closeCount: Int { 32 }

    /// The bytes held at the end of the last turn.
    var byteCount = 0
    var isSearching = false
    var nextSlot = 0
    /// Most first.
    var found: [(id: ConnectionID, byteCount: Int)] = []
    /// After a search that has found nobody to close.
    var restsUntil = Instant(nanoseconds: 0)
    var nextReport = Instant(nanoseconds: 0)

    mutating func add(_ id: ConnectionID, _ byteCount: Int) {
        guard byteCount >= Self.leastByteCount,
            found.count < Self.closeCount || byteCount > found[found.count - 1].byteCount
        else { return }
        let index = found.firstIndex { $0.byteCount < byteCount } ?? found.count
        found.insert((id, byteCount), at: index)
        if found.count > Self.closeCount { found.removeLast() }
    }
}
