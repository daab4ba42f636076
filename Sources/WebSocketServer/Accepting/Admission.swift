// Who is let in: how many connections an address has, and how fast it makes them.
import LinuxReactor

/// Counts connections and their rate by address. Loopback is exempt: that is the reverse proxy, or
/// the person who runs the server.
struct Admission {
    private struct Entry {
        var count = 0
        /// New connections it may make at once: a bucket that fills at the allowed rate.
        var tokens: Double
        var filledAt: Instant
    }

    private var entries: [NetworkAddress: Entry] = [:]
    /// When idle entries were last thrown out, by how many there were then.
    private var purgeThreshold = 1024

    /// Nil if it may come in, and is counted; otherwise why not. One that does not pay is no new
    /// connection of its address, and counts all the same.
    mutating func admit(
        _ peer: NetworkAddress, _ limits: Limits, at now: Instant, pays: Bool = true
    ) -> Refusal? {
        guard Self.applies(to: peer) else { return nil }
        let key = peer.admissionKey
        let rate = Double(limits.connectionRatePerAddress ?? .max)
        // A page load opens half a dozen at once, and several people share an address: after a rest
        // as many may come at once as may stay.
        let burst = max(rate, Double(limits.connectionsPerAddress ?? 0))
        if entries[key] == nil { purgeIfLarge(burst / rate, now) }
        var entry = entries[key] ?? Entry(tokens: burst, filledAt: now)
        entry.tokens = min(burst, entry.tokens + Self.seconds(now, since: entry.filledAt) * rate)
        entry.filledAt = now
        defer { entries[key] = entry }
        if let most = limits.connectionsPerAddress, entry.count >= most {
            return .tooManyFromAddress
        }
        if pays, limits.connectionRatePerAddress != nil {
            if entry.tokens < 1 { return .rateLimitedAddress }
            entry.tokens -= 1
        }
        entry.count += 1
        return nil
    }

    /// Counts a connection that was admitted by an earlier process.
    mutating func restore(_ peer: NetworkAddress, at now: Instant) {
        guard Self.applies(to: peer) else { return }
        entries[peer.admissionKey, default: Entry(tokens: 0, filledAt: now)].count += 1
    }

    /// An admitted connection is gone.
    mutating func release(_ peer: NetworkAddress) {
        guard Self.applies(to: peer) else { return }
        let key = peer.admissionKey
        guard let count = entries[key]?.count else { return }
        precondition(count > 0, "an address has no connection to lose")
        entries[key]?.count = count - 1
    }

    /// Also without limits: they may come while the server runs, and count who is there.
    private static func applies(to peer: NetworkAddress) -> Bool {
        !peer.isLoopback && peer.family != .unknown
    }

    /// Throws out addresses with no connection whose bucket is full again: they are as new ones.
    /// Only when the table has doubled since the last time, so that it costs O(1) a connection.
    private mutating func purgeIfLarge(_ refillSeconds: Double, _ now: Instant) {
        guard entries.count >= purgeThreshold else { return }
        entries = entries.filter { _, entry in
            entry.count > 0 || Self.seconds(now, since: entry.filledAt) < refillSeconds
        }
        purgeThreshold = max(1024, entries.count * 2)
    }

    private static func seconds(_ now: Instant, since then: Instant) -> Double {
        now > then ? Double(now.nanoseconds - then.nanoseconds) / 1e9 : 0
    }
}
