// Slots that are used again: a chunked table with a list of the free ones.

/// A table of slots, each handed out by its index and given back later. A slot that is free keeps the
/// element that it was freed with; the last one freed is handed out first.
@frozen
public struct SlotTable<Element: ~Copyable>: ~Copyable {
    /// A place of this table.
    public typealias Index = TableIndex<Element>

    @usableFromInline
    var elements = ChunkedTable<Element>()
    @usableFromInline
    var freeSlots = ChunkedTable<Index>()

    /// A table without slots.
    @inlinable
    public init() {}

    /// How many slots are taken.
    @inlinable
    public var count: Int { elements.count - freeSlots.count }

    /// One past the highest slot ever taken.
    @inlinable
    public var endIndex: Int { elements.count }

    /// The slot that ``allocate(_:)`` hands out next; nil if that is a new one.
    @inlinable
    public var nextFree: Index? {
        freeSlots.count == 0 ? nil : freeSlots[freeSlots.count - 1]
    }

    /// The free slots, in the order in which they are handed out.
    public var freeOrder: [Index] {
        (0..<freeSlots.count).reversed().map { freeSlots[$0] }
    }

    /// All slots below ``endIndex``, taken or free, in order.
    @inlinable
    public var indices: SlotIndices<Element> { SlotIndices(endIndex) }

    /// Whether there is such a slot, be it taken or free.
    @inlinable
    public func contains(_ index: Index) -> Bool { Int(index.rawValue) < elements.count }

    /// Takes a slot, puts `element` into it and returns its index.
    @inlinable
    public mutating func allocate(_ element: consuming Element) -> Index {
        if let index = freeSlots.popLast() {
            elements[Int(index.rawValue)] = element
            return index
        }
        return Index(elements.append(element))
    }

    /// Gives a taken slot back, once; what it holds is replaced by `element`.
    @inlinable
    public mutating func free(_ index: Index, leaving element: consuming Element) {
        elements[Int(index.rawValue)] = element
        freeSlots.append(index)
    }

    /// Makes slots up to `endIndex` in an empty table; the caller fills those for which `isTaken` says
    /// true, the others are free. For a hand-over, in which slots keep their numbers.
    public mutating func restoreLayout(
        _ endIndex: Int, isTaken: (Index) -> Bool, _ make: () -> Element
    ) {
        precondition(elements.count == 0)
        for index in SlotIndices<Element>(endIndex) {
            elements.append(make())
            if !isTaken(index) { freeSlots.append(index) }
        }
    }

    /// What stands in a slot below ``endIndex``, be it taken or free; anything else ends the process.
    @inlinable
    public subscript(index: Index) -> Element {
        unsafeAddress { unsafe elements.address(of: Int(index.rawValue)) }
        unsafeMutableAddress { unsafe elements.mutableAddress(of: Int(index.rawValue)) }
    }
}

extension SlotTable: Sendable where Element: ~Copyable & Sendable {}

/// The slots of a table, in order.
@frozen
public struct SlotIndices<Element: ~Copyable>: Sequence, IteratorProtocol, Sendable {
    @usableFromInline
    var position: UInt32 = 0
    @usableFromInline
    let end: UInt32

    @inlinable
    init(_ count: Int) { end = UInt32(count) }

    /// The next slot; nil after the last.
    @inlinable
    public mutating func next() -> TableIndex<Element>? {
        guard position < end else { return nil }
        defer { position += 1 }
        return TableIndex(rawValue: position)
    }
}
