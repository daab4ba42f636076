// The chat's records refer to each other by plain numbers: chains and the index of names are
// generic over the record, and a saved state has only numbers.
import Storage

extension SlotTable where Element: ~Copyable {
    /// The element in the slot with this number.
    @inline(__always)
    subscript(number: UInt32) -> Element {
        _read { yield self[Index(rawValue: number)] }
        _modify { yield &self[Index(rawValue: number)] }
    }

    /// Takes a slot, puts `element` into it and returns its number.
    @inline(__always)
    mutating func allocateNumber(_ element: consuming Element) -> UInt32 {
        allocate(element).rawValue
    }

    /// Frees a taken slot. Call it only once for each.
    @inline(__always)
    mutating func free(_ number: UInt32, leaving element: consuming Element) {
        free(Index(rawValue: number), leaving: element)
    }
}
