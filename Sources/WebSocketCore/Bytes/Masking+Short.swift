// UNSAFE: unmasks and copies short payloads, word by word; the last word overlaps the word before
// it. The caller guarantees that the areas have `byteCount` bytes.
//
// Unmasking and copying use the same steps, so that the processor can forward each store to the
// load that follows it: a load that spans two stores waits until both have reached the cache.

extension Masking {
    /// Unmasks in place and returns whether all bytes are ASCII. The key is in wire order.
    @inline(__always)
    static func applyShort(
        _ key: UInt32, to bytes: UnsafeMutableRawPointer, _ byteCount: Int
    ) -> Bool {
        if byteCount < 16 {
            return unsafe applyFew(
                key.bigEndian, from: UnsafeRawPointer(bytes), to: bytes, byteCount)
        }
        let tailStart = byteCount &- 16
        let turn = UInt32(truncatingIfNeeded: tailStart & 3) &* 8
        let turned = key &>> turn | key &<< (32 &- turn & 31)
        let word = SIMD4<UInt32>(repeating: UInt32(littleEndian: key))
        let tail =
            unsafe bytes.loadUnaligned(fromByteOffset: tailStart, as: SIMD4<UInt32>.self)
            ^ SIMD4<UInt32>(repeating: turned)
        var seen = tail
        var index = 0
        while index < tailStart {
            let value =
                unsafe bytes.loadUnaligned(fromByteOffset: index, as: SIMD4<UInt32>.self) ^ word
            unsafe bytes.storeBytes(of: value, toByteOffset: index, as: SIMD4<UInt32>.self)
            seen |= value
            index += 16
        }
        unsafe bytes.storeBytes(of: tail, toByteOffset: tailStart, as: SIMD4<UInt32>.self)
        let halves = unsafe unsafeBitCast(seen, to: SIMD2<UInt64>.self)
        return (halves[0] | halves[1]) & topBits == 0
    }

    /// Copies a few bytes without a function call.
    @inlinable @inline(__always)
    static func copyShort(
        from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, _ byteCount: Int
    ) {
        if byteCount >= 16 {
            unsafe copy(SIMD4<UInt32>.self, from: source, to: target, byteCount)
        } else if byteCount >= 8 {
            unsafe copy(UInt64.self, from: source, to: target, byteCount)
        } else if byteCount >= 4 {
            unsafe copy(UInt32.self, from: source, to: target, byteCount)
        } else {
            var index = 0
            while index < byteCount {
                let byte = unsafe source.load(fromByteOffset: index, as: UInt8.self)
                unsafe target.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
                index += 1
            }
        }
    }

    @inlinable @inline(__always)
    static func copy<Word: BitwiseCopyable>(
        _: Word.Type, from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer,
        _ byteCount: Int
    ) {
        let tailStart = byteCount &- MemoryLayout<Word>.size
        let tail = unsafe source.loadUnaligned(fromByteOffset: tailStart, as: Word.self)
        var index = 0
        while index < tailStart {
            let word = unsafe source.loadUnaligned(fromByteOffset: index, as: Word.self)
            unsafe target.storeBytes(of: word, toByteOffset: index, as: Word.self)
            index += MemoryLayout<Word>.size
        }
        unsafe target.storeBytes(of: tail, toByteOffset: tailStart, as: Word.self)
    }
}
