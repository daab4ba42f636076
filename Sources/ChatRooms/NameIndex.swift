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

    /// Fills an index that is empty with records that have their hashes. Returns false if two have
    /// the same name; the index must not be used then.
    ///
    /// All buckets are made at once, and what is compared lies close together: with a million
    /// records, to look up and insert one after the other would wait for the memory all the time.
    mutating func fill(with order: [Index], in pool: inout SlotTable<Record>) -> Bool {
        precondition(nameCount == 0 && heads.count == 1)
        while heads.count * 2 < order.count { heads.append(.none) }
        while mask < heads.count - 1 { mask = mask << 1 | 1 }
        nameCount = order.count
        var filled = [(hash: UInt32, link: Index)](
            repeating: (0, .none), count: pool.endIndex)
        for index in order {
            let hash = pool[index].nameHash
            let bucket = bucket(hash)
            let first = heads[bucket]
            var other = first
            while other != .none {
                if filled[Int(other.rawValue)].hash == hash,
                    NameKey(pool[other].name) == NameKey(pool[index].name)
                {
                    return false
                }
                other = filled[Int(other.rawValue)].link
            }
            filled[Int(index.rawValue)] = (hash, first)
            pool[index].link = first
            heads[bucket] = index
        }
        return true
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
