// Slots that are used again: a chunked table with a list of the free ones.

/// A table of slots, each handed out by number and given back later. A slot that is free keeps its
/// element, so the owner resets it when it takes the slot; the last one freed is taken first.
@frozen
public struct SlotTable<Element: ~Copyable>: ~Copyable {
    @usableFromInline
    var elements = ChunkedTable<Element>()
    @usableFromInline
    var freeSlots = ChunkedTable<UInt32>()

    /// A table without slots.
    @inlinable
    public init() {}

    /// How many slots are taken.
    @inlinable
    public var count: Int { elements.count - freeSlots.count }

    /// One past the highest slot ever taken.
    @inlinable
    public var endIndex: Int { elements.count }

    /// Takes a slot, puts `element` into it and returns its number.
    @inlinable
    public mutating func allocate(_ element: consuming Element) -> UInt32 {
        if let slot = freeSlots.popLast() {
            elements[Int(slot)] = element
            return slot
        }
        return UInt32(elements.append(element))
    }

    /// Gives a taken slot back, once; what it holds is replaced by `element`.
    @inlinable
    public mutating func free(_ slot: UInt32, leaving element: consuming Element) {
        elements[Int(slot)] = element
        freeSlots.append(slot)
    }

    /// Makes slots up to `endIndex` in an empty table; those that `isTaken` says are taken, and to
    /// be filled by the caller, the others are free. For a hand-over, in which slots keep their
    /// numbers.
    public mutating func restoreLayout(
        _ endIndex: Int, isTaken: (UInt32) -> Bool, _ make: () -> Element
    ) {
        precondition(elements.count == 0)
        for slot in 0..<UInt32(endIndex) {
            elements.append(make())
            if !isTaken(slot) { freeSlots.append(slot) }
        }
    }

    /// What stands in a slot below ``endIndex``, be it taken or free; anything else ends the
    /// process.
    @inlinable
    public subscript(slot: UInt32) -> Element {
        unsafeAddress { unsafe elements.address(of: Int(slot)) }
        unsafeMutableAddress { unsafe elements.mutableAddress(of: Int(slot)) }
    }
}
