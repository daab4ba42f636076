// The writing of state for another process: a few primitive types in order, and records of them.

/// Writes state for a hand-over: little-endian integers and counted bytes, in the order in which
/// ``StateReader`` reads them.
///
/// Fields that stand in a record (``writeRecord(_:)``) may become more with the next version.
public struct StateWriter: ~Copyable {
    /// Everything written so far. Formats with their own encoding of lengths append to it directly.
    public var bytes: ByteBuffer
    /// What a test adds to each record, as a later version would: see ``StateReader``.
    @usableFromInline
    package let surplus: [UInt8]

    /// A writer that has written nothing.
    public init() { self.init(surplus: []) }

    package init(surplus: [UInt8]) {
        bytes = ByteBuffer()
        self.surplus = surplus
    }

    /// How many bytes have been written.
    public var count: Int { bytes.count }

    /// Writes a number of fixed width, lowest byte first.
    @inlinable
    public mutating func write<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
        bytes.append(littleEndian: value)
    }

    /// Writes one byte: 1 or 0.
    @inlinable
    public mutating func write(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    /// Writes any number of bytes, preceded by their count.
    public mutating func write(_ value: Span<UInt8>) {
        write(UInt64(value.count))
        bytes.append(value)
    }

    /// Writes the UTF-8 of a text, preceded by its byte count.
    public mutating func write(_ text: String) {
        write(UInt64(text.utf8.count))
        bytes.append(utf8: text)
    }

    /// Writes a record: what `body` writes, preceded by its length. A later version may append
    /// fields to it, and remove none. Its reader takes a default where they are missing; a reader
    /// of this version skips them. Records may contain records.
    public mutating func writeRecord(_ body: (inout StateWriter) -> Void) {
        let start = beginRecord()
        body(&self)
        endRecord(start)
    }

    /// Writes what `body` writes, preceded by its count, without what a test adds to records: it is
    /// read by a reader of its own, ``StateReader/readPart()``.
    package mutating func writePart(_ body: (inout StateWriter) -> Void) {
        write(UInt64(0))
        let start = bytes.count
        var part = StateWriter()
        swap(&part.bytes, &bytes)
        body(&part)
        swap(&part.bytes, &bytes)
        overwrite(UInt64(bytes.count - start), at: start - 8)
    }

    /// Begins a record, and returns what ``endRecord(_:)`` needs.
    @inlinable
    package mutating func beginRecord() -> Int {
        write(UInt64(0))
        return bytes.count
    }

    /// Ends a record: fills in its length.
    @inlinable
    package mutating func endRecord(_ start: Int) {
        if !surplus.isEmpty {
            let surplus = surplus
            bytes.append(surplus.span)
        }
        overwrite(UInt64(bytes.count - start), at: start - 8)
    }

    /// Writes a number in the place of another: a count that was not known before.
    @inlinable
    package mutating func overwrite<Value: FixedWidthInteger & BitwiseCopyable>(
        _ value: Value, at place: Int
    ) {
        bytes.overwrite(value, at: place)
    }

    /// Returns everything written, where it is.
    package consuming func takeBytes() -> ByteBuffer { bytes }

    /// Returns everything written, as an array.
    public consuming func finish() -> [UInt8] { [UInt8](copying: bytes.span) }
}

/// State that cannot be read: truncated, of another version, or with impossible values.
public struct StateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, in words.
    public let description: String
    /// An error with a text for the log.
    public init(_ description: String) { self.description = description }
}
