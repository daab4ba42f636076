// How often wrong passwords may be tried: for an account, from wherever, and from an address,
// for whatever account.
import Storage

/// Counts attempts that have failed, and makes the next ones wait. An attempt counts as failed from
/// its beginning, so that many at a time gain nothing.
struct PasswordFailures: Sendable {
    /// Whose attempts are counted.
    enum Key: Hashable, Comparable, Sendable {
        /// Attempts for the name with this key, whether it is an account or not.
        case account(String)
        case address(ClientAddress)

        /// Attempts before the next one must wait. Households share an address.
        var freeCount: Int {
            switch self {
            case .account: 5
            case .address: 25
            }
        }
    }

    struct Entry: Sendable {
        var count = 0
        /// Until when the next attempt must wait, in milliseconds.
        var waitsUntil: Int64 = .min
        /// When the last one began.
        var triedAt: Int64 = 0
    }

    /// More names and addresses at a time are not remembered: those of which nothing was heard for
    /// longest are forgotten.
    static var entryLimit: Int { 10_000 }
    /// The first wait, which doubles with each further failure, and the longest one; in
    /// milliseconds.
    static var firstWait: Int64 { 1_000 }
    static var longestWait: Int64 { 900_000 }

    var entries: [Key: Entry] = [:]

    /// Milliseconds until another attempt may be made; 0 if it may be made now.
    func wait(_ keys: [Key], at now: Timestamp) -> Int {
        var wait: Int64 = 0
        for key in keys {
            guard let entry = entries[key], entry.waitsUntil > now.monotonic else { continue }
            wait = max(wait, entry.waitsUntil - now.monotonic)
        }
        return Int(wait)
    }

    /// An attempt begins. What was tried long ago does not count any more.
    mutating func begin(_ keys: [Key], at now: Timestamp) {
        for key in keys {
            if entries[key] == nil { makePlace() }
            var entry = entries[key] ?? Entry()
            if now.monotonic - max(entry.triedAt, entry.waitsUntil) > Self.longestWait {
                entry = Entry()
            }
            entry.count += 1
            entry.triedAt = now.monotonic
            let excess = entry.count - key.freeCount
            if excess >= 0 {
                let wait = min(Self.firstWait << Int64(min(excess, 20)), Self.longestWait)
                entry.waitsUntil = now.monotonic + wait
            }
            entries[key] = entry
        }
    }

    /// An attempt was right: what was tried before for this account is forgotten. Its address gets
    /// back this one attempt alone, or the owner of one account could guess at others for ever.
    mutating func succeeded(_ keys: [Key]) {
        for key in keys {
            if case .account = key { entries[key] = nil } else { takeBack(key) }
        }
    }

    /// An attempt was not made after all.
    mutating func takeBack(_ keys: [Key]) {
        for key in keys { takeBack(key) }
    }

    private mutating func takeBack(_ key: Key) {
        guard var entry = entries[key] else { return }
        entry.count -= 1
        if entry.count < key.freeCount { entry.waitsUntil = .min }
        entries[key] = entry.count > 0 ? entry : nil
    }

    private mutating func makePlace() {
        guard entries.count >= Self.entryLimit,
            let oldest = entries.min(by: { $0.value.triedAt < $1.value.triedAt })
        else { return }
        entries[oldest.key] = nil
    }
}
