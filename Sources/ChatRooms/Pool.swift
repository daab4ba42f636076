// Tables that grow by chunks, so that no single call ever copies a million records.

/// An array in chunks of 1,024.
struct ChunkedArray<Element: Sendable>: Sendable {
    private static var chunkCount: Int { 1024 }
    private var chunks: [ContiguousArray<Element>] = []
    private(set) var count = 0

    subscript(index: UInt32) -> Element {
        @inline(__always) _read {
            yield chunks[Int(index) / Self.chunkCount][Int(index) % Self.chunkCount]
        }
        @inline(__always) _modify {
            yield &chunks[Int(index) / Self.chunkCount][Int(index) % Self.chunkCount]
        }
    }

    mutating func append(_ element: Element) {
        if count % Self.chunkCount == 0 {
            var chunk = ContiguousArray<Element>()
            // The first chunk grows as it likes: a small chat stays small.
            if count > 0 {
                chunk.reserveCapacity(Self.chunkCount)
            }
            chunks.append(chunk)
        }
        chunks[chunks.count - 1].append(element)
        count += 1
    }

    /// Makes `index` a place of the array, and those before and after it in its chunk. For an
    /// array that is never appended to.
    mutating func reach(_ index: UInt32, with element: Element) {
        while count <= index {
            chunks.append(ContiguousArray(repeating: element, count: Self.chunkCount))
            count += Self.chunkCount
        }
    }
}

/// "No record": what an index says that points nowhere.
let none = UInt32.max

/// A record with one link of its own, which also chains the free ones.
protocol Linked: Sendable {
    /// What a free place holds.
    static var vacant: Self { get }
    var link: UInt32 { get set }
}

/// Records of one kind, named by a number that stays theirs until they are removed.
struct Pool<Record: Linked>: Sendable {
    private var records = ChunkedArray<Record>()
    private(set) var firstFree = none
    /// Records in use.
    private(set) var count = 0

    /// Places, free ones included: every index is below it.
    var placeCount: Int { records.count }

    subscript(index: UInt32) -> Record {
        @inline(__always) _read { yield records[index] }
        @inline(__always) _modify { yield &records[index] }
    }

    mutating func insert(_ record: Record) -> UInt32 {
        count += 1
        guard firstFree != none else {
            records.append(record)
            return UInt32(records.count - 1)
        }
        let index = firstFree
        firstFree = records[index].link
        records[index] = record
        return index
    }

    mutating func remove(_ index: UInt32) {
        replaceRemoved(index, with: .vacant)
    }

    /// Removes a record of which something is to be remembered in its free place.
    mutating func replaceRemoved(_ index: UInt32, with remains: Record) {
        count -= 1
        records[index] = remains
        records[index].link = firstFree
        firstFree = index
    }
}
