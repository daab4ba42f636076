// UNSAFE: comparing and searching bytes that are ASCII text. Literals are read within the length that
// they state.

extension Span where Element == UInt8 {
    /// Whether the bytes are those of `literal`, ASCII letters compared without case.
    @inline(__always)
    func equals(_ literal: StaticString) -> Bool {
        if count != literal.utf8CodeUnitCount { return false }
        let other = unsafe UnsafeBufferPointer(start: literal.utf8Start, count: count)
        for index in 0..<count {
            let left = unsafe HTTPGrammar.lowercased(self[unchecked: index])
            let right = unsafe HTTPGrammar.lowercased(other[index])
            if left != right { return false }
        }
        return true
    }

    /// Whether the bytes are exactly those of `literal`.
    @inline(__always)
    func isExactly(_ literal: StaticString) -> Bool {
        if count != literal.utf8CodeUnitCount { return false }
        let other = unsafe UnsafeBufferPointer(start: literal.utf8Start, count: count)
        for index in 0..<count {
            if unsafe self[unchecked: index] != other[index] { return false }
        }
        return true
    }

    /// Whether the bytes are those of `other`, ASCII letters compared without case.
    @inline(__always)
    func equals(_ other: Span<UInt8>) -> Bool {
        if count != other.count { return false }
        for index in 0..<count {
            let left = unsafe HTTPGrammar.lowercased(self[unchecked: index])
            let right = unsafe HTTPGrammar.lowercased(other[unchecked: index])
            if left != right { return false }
        }
        return true
    }

    /// The first position of `byte` at or after `start`.
    @inline(__always)
    func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        var index = start
        while index < count {
            if self[index] == byte { return index }
            index += 1
        }
        return nil
    }

    /// The text of the bytes; what is not UTF-8 is replaced by U+FFFD.
    var text: String {
        unsafe withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// `range` without spaces and tabs at its ends.
    @inline(__always)
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var low = range.lowerBound
        var high = range.upperBound
        while low < high, self[low] == 0x20 || self[low] == 0x09 { low += 1 }
        while low < high, self[high - 1] == 0x20 || self[high - 1] == 0x09 { high -= 1 }
        return low..<high
    }
}
