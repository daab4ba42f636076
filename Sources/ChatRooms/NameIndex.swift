// Finds a record by its name: a hash table that grows one bucket at a time.
import Storage

/// A record that `NameIndex` can find. `link` chains the records of one bucket.
protocol Named {
    var name: String { get }
    var nameHash: UInt32 { get }
    var link: TableIndex<Self> { get set }
}

/// Linear hashing (Litwin 1980). Each insertion splits at most one bucket, so no login ever has to
/// rehash a million names, as in a table that doubles.
struct NameIndex<Record: Named>: ~Copyable {
    typealias Index = TableIndex<Record>

    private var heads = ChunkedTable<Index>()
    /// The smallest 2ⁿ-1 that is at least the index of the last bucket.
    private var mask: UInt32 = 0
    private var nameCount = 0

    init() {
        heads.append(.none)
    }

    /// The bucket of this hash. The names of a bucket that does not exist yet are in the bucket
    /// that it will be split from.
    private func bucket(_ hash: UInt32) -> UInt32 {
        let bucket = hash & mask
        return bucket < heads.count ? bucket : bucket & (mask >> 1)
    }

    func find(_ key: NameKey, in pool: borrowing SlotTable<Record>) -> Index? {
        var index = heads[bucket(key.hash)]
        while index != .none {
            if pool[index].nameHash == key.hash, NameKey(pool[index].name) == key {
                return index
            }
            index = pool[index].link
        }
        return nil
    }

    mutating func insert(_ index: Index, in pool: inout SlotTable<Record>) {
        let bucket = bucket(pool[index].nameHash)
        pool[index].link = heads[bucket]
        heads[bucket] = index
        nameCount += 1
        // Two names a bucket on average: saves two bytes a name, and costs half a comparison.
        if nameCount > heads.count * 2 {
            split(in: &pool)
        }
    }

    mutating func remove(_ index: Index, in pool: inout SlotTable<Record>) {
        let bucket = bucket(pool[index].nameHash)
        nameCount -= 1
        if heads[bucket] == index {
            heads[bucket] = pool[index].link
            return
        }
        var previous = heads[bucket]
        while pool[previous].link != index {
            previous = pool[previous].link
        }
        pool[previous].link = pool[index].link
    }

    private mutating func split(in pool: inout SlotTable<Record>) {
        let new = UInt32(heads.count)
        if new > mask {
            mask = mask << 1 | 1
        }
        let old = new & (mask >> 1)
        var index = heads[old]
        var staying: Index = .none
        var moving: Index = .none
        while index != .none {
            let next = pool[index].link
            if pool[index].nameHash & mask == new {
                pool[index].link = moving
                moving = index
            } else {
                pool[index].link = staying
                staying = index
            }
            index = next
        }
        heads[old] = staying
        heads.append(moving)
    }
}
