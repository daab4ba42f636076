// UNSAFE: memory is handed to memcpy here. Every pointer is used only inside the closure that
// lends it, and every range is checked against the array it points into before it is used.

extension [UInt8] {
    /// Appends text that is already valid JSON.
    @inline(__always)
    mutating func put(_ literal: StaticString) {
        unsafe append(
            contentsOf: UnsafeBufferPointer(
                start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    @inline(__always)
    mutating func put(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }

    /// Appends the part `range` of `bytes`.
    @inline(__always)
    mutating func put(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        put(bytes.extracting(range))
    }

    /// Appends the part `range` of another array.
    @inline(__always)
    mutating func put(_ bytes: borrowing [UInt8], _ range: Range<Int>) {
        put(bytes.span.extracting(range))
    }

    /// Appends a string's UTF-8 as it stands.
    @inline(__always)
    mutating func put(text: borrowing String) {
        put(text.utf8Span.span)
    }

    /// Overwrites `count` bytes from `target` on with those of `source` from `start` on.
    @inline(__always)
    mutating func overwrite(
        at target: Int, with source: borrowing [UInt8], from start: Int, count byteCount: Int
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
    /// True if the bytes of `range` are exactly those of `literal`.
    @inline(__always)
    func holds(_ literal: StaticString, in range: Range<Int>) -> Bool {
        guard range.count == literal.utf8CodeUnitCount else { return false }
        let start = unsafe literal.utf8Start
        for offset in 0..<range.count where unsafe self[range.lowerBound + offset] != start[offset]
        {
            return false
        }
        return true
    }

    /// True if the bytes of `range` are exactly those of `bytes`.
    @inline(__always)
    func holds(_ bytes: borrowing [UInt8], in range: Range<Int>) -> Bool {
        guard range.count == bytes.count else { return false }
        for offset in 0..<range.count where self[range.lowerBound + offset] != bytes[offset] {
            return false
        }
        return true
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
