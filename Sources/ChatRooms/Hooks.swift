// All hooks: bounded, and found by what proves their tokens.

/// The hooks that there are.
struct Hooks: Sendable {
    /// More than a team has programs. With their names they take some 300 KB.
    static var limit: Int { 1_000 }

    struct Entry: Sendable {
        let hook: Hook
        /// When its allowance of work will be whole again, in microseconds: see `Chat.admit`. It
        /// is not saved: a restart gives a hook its whole allowance.
        var restsAt: Int64 = .min
    }

    private(set) var entries: [Int64: Entry] = [:]
    private var byProof: [SessionProof: Int64] = [:]
    /// How many hooks have a name, by its key.
    private var nameCounts: [String: Int] = [:]
    private var nextNumber: Int64 = 1

    var count: Int { entries.count }

    /// Adds a hook, with a new number unless it has one. Nil if there are as many as there may be,
    /// or if one with its number or its proof is there already.
    mutating func add(_ new: Hook) -> Hook? {
        var hook = new
        if hook.number == 0 { hook.number = nextNumber }
        guard count < Self.limit, hook.number < .max, entries[hook.number] == nil,
            byProof[hook.proof] == nil
        else { return nil }
        nextNumber = max(nextNumber, hook.number + 1)
        entries[hook.number] = Entry(hook: hook)
        byProof[hook.proof] = hook.number
        nameCounts[NameKey(hook.name).folded, default: 0] += 1
        return hook
    }

    mutating func remove(_ number: Int64) -> Hook? {
        guard let hook = entries.removeValue(forKey: number)?.hook else { return nil }
        byProof[hook.proof] = nil
        let key = NameKey(hook.name).folded
        nameCounts[key]! -= 1
        if nameCounts[key] == 0 { nameCounts[key] = nil }
        return hook
    }

    /// Whether a hook has this name.
    func have(_ name: NameKey) -> Bool { !entries.isEmpty && nameCounts[name.folded] != nil }

    /// The hook whose token has this proof. How long that takes says nothing about any token: what
    /// is compared are hashes.
    func find(_ proof: SessionProof) -> Hook? {
        byProof[proof].map { entries[$0]!.hook }
    }

    /// Takes work off the hook's allowance. If there is not enough left for an ordinary request,
    /// nothing is taken, and the result is after how many microseconds there will be.
    mutating func charge(
        _ number: Int64, _ cost: Int64, ordinary: Int64, burst: Int64, at time: Int64
    ) -> Int64? {
        guard let entry = entries[number] else { return nil }
        let start = max(entry.restsAt, time)
        let excess = start + ordinary - time - burst
        guard excess <= 0 else { return excess }
        entries[number]!.restsAt = start + max(cost, ordinary)
        return nil
    }
}
