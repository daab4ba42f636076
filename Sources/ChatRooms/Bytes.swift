// UNSAFE: memory is handed to memcpy here. Every pointer is used only inside the closure that it
// is valid in, and every range is checked against its memory before it is used.
import CCrypto
import Storage

extension [UInt8] {
    /// Appends a copy of these bytes.
    @inline(__always)
    mutating func append(contentsOf bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }

    /// Copies `count` bytes of `source` from `start` on over the bytes from `target` on.
    @inline(__always)
    mutating func overwrite(
        at target: Int, with source: Span<UInt8>, from start: Int, count byteCount: Int
    ) {
        precondition(target >= 0 && start >= 0 && byteCount >= 0)
        precondition(target + byteCount <= count && start + byteCount <= source.count)
        guard byteCount > 0 else { return }
        unsafe withUnsafeMutableBytes { to in
            unsafe source.withUnsafeBytes { from in
                unsafe to.baseAddress!.advanced(by: target).copyMemory(
                    from: from.baseAddress!.advanced(by: start), byteCount: byteCount)
            }
        }
    }
}

extension Span<UInt8> {
    /// True if the bytes of `range` equal `literal`.
    @inline(__always)
    func holds(_ literal: StaticString, in range: Range<Int>) -> Bool {
        guard range.count == literal.utf8CodeUnitCount else { return false }
        let start = unsafe literal.utf8Start
        for offset in 0..<range.count
        where unsafe self[range.lowerBound + offset] != start[offset] {
            return false
        }
        return true
    }

    /// True if the bytes of `range` equal `bytes`.
    @inline(__always)
    func holds(_ bytes: borrowing [UInt8], in range: Range<Int>) -> Bool {
        guard range.count == bytes.count else { return false }
        for offset in 0..<range.count where self[range.lowerBound + offset] != bytes[offset] {
            return false
        }
        return true
    }

    /// The first index from `index` on whose byte is not printable ASCII, or is a quote or a
    /// backslash; or an index among the last eight bytes. It compares eight bytes at a time, since
    /// most strings are mostly plain text.
    @inline(__always)
    func skippingPlainText(from index: Int) -> Int {
        let low: UInt64 = 0x0101_0101_0101_0101
        let high: UInt64 = 0x8080_8080_8080_8080
        let raw = unsafe bytes
        var index = index
        while index + 8 <= count {
            let loaded = unsafe raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            let word = UInt64(littleEndian: loaded)
            let quote = word ^ low &* UInt64(UInt8(ascii: "\""))
            let backslash = word ^ low &* UInt64(UInt8(ascii: "\\"))
            // A byte's top bit is set if the byte was zero, or below 0x20, or from 0x7F on.
            // Borrows and carries can set the top bits above such a byte, so only the lowest set
            // bit counts.
            let special =
                ((quote &- low) | (backslash &- low) | (word &- low &* 0x20) | (word &+ low) | word)
                & high
            guard special == 0 else { return index + special.trailingZeroBitCount / 8 }
            index += 8
        }
        return index
    }

    /// The bytes of `range` as a string.
    func string(_ range: Range<Int>) -> String {
        unsafe extracting(range).withUnsafeBufferPointer {
            unsafe String(decoding: $0, as: UTF8.self)
        }
    }
}

extension StaticString {
    /// The literal's UTF-8, for the slow paths.
    var bytes: [UInt8] {
        unsafe [UInt8](UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount))
    }
}

extension ByteBuffer {
    /// Appends a literal as it stands inside of a JSON string. Its bytes live as long as the
    /// process.
    mutating func append(escaped literal: StaticString) {
        let bytes = unsafe Span(_unsafeStart: literal.utf8Start, count: literal.utf8CodeUnitCount)
        append(escaped: bytes, 0..<bytes.count)
    }
}

extension SessionProof {
    /// The first 128 bits of the SHA-256 of these bytes.
    init(hashing bytes: Span<UInt8>) {
        var digest = InlineArray<32, UInt8>(repeating: 0)
        var target = digest.mutableSpan
        unsafe target.withUnsafeMutableBufferPointer { out in
            unsafe bytes.withUnsafeBufferPointer { input in
                // It fails only if there is no memory.
                let hashed = unsafe EVP_Digest(
                    input.baseAddress, input.count, out.baseAddress, nil, EVP_sha256(), nil)
                precondition(hashed == 1, "libcrypto cannot hash")
            }
        }
        var bits: UInt128 = 0
        for index in 0..<16 { bits = bits << 8 | UInt128(digest[index]) }
        self.init(bits: bits)
    }
}
