// The connections that have logged in by a token, and when each token ends.

/// What the tokens of connections allow. Without tokens it is empty, and costs one comparison.
struct Grants: Sendable {
    struct Grant: Sendable {
        let generation: UInt32
        var claims: TokenClaims
    }

    /// When a token may end. There is at least one for each grant, not later than it ends.
    private struct End: Sendable {
        let at: Int64
        let key: ConnectionKey
    }

    /// By the slot of the connection.
    private(set) var entries: [UInt32: Grant] = [:]
    /// A heap: the earliest end is the first.
    private var ends: [End] = []

    var isEmpty: Bool { entries.isEmpty }

    func claims(of slot: UInt32) -> TokenClaims? { entries[slot]?.claims }

    /// The connection's token has these claims from now on.
    mutating func set(_ claims: TokenClaims, _ key: ConnectionKey) {
        let old = entries.updateValue(
            Grant(generation: key.generation, claims: claims), forKey: key.slot)
        // A token that ends later is looked at when the one before would have ended.
        if let old, old.generation == key.generation, old.claims.expiresAt <= claims.expiresAt {
            return
        }
        push(End(at: claims.expiresAt, key: key))
        if ends.count > 64 + 2 * entries.count { rebuild() }
    }

    mutating func remove(_ slot: UInt32) { entries[slot] = nil }

    /// The next connection whose token has ended; nil if there is none.
    mutating func takeEnded(at now: Timestamp) -> ConnectionKey? {
        while let first = ends.first, first.at <= now.wall {
            popFirst()
            guard let grant = entries[first.key.slot], grant.generation == first.key.generation
            else { continue }
            guard grant.claims.expiresAt <= now.wall else {
                push(End(at: grant.claims.expiresAt, key: first.key))
                continue
            }
            return first.key
        }
        return nil
    }

    // MARK: The heap

    private mutating func rebuild() {
        ends = entries.map { slot, grant in
            End(
                at: grant.claims.expiresAt,
                key: ConnectionKey(slot: slot, generation: grant.generation))
        }
        ends.sort { $0.at < $1.at }
    }

    private mutating func push(_ end: End) {
        ends.append(end)
        var place = ends.count - 1
        while place > 0, case let parent = (place - 1) / 2, ends[place].at < ends[parent].at {
            ends.swapAt(place, parent)
            place = parent
        }
    }

    private mutating func popFirst() {
        ends.swapAt(0, ends.count - 1)
        ends.removeLast()
        var place = 0
        while case let left = 2 * place + 1, left < ends.count {
            let right = left + 1
            let child = right < ends.count && ends[right].at < ends[left].at ? right : left
            guard ends[child].at < ends[place].at else { return }
            ends.swapAt(place, child)
            place = child
        }
    }
}
