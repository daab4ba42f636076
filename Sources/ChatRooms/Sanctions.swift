// All bans and mutes: bounded, and found by user, by name and by address.

/// The bans and mutes that hold.
struct Sanctions: Sendable {
    /// Bans and mutes of one room, beside those of the whole server.
    static var roomLimit: Int { 1_000 }
    /// Bans and mutes in all. With their texts they take some 5 MB.
    static var limit: Int { 10_000 }

    struct Entry: Sendable {
        var sanction: Sanction
        let key: NameKey
        /// nil if it holds everywhere.
        let roomKey: String?
    }

    private(set) var entries: [Int64: Entry] = [:]
    private var byUser: [Int64: [Int64]] = [:]
    private var byName: [UInt32: [Int64]] = [:]
    private var byAddress: [ClientAddress: [Int64]] = [:]
    private var roomCounts: [String: Int] = [:]
    private(set) var banCount = 0
    private(set) var muteCount = 0
    private var nextNumber: Int64 = 1
    /// No sanction ends before this time.
    private var nextEnd = Int64.max

    /// Adds a sanction, with a new number unless it has one. Returns the numbers of the sanctions
    /// which it replaces, or which make place for it: where there are as many as there may be, what
    /// would end first goes.
    mutating func insert(_ new: Sanction) -> (number: Int64, removed: [Int64]) {
        var new = new
        if new.number == 0 { new.number = nextNumber }
        nextNumber = max(nextNumber, new.number + 1)
        let entry = Entry(
            sanction: new, key: NameKey(new.user), roomKey: new.room.map { NameKey($0).folded })
        var removed = (byUser[new.userNumber] ?? []).filter {
            entries[$0]!.sanction.kind == new.kind && entries[$0]!.roomKey == entry.roomKey
        }
        for number in removed { remove(number) }
        if let roomKey = entry.roomKey, roomCounts[roomKey, default: 0] >= Self.roomLimit {
            removed.append(removeFirstToEnd { $0.roomKey == roomKey })
        } else if entries.count >= Self.limit {
            removed.append(removeFirstToEnd { _ in true })
        }
        add(entry)
        return (new.number, removed)
    }

    private mutating func add(_ entry: Entry) {
        let sanction = entry.sanction
        entries[sanction.number] = entry
        byUser[sanction.userNumber, default: []].append(sanction.number)
        if !sanction.isAccount {
            byName[entry.key.hash, default: []].append(sanction.number)
            if sanction.address != .exempt {
                byAddress[sanction.address, default: []].append(sanction.number)
            }
        }
        if let roomKey = entry.roomKey { roomCounts[roomKey, default: 0] += 1 }
        count(sanction.kind, 1)
        nextEnd = min(nextEnd, sanction.until ?? .max)
    }

    mutating func remove(_ number: Int64) {
        guard let entry = entries.removeValue(forKey: number) else { return }
        let sanction = entry.sanction
        Self.remove(number, sanction.userNumber, from: &byUser)
        if !sanction.isAccount {
            Self.remove(number, entry.key.hash, from: &byName)
            Self.remove(number, sanction.address, from: &byAddress)
        }
        if let roomKey = entry.roomKey {
            roomCounts[roomKey]! -= 1
            if roomCounts[roomKey] == 0 { roomCounts[roomKey] = nil }
        }
        count(sanction.kind, -1)
    }

    private static func remove<Key>(
        _ number: Int64, _ key: Key, from index: inout [Key: [Int64]]
    ) {
        index[key]?.removeAll { $0 == number }
        if index[key]?.isEmpty == true { index[key] = nil }
    }

    private mutating func count(_ kind: Sanction.Kind, _ difference: Int) {
        switch kind {
        case .ban: banCount += difference
        case .mute: muteCount += difference
        }
    }

    private mutating func removeFirstToEnd(where isMeant: (Entry) -> Bool) -> Int64 {
        // Of sanctions for good, the oldest one.
        let first = entries.values.filter(isMeant).min {
            ($0.sanction.until ?? .max, $0.sanction.number)
                < ($1.sanction.until ?? .max, $1.sanction.number)
        }!
        remove(first.sanction.number)
        return first.sanction.number
    }

    /// Removes those whose time is over, and returns their numbers. It takes time in proportion to
    /// all of them, and only when one is over.
    mutating func removeEnded(at now: Timestamp) -> [Int64] {
        guard nextEnd <= now.wall else { return [] }
        let ended = entries.values.filter { $0.sanction.hasEnded(at: now) }.map(\.sanction.number)
        for number in ended { remove(number) }
        nextEnd = entries.values.lazy.compactMap(\.sanction.until).min() ?? .max
        return ended.sorted()
    }

    // MARK: Finding

    /// What holds for somebody in a room, or with nil, everywhere: what holds for longest.
    func find(
        _ kind: Sanction.Kind, of subject: SanctionSubject, inRoom roomKey: String?,
        at now: Timestamp
    ) -> Sanction? {
        var found: Sanction?
        for number in candidates(subject) {
            let entry = entries[number]!
            guard entry.sanction.kind == kind, entry.roomKey == nil || entry.roomKey == roomKey,
                Self.applies(entry, to: subject), !entry.sanction.hasEnded(at: now)
            else { continue }
            if let other = found, (other.until ?? .max) >= (entry.sanction.until ?? .max) {
                continue
            }
            found = entry.sanction
        }
        return found
    }

    private func candidates(_ subject: SanctionSubject) -> [Int64] {
        let own = byUser[subject.number] ?? []
        if subject.isAccount { return own }
        return own + (byName[subject.key.hash] ?? []) + (byAddress[subject.address] ?? [])
    }

    private static func applies(_ entry: Entry, to subject: SanctionSubject) -> Bool {
        let sanction = entry.sanction
        if sanction.userNumber == subject.number { return true }
        guard !subject.isAccount, !sanction.isAccount else { return false }
        return entry.key == subject.key
            || sanction.address != .exempt && sanction.address == subject.address
    }

    /// The sanctions of this kind for this name, or for the user with this number, in just this
    /// room.
    func find(
        _ kind: Sanction.Kind, name key: NameKey, number: Int64?, room: String?
    ) -> [Int64] {
        let roomKey = room.map { NameKey($0).folded }
        return entries.values.filter {
            $0.sanction.kind == kind && $0.roomKey == roomKey
                && ($0.key == key || $0.sanction.userNumber == number)
        }.map(\.sanction.number).sorted()
    }
}
