// UNSAFE: masking and unmasking, word by word (RFC 6455 §5.3). The caller vouches that both areas
// have `byteCount` bytes and are the same area or don't overlap.
import Storage

/// The masking of RFC 6455 §5.3. It is its own inverse. A key is a number whose most significant
/// byte is the first on the wire.
public enum Masking {
    /// Masks or unmasks `bytes` in place.
    public static func apply(_ key: UInt32, to bytes: inout MutableSpan<UInt8>) {
        if bytes.isEmpty { return }
        unsafe bytes.withUnsafeMutableBytes { buffer in
            let base = buffer.baseAddress!
            _ = unsafe apply(key, from: UnsafeRawPointer(base), to: base, buffer.count)
        }
    }

    /// The key for what follows once `byteCount` bytes have been masked with `key`.
    @inlinable @inline(__always)
    static func rotated(_ key: UInt32, by byteCount: Int) -> UInt32 {
        let shift = UInt32(truncatingIfNeeded: byteCount & 3) &* 8
        return key &<< shift | key &>> (32 &- shift & 31)
    }

    /// Writes the masked bytes of `source` to `target`, and returns whether they are all ASCII: the
    /// top bits are at hand here, so a text of plain ASCII needs no second look.
    ///
    /// The last bytes go through a word that overlaps the words before it. It is read before any of
    /// them is written, so that masking in place works too.
    @inlinable @inline(__always)
    static func apply(
        _ key: UInt32, from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer,
        _ byteCount: Int
    ) -> Bool {
        if byteCount < 16 {
            return unsafe applyFew(key, from: source, to: target, byteCount)
        }
        let word = SIMD2<UInt64>(repeating: wide(key))
        let tailStart = byteCount - 16
        let tailWord = SIMD2<UInt64>(repeating: wide(rotated(key, by: tailStart)))
        let tail =
            unsafe source.loadUnaligned(fromByteOffset: tailStart, as: SIMD2<UInt64>.self)
            ^ tailWord
        var seen = tail
        var index = 0
        if byteCount >= 80 {
            unsafe applyBlocks(word, from: source, to: target, tailStart & ~63, &seen)
            index = tailStart & ~63
        }
        while index < tailStart {
            let value =
                unsafe source.loadUnaligned(fromByteOffset: index, as: SIMD2<UInt64>.self) ^ word
            unsafe target.storeBytes(of: value, toByteOffset: index, as: SIMD2<UInt64>.self)
            seen |= value
            index += 16
        }
        unsafe target.storeBytes(of: tail, toByteOffset: tailStart, as: SIMD2<UInt64>.self)
        return (seen[0] | seen[1]) & topBits == 0
    }

    /// Masks whole blocks of 64 bytes, as four words: of one wider word the compiler makes
    /// shuffles.
    @inlinable @inline(__always)
    static func applyBlocks(
        _ word: SIMD2<UInt64>, from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer,
        _ byteCount: Int, _ seen: inout SIMD2<UInt64>
    ) {
        func masked(_ index: Int) -> SIMD2<UInt64> {
            unsafe source.loadUnaligned(fromByteOffset: index, as: SIMD2<UInt64>.self) ^ word
        }
        func store(_ value: SIMD2<UInt64>, _ index: Int) {
            unsafe target.storeBytes(of: value, toByteOffset: index, as: SIMD2<UInt64>.self)
        }
        var index = 0
        while index < byteCount {
            let (first, second) = (masked(index), masked(index + 16))
            let (third, fourth) = (masked(index + 32), masked(index + 48))
            store(first, index)
            store(second, index + 16)
            store(third, index + 32)
            store(fourth, index + 48)
            seen |= (first | second) | (third | fourth)
            index += 64
        }
    }

    @inlinable
    static var topBits: UInt64 { 0x8080_8080_8080_8080 }

    /// Fewer than 16 bytes: two overlapping halves, or one to three single bytes.
    @usableFromInline
    static func applyFew(
        _ key: UInt32, from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer,
        _ byteCount: Int
    ) -> Bool {
        if byteCount >= 8 {
            let tailStart = byteCount - 8
            let tail =
                unsafe source.loadUnaligned(fromByteOffset: tailStart, as: UInt64.self)
                ^ wide(rotated(key, by: tailStart))
            let head = unsafe source.loadUnaligned(as: UInt64.self) ^ wide(key)
            unsafe target.storeBytes(of: head, as: UInt64.self)
            unsafe target.storeBytes(of: tail, toByteOffset: tailStart, as: UInt64.self)
            return (head | tail) & topBits == 0
        }
        if byteCount >= 4 {
            let tailStart = byteCount - 4
            let tail =
                unsafe source.loadUnaligned(fromByteOffset: tailStart, as: UInt32.self)
                ^ rotated(key, by: tailStart).bigEndian
            let head = unsafe source.loadUnaligned(as: UInt32.self) ^ key.bigEndian
            unsafe target.storeBytes(of: head, as: UInt32.self)
            unsafe target.storeBytes(of: tail, toByteOffset: tailStart, as: UInt32.self)
            return (head | tail) & 0x8080_8080 == 0
        }
        var seen: UInt8 = 0
        var rest = key
        for index in 0..<byteCount {
            let value =
                unsafe source.load(fromByteOffset: index, as: UInt8.self)
                ^ UInt8(truncatingIfNeeded: rest >> 24)
            unsafe target.storeBytes(of: value, toByteOffset: index, as: UInt8.self)
            seen |= value
            rest = rest << 8
        }
        return seen & 0x80 == 0
    }

    /// The key twice, as a word in memory order.
    @inlinable @inline(__always)
    static func wide(_ key: UInt32) -> UInt64 {
        let inMemory = UInt64(key.bigEndian)
        return inMemory | inMemory << 32
    }
}

extension MutableSpan where Element == UInt8 {
    /// Unmasks `range` in place and returns whether it is all ASCII.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    mutating func unmask(_ range: Range<Int>, _ key: UInt32) -> Bool {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        if range.isEmpty { return true }
        return unsafe withUnsafeMutableBytes { buffer in
            let base = unsafe buffer.baseAddress! + range.lowerBound
            return unsafe Masking.apply(key, from: UnsafeRawPointer(base), to: base, range.count)
        }
    }
}

extension ByteBuffer {
    /// Appends the unmasked bytes of `masked` and returns whether they are all ASCII.
    mutating func append(unmasking masked: Span<UInt8>, _ key: UInt32) -> Bool {
        if masked.isEmpty { return true }
        let target = unsafe UnsafeMutableRawPointer(appendUninitialized(masked.count))
        return unsafe masked.withUnsafeBytes { source in
            unsafe Masking.apply(key, from: source.baseAddress!, to: target, source.count)
        }
    }
}
