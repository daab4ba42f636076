// UNSAFE: appends integers, literals and strings. Each function reads memory that the value itself
// keeps alive during the call.

import LibC

extension ByteBuffer {
    /// Appends an integer in network byte order.
    @inlinable
    public mutating func append<Value: FixedWidthInteger & BitwiseCopyable>(bigEndian value: Value)
    {
        let target = unsafe appendUninitialized(MemoryLayout<Value>.size)
        unsafe UnsafeMutableRawPointer(target)
            .storeBytes(of: value.bigEndian, as: Value.self)
    }

    /// Appends an integer, lowest byte first.
    @inlinable
    public mutating func append<Value: FixedWidthInteger & BitwiseCopyable>(
        littleEndian value: Value
    ) {
        let target = unsafe appendUninitialized(MemoryLayout<Value>.size)
        unsafe UnsafeMutableRawPointer(target)
            .storeBytes(of: value.littleEndian, as: Value.self)
    }

    /// Writes an integer over the bytes from `place` on, lowest byte first; if there are fewer, the
    /// process ends.
    @inlinable
    package mutating func overwrite<Value: FixedWidthInteger & BitwiseCopyable>(
        _ value: Value, at place: Int
    ) {
        precondition(place >= 0 && place <= count - MemoryLayout<Value>.size, "beyond the end")
        guard let block = unsafe block else { return }
        unsafe UnsafeMutableRawPointer(Self.firstByte(of: block) + place)
            .storeBytes(of: value.littleEndian, as: Value.self)
    }

    /// Appends the UTF-8 of a literal.
    @inlinable @inline(__always)
    public mutating func append(_ literal: StaticString) {
        guard literal.hasPointerRepresentation else {
            append(utf8: literal.description)
            return
        }
        let byteCount = literal.utf8CodeUnitCount
        if byteCount == 0 { return }
        let target = unsafe appendUninitialized(byteCount)
        unsafe memcpy(target, literal.utf8Start, byteCount)
    }

    /// Appends the UTF-8 of `string`.
    ///
    /// Not by `string.utf8.span`: in optimised builds (Swift 6.3.1) the span of a short string,
    /// which has no memory of its own, pointed into a stack frame that was gone. Growing the block
    /// then overwrote the text.
    @inlinable
    public mutating func append(utf8 string: String) {
        let isDone: Void? = unsafe string.utf8.withContiguousStorageIfAvailable { bytes in
            guard let first = bytes.baseAddress, bytes.count > 0 else { return }
            let target = unsafe appendUninitialized(bytes.count)
            unsafe memcpy(target, first, bytes.count)
        }
        if isDone != nil { return }
        for byte in string.utf8 { append(byte) }
    }

    /// Appends `value` as decimal digits.
    public mutating func append(decimal value: Int) {
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var first = digits.count
        var rest = value.magnitude
        repeat {
            first -= 1
            digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        if value < 0 { append(UInt8(ascii: "-")) }
        append(digits.span.extracting(first...))
    }
}
