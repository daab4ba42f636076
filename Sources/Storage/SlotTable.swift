// Reusable slots: a chunked table with a list of its free slots.

/// A table of slots, which are allocated by index and freed later. A free slot has the element with
/// which it was freed. The slot freed last is allocated first.
@frozen
public struct SlotTable<Element: ~Copyable>: ~Copyable {
    /// The index of a slot.
    public typealias Index = TableIndex<Element>

    @usableFromInline
    var elements = ChunkedTable<Element>()
    @usableFromInline
    var freeSlots = ChunkedTable<Index>()

    /// A table without slots.
    @inlinable
    public init() {}

    /// How many slots are allocated.
    @inlinable
    public var count: Int { elements.count - freeSlots.count }

    /// One past the highest slot ever allocated.
    @inlinable
    public var endIndex: Int { elements.count }

    /// The free slot that ``allocate(_:)`` returns next; nil if it will make a new slot.
    @inlinable
    public var nextFree: Index? {
        freeSlots.count == 0 ? nil : freeSlots[freeSlots.count - 1]
    }

    /// The free slots, in the order in which they will be allocated.
    public var freeOrder: [Index] {
        (0..<freeSlots.count).reversed().map { freeSlots[$0] }
    }

    /// All slots below ``endIndex``, allocated or free, in order.
    @inlinable
    public var indices: SlotIndices<Element> { SlotIndices(endIndex) }

    /// Whether there is a slot with this index, allocated or free.
    @inlinable
    public func contains(_ index: Index) -> Bool { Int(index.rawValue) < elements.count }

    /// Allocates a slot for `element` and returns its index.
    @inlinable
    public mutating func allocate(_ element: consuming Element) -> Index {
        if let index = freeSlots.popLast() {
            elements[Int(index.rawValue)] = element
            return index
        }
        return Index(elements.append(element))
    }

    /// Frees an allocated slot, and replaces its element by `element`. A slot must not be freed
    /// twice.
    @inlinable
    public mutating func free(_ index: Index, leaving element: consuming Element) {
        elements[Int(index.rawValue)] = element
        freeSlots.append(index)
    }

    // MARK: After a hand-over, in which slots keep their numbers

    /// Makes the slots 0 ..< `endIndex` in an empty table, each with an element from `make`. Slots
    /// for which `isTaken` returns true are allocated, and the caller fills them; the others are
    /// free.
    @inlinable
    public mutating func restoreLayout(
        _ endIndex: Int, isTaken: (Index) -> Bool, making make: () -> Element
    ) {
        precondition(elements.count == 0)
        extendLayout(to: endIndex, making: make)
        for index in indices where !isTaken(index) { freeSlots.append(index) }
    }

    /// Makes all slots up to `endIndex`, each with an element from `make`. They are allocated until
    /// ``freeLayout(_:)`` has been called.
    @inlinable
    package mutating func extendLayout(to endIndex: Int, making make: () -> Element) {
        while elements.count < endIndex { elements.append(make()) }
    }

    /// Frees the slots whose elements are free, once all are there.
    @inlinable
    package mutating func freeLayout(_ isFree: (borrowing Element) -> Bool) {
        precondition(freeSlots.count == 0)
        for index in indices where isFree(self[index]) { freeSlots.append(index) }
    }

    /// The element of a slot below ``endIndex``, allocated or free; any other index ends the
    /// process.
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
