// Admission by address: how many connections an address may have, and how fast it may open them.
import LinuxReactor
import Storage

/// Counts connections and their rate by address. Peers on loopback are never counted here
/// (``exempts(_:)``): they are the reverse proxy, or the operator of the server. A client that a
/// proxy names is counted whatever its address, since a proxy repeats what it has heard.
///
/// WebSockets and plain connections are counted apart. Every connection begins as a plain one, and
/// a browser opens several for a page and keeps them for a while: they must not take the places of
/// the WebSockets that the page is about to open.
struct Admission {
    /// How many times as many plain connections as WebSockets an address may have: browsers open up
    /// to six to one host.
    static var plainShare: Int { 6 }
    /// How many times as fast it may open connections as WebSockets: six for a page, and one to
    /// become a WebSocket.
    private static var openingShare: Double { Double(plainShare + 1) }

    /// A token bucket: new connections that may be made at once.
    private struct Bucket {
        var tokens: Double
        var filledAt: Instant

        /// Takes a token; false if there is none.
        mutating func take(rate: Double, burst: Double, at now: Instant) -> Bool {
            tokens = min(burst, tokens + now.seconds(since: filledAt) * rate)
            filledAt = now
            if tokens < 1 { return false }
            tokens -= 1
            return true
        }
    }

    private struct Entry {
        /// The connections that are no WebSockets (yet), in no order.
        var plain: [Slot] = []
        var webSocketCount = 0
        var plainBucket: Bucket
        var webSocketBucket: Bucket

        /// Removes a plain connection. Most are removed soon after they have come, so the search
        /// begins at the end.
        mutating func remove(_ slot: Slot) {
            guard let index = plain.lastIndex(of: slot) else {
                preconditionFailure("an address has no connection to lose")
            }
            plain.swapAt(index, plain.count - 1)
            plain.removeLast()
        }
    }

    private var entries: [NetworkAddress: Entry] = [:]
    /// The number of entries at which idle ones are removed next.
    private var purgeThreshold = 1024

    // MARK: Plain connections

    /// Whether the address may have one more plain connection.
    func hasPlainPlace(_ peer: NetworkAddress, _ limits: Limits) -> Bool {
        guard let most = limits.connectionsPerAddress else { return true }
        let count = entries[peer.admissionKey]?.plain.count ?? 0
        return count / Self.plainShare < most
    }

    /// Plain connections of the address: all of them, unless the limit is far above the default.
    func plainConnections(of peer: NetworkAddress) -> ArraySlice<Slot> {
        entries[peer.admissionKey]?.plain.prefix(512) ?? []
    }

    /// Pays for a new plain connection; false if the address opens them too fast.
    mutating func payForPlain(_ peer: NetworkAddress, _ limits: Limits, at now: Instant) -> Bool {
        guard let rate = limits.connectionRatePerAddress else { return true }
        let perSecond = Double(rate) * Self.openingShare
        let burst = Self.burst(limits) * Self.openingShare
        return withEntry(of: peer, limits, now) {
            $0.plainBucket.take(rate: perSecond, burst: burst, at: now)
        }
    }

    /// Counts a plain connection.
    mutating func enter(
        _ slot: Slot, of peer: NetworkAddress, _ limits: Limits, at now: Instant
    ) {
        withEntry(of: peer, limits, now) { $0.plain.append(slot) }
    }

    // MARK: WebSockets

    /// Counts a plain connection as a WebSocket from now on; or returns why it may not be one.
    mutating func becomeWebSocket(
        _ slot: Slot, of peer: NetworkAddress, _ limits: Limits, at now: Instant
    ) -> Refusal? {
        let rate = limits.connectionRatePerAddress.map(Double.init)
        let (most, burst) = (limits.connectionsPerAddress ?? .max, Self.burst(limits))
        return withEntry(of: peer, limits, now) { entry in
            if entry.webSocketCount >= most { return .tooManyFromAddress }
            if let rate, !entry.webSocketBucket.take(rate: rate, burst: burst, at: now) {
                return .rateLimitedAddress
            }
            entry.webSocketCount += 1
            entry.remove(slot)
            return nil
        }
    }

    /// Counts a WebSocket that was admitted by an earlier process.
    mutating func restoreWebSocket(_ peer: NetworkAddress, _ limits: Limits, at now: Instant) {
        withEntry(of: peer, limits, now) { $0.webSocketCount += 1 }
    }

    // MARK: Both

    /// An admitted connection has ended.
    mutating func leave(_ slot: Slot, of peer: NetworkAddress, isWebSocket: Bool) {
        guard let index = entries.index(forKey: peer.admissionKey) else {
            preconditionFailure("an address has no connection to lose")
        }
        if isWebSocket {
            entries.values[index].webSocketCount -= 1
            precondition(
                entries.values[index].webSocketCount >= 0, "an address has no connection to lose")
        } else {
            entries.values[index].remove(slot)
        }
    }

    /// How many connections are counted in all.
    var totals: (plain: Int, webSockets: Int) {
        entries.values.reduce(into: (0, 0)) {
            $0.plain += $1.plain.count
            $0.webSockets += $1.webSocketCount
        }
    }

    /// Whether a peer that the kernel names is never counted. All others are counted without limits
    /// too: limits may be set while the server runs, and then the open connections must be known.
    static func exempts(_ peer: NetworkAddress) -> Bool {
        peer.isLoopback || peer.family == .unknown
    }

    /// Several people share an address: after a rest as many WebSockets as may stay open may come
    /// at once.
    private static func burst(_ limits: Limits) -> Double {
        max(
            Double(limits.connectionRatePerAddress ?? .max),
            Double(limits.connectionsPerAddress ?? 0))
    }

    private mutating func withEntry<Result>(
        of peer: NetworkAddress, _ limits: Limits, _ now: Instant,
        _ body: (inout Entry) -> Result
    ) -> Result {
        let key = peer.admissionKey
        if entries[key] == nil {
            let burst = Self.burst(limits)
            purgeIfLarge(burst / Double(limits.connectionRatePerAddress ?? .max), now)
            entries[key] = Entry(
                plainBucket: Bucket(tokens: burst * Self.openingShare, filledAt: now),
                webSocketBucket: Bucket(tokens: burst, filledAt: now))
        }
        guard let index = entries.index(forKey: key) else {
            preconditionFailure("the entry was just made")
        }
        return body(&entries.values[index])
    }

    /// Removes addresses that have no connection and full buckets: they are the same as new ones.
    /// Runs only when the table has doubled since the last time, so it costs O(1) a connection.
    private mutating func purgeIfLarge(_ refillSeconds: Double, _ now: Instant) {
        guard entries.count >= purgeThreshold else { return }
        entries = entries.filter { _, entry in
            entry.webSocketCount > 0 || !entry.plain.isEmpty
                || now.seconds(since: entry.plainBucket.filledAt) < refillSeconds
                || now.seconds(since: entry.webSocketBucket.filledAt) < refillSeconds
        }
        purgeThreshold = max(1024, entries.count * 2)
    }
}
