// UNSAFE: reads numbers where they lie in an array, and compares bytes of it: only within a range
// that was checked before.
import LibC

/// Reads what a ``StateWriter`` wrote. No input can make it crash: it throws a ``StateError`` for
/// invalid state.
public struct StateReader {
    /// All the bytes that it reads from.
    public let bytes: [UInt8]
    @usableFromInline
    var position: Int
    /// The end of the record that is being read, or of everything.
    @usableFromInline
    var end: Int
    /// What each record of a later version has at its end, in tests: such a reader finds it there,
    /// or nothing, if an earlier version has written the record. The reader of the earlier version
    /// skips it.
    @usableFromInline
    package let surplus: [UInt8]

    /// A reader at the first byte.
    public init(_ bytes: [UInt8]) { self.init(bytes, surplus: []) }

    package init(_ bytes: [UInt8], surplus: [UInt8]) {
        self.init(bytes, in: bytes.indices, surplus: surplus)
    }

    /// A reader of some of the bytes.
    package init(_ bytes: [UInt8], in range: Range<Int>, surplus: [UInt8] = []) {
        self.bytes = bytes
        self.surplus = surplus
        (position, end) = (range.lowerBound, range.upperBound)
    }

    /// Whether everything has been read: all of the record, if one is being read. Then the version
    /// that wrote it does not have the field that would follow.
    public var isAtEnd: Bool { position == end }

    /// How many bytes have not been read: those of the record, if one is being read.
    public var unreadByteCount: Int { end - position }

    /// Reads a number; throws if there are too few bytes.
    @inlinable
    public mutating func read<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type = Value.self
    ) throws(StateError) -> Value {
        let first = try readRange(byteCount: MemoryLayout<Value>.size).lowerBound
        return unsafe bytes.withUnsafeBytes { bytes in
            Value(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: first, as: Value.self))
        }
    }

    /// Reads a number that was written as `Int64`; throws if it is negative.
    public mutating func readCount() throws(StateError) -> Int {
        let count = try read(Int64.self)
        guard count >= 0 else { throw StateError("the count \(count) is negative") }
        return Int(count)
    }

    /// Reads a Boolean; throws for any byte other than 0 and 1.
    public mutating func readBool() throws(StateError) -> Bool {
        switch try read(UInt8.self) {
        case 0: false
        case 1: true
        case let other: throw StateError("\(other) is not a Boolean")
        }
    }

    /// Reads counted bytes; throws if there are fewer than the count says.
    public mutating func readBytes() throws(StateError) -> ArraySlice<UInt8> {
        let count = try read(UInt64.self)
        guard let count = Int(exactly: count) else {
            throw StateError("\(count) bytes are too many")
        }
        return bytes[try readRange(byteCount: count)]
    }

    /// Reads a text; throws if it is not UTF-8.
    public mutating func readString() throws(StateError) -> String {
        try text(try readBytes().indices)
    }

    /// The text at a place; throws if it is not UTF-8.
    package func text(_ range: Range<Int>) throws(StateError) -> String {
        do {
            return String(copying: try UTF8Span(validating: bytes.span.extracting(range)))
        } catch {
            throw StateError("a text is not UTF-8")
        }
    }

    /// Reads counted bytes by a reader of their own, which shares the memory.
    package mutating func readPart() throws(StateError) -> StateReader {
        StateReader(bytes, in: try readBytes().indices)
    }

    /// Skips the next `count` bytes and returns their range in ``bytes``; throws if there are
    /// fewer.
    @inlinable
    public mutating func readRange(byteCount count: Int) throws(StateError) -> Range<Int> {
        guard count >= 0, count <= end - position else {
            throw StateError("the state ends too early")
        }
        defer { position += count }
        return position..<position + count
    }

    // MARK: Records

    /// Reads a record that ``StateWriter/writeRecord(_:)`` wrote: `body` reads its fields, and
    /// cannot read beyond it. What it leaves unread is skipped: a later version has written it. If
    /// the reader is at its end before a field (``isAtEnd``), an earlier one has.
    public mutating func readRecord<Result: ~Copyable>(
        _ body: (inout StateReader) throws(StateError) -> Result
    ) throws(StateError) -> Result {
        let outerEnd = try enterRecord()
        let result = try body(&self)
        try leaveRecord(outerEnd)
        return result
    }

    /// Enters a record, and returns what ``leaveRecord(_:)`` needs.
    @inlinable
    package mutating func enterRecord() throws(StateError) -> Int {
        let count = try read(UInt64.self)
        guard let count = Int(exactly: count), count <= end - position else {
            throw StateError("a record ends too early")
        }
        defer { end = position + count }
        return end
    }

    /// Skips the rest of a record.
    @inlinable
    package mutating func leaveRecord(_ outerEnd: Int) throws(StateError) {
        if !surplus.isEmpty, position < end, bytes[position..<end] != surplus[...] {
            throw StateError("a record has more than it should")
        }
        position = end
        end = outerEnd
    }

    /// The same without a look at it: another pass reads it.
    @inlinable
    package mutating func skipRecord(_ outerEnd: Int) {
        position = end
        end = outerEnd
    }

    /// A place to go back to with ``return(to:)``.
    @inlinable
    package var place: Int { position }

    /// Whether what was read from a place on are these bytes.
    package func hasRead(_ other: Span<UInt8>, from start: Int) -> Bool {
        let read = bytes.span.extracting(start..<position)
        guard read.count == other.count, !read.isEmpty else { return read.count == other.count }
        return unsafe read.withUnsafeBufferPointer { one in
            unsafe other.withUnsafeBufferPointer { two in
                unsafe memcmp(one.baseAddress!, two.baseAddress!, one.count) == 0
            }
        }
    }

    /// Goes back to a place in the record that is being read.
    @inlinable
    package mutating func `return`(to place: Int) { position = place }
}
