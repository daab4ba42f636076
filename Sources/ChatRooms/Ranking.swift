// Finds the record with the most of something, in constant time: a chain for each number.
import Storage

/// Records by a small number, their rank. Records of rank 0 are not in it.
struct Ranking<Kind: ChainKind>: Sendable {
    typealias Index = TableIndex<Kind.Record>

    /// The records of rank n at n.
    private var chains: [Chain<Kind>] = []
    /// No rank above it has records.
    private var bound = 0

    /// Gives a record another rank.
    mutating func move(
        _ index: Index, from old: Int, to new: Int, in pool: inout SlotTable<Kind.Record>
    ) {
        guard old != new else { return }
        if old > 0 { chains[old].remove(index, in: &pool) }
        if new > 0 {
            while chains.count <= new { chains.append(Chain()) }
            chains[new].append(index, in: &pool)
        }
        bound = max(bound, new)
        while bound > 0, chains[bound].count == 0 { bound -= 1 }
    }

    /// The record that has the highest rank, and of those, has had it for longest.
    var first: Index { bound == 0 ? .none : chains[bound].first }
}
