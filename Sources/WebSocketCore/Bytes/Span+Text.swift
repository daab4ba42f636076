// UNSAFE: compares and searches bytes that are ASCII text. Literals are read within their stated
// length.

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

    /// The first position of `byte` at or after `start`, or nil. It looks at eight bytes at a time:
    /// subtracting 1 from each byte sets the top bit of the lowest zero byte by a borrow (and
    /// perhaps top bits above it, which do not matter).
    @inline(__always)
    func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        let pattern = UInt64(byte) &* 0x0101_0101_0101_0101
        var index = start
        while count - index >= 8 {
            let difference = unsafe word(at: index) ^ pattern
            let found = (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
            if found != 0 { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < count {
            if self[index] == byte { return index }
            index += 1
        }
        return nil
    }

    /// The first position at or after `start` of a byte that is not allowed in a field value, or
    /// `end` if there is none.
    @inline(__always)
    func endOfFieldValue(from start: Int, to end: Int) -> Int {
        precondition(end <= count)
        var index = start
        while end - index >= 8 {
            let word = unsafe word(at: index)
            let deleted = word ^ 0x7F7F_7F7F_7F7F_7F7F
            let control = (word &- 0x2020_2020_2020_2020) & ~word
            let found =
                (control | ((deleted &- 0x0101_0101_0101_0101) & ~deleted)) & 0x8080_8080_8080_8080
            if found == 0 {
                index += 8
                continue
            }
            index += found.trailingZeroBitCount / 8
            if unsafe self[unchecked: index] != 0x09 { return index }
            index += 1
        }
        while index < end, unsafe HTTPGrammar.isFieldValue(self[unchecked: index]) { index += 1 }
        return index
    }

    /// Eight bytes as a number, the first byte the least significant. The caller guarantees that
    /// the span has eight bytes from `index` on.
    @unsafe
    @inline(__always)
    private func word(at index: Int) -> UInt64 {
        unsafe withUnsafeBytes {
            UInt64(littleEndian: unsafe $0.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        }
    }

    /// The bytes as text; invalid UTF-8 is replaced by U+FFFD.
    var text: String {
        unsafe withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes as text, with A to Z in lower case.
    var lowercasedText: String {
        var bytes = array
        for index in bytes.indices { bytes[index] = HTTPGrammar.lowercased(bytes[index]) }
        return bytes.span.text
    }

    /// A copy of the bytes.
    var array: [UInt8] { unsafe withUnsafeBufferPointer { unsafe Array($0) } }

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
