// Admission by address: how many connections an address may have, and how fast it may open them.
import LinuxReactor

/// Counts connections and their rate by address. Loopback is exempt: it is the reverse proxy, or
/// the operator of the server.
struct Admission {
    private struct Entry {
        var count = 0
        /// New connections that the address may make at once: a token bucket that fills at the
        /// allowed rate.
        var tokens: Double
        var filledAt: Instant
    }

    private var entries: [NetworkAddress: Entry] = [:]
    /// The number of entries at which idle ones are removed next.
    private var purgeThreshold = 1024

    /// Counts a connection and returns nil if it is admitted; otherwise returns the reason. With
    /// `pays` false it counts as a connection but costs no token: it is not a new connection of its
    /// address.
    mutating func admit(
        _ peer: NetworkAddress, _ limits: Limits, at now: Instant, pays: Bool = true
    ) -> Refusal? {
        guard Self.applies(to: peer) else { return nil }
        let key = peer.admissionKey
        let rate = Double(limits.connectionRatePerAddress ?? .max)
        // A page load opens half a dozen connections at once, and several people share an address:
        // after a rest the whole number that may stay open may come at once.
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

    /// An admitted connection has ended.
    mutating func release(_ peer: NetworkAddress) {
        guard Self.applies(to: peer) else { return }
        let key = peer.admissionKey
        guard let count = entries[key]?.count else { return }
        precondition(count > 0, "an address has no connection to lose")
        entries[key]?.count = count - 1
    }

    /// Entries are kept without limits too: limits may be set while the server runs, and then the
    /// open connections must be counted.
    private static func applies(to peer: NetworkAddress) -> Bool {
        !peer.isLoopback && peer.family != .unknown
    }

    /// Removes addresses that have no connection and a full bucket: they are the same as new ones.
    /// Runs only when the table has doubled since the last time, so it costs O(1) a connection.
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
