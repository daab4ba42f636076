// UNSAFE: numbers are written and read side by side, in a range that was checked once for all of
// them; reading checks in addition that the next one is inside of it.
//
// A million connections have a dozen small numbers each. One after the other, each would wait for
// the place at which the one before has ended, and be checked by itself.

extension StateWriter {
    /// Appends numbers of fixed width to the output that `write` gets, which has room for
    /// `byteCount` bytes.
    @inlinable
    @inline(__always)
    package mutating func writeFields(
        _ byteCount: Int, _ write: (inout OutputRawSpan) -> Void
    ) {
        let first = unsafe UnsafeMutableRawPointer(bytes.appendUninitialized(byteCount))
        let place = unsafe UnsafeMutableRawBufferPointer(start: first, count: byteCount)
        var output = unsafe OutputRawSpan(buffer: place, initializedCount: 0)
        write(&output)
        let count = unsafe output.finalize(for: place)
        precondition(count == byteCount, "other fields than there is room for")
    }
}

extension OutputRawSpan {
    /// Writes a number, lowest byte first.
    @inlinable
    @inline(__always)
    package mutating func write<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
        unsafe append(value.littleEndian, as: Value.self)
    }

    /// Writes one byte: 1 or 0.
    @inlinable
    @inline(__always)
    package mutating func write(_ flag: Bool) { write(flag ? 1 as UInt8 : 0) }
}

/// Some numbers of fixed width that a ``StateReader`` has before it: there are enough bytes.
@frozen
@usableFromInline
package struct StateFields {
    @usableFromInline
    var place: Int
    @usableFromInline
    let end: Int

    @inlinable
    init(_ range: Range<Int>) { (place, end) = (range.lowerBound, range.upperBound) }
}

extension StateReader {
    /// Skips `byteCount` bytes, and returns what ``next(_:)`` reads them by; throws if there are
    /// fewer.
    @inlinable
    @inline(__always)
    package mutating func readFields(_ byteCount: Int) throws(StateError) -> StateFields {
        StateFields(try readRange(byteCount: byteCount))
    }

    /// The next number; there must be one.
    @inlinable
    @inline(__always)
    package func next<Value: FixedWidthInteger & BitwiseCopyable>(
        _ fields: inout StateFields, as type: Value.Type = Value.self
    ) -> Value {
        let first = fields.place
        fields.place += MemoryLayout<Value>.size
        precondition(fields.place <= fields.end, "more fields than there are")
        return unsafe bytes.withUnsafeBytes { bytes in
            Value(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: first, as: Value.self))
        }
    }

    /// The same for a Boolean; throws for any byte other than 0 and 1.
    @inlinable
    @inline(__always)
    package func nextBool(_ fields: inout StateFields) throws(StateError) -> Bool {
        let byte = next(&fields, as: UInt8.self)
        guard byte <= 1 else { throw StateError("\(byte) is not a Boolean") }
        return byte == 1
    }
}
