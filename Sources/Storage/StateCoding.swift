// How state crosses from one process to another: a few primitive types, written and read in order.

/// Writes state for a hand-over: little-endian integers and counted bytes, in the order in which
/// ``StateReader`` reads them.
public struct StateWriter: ~Copyable {
    /// Everything written so far. Formats that count in their own way append to it.
    public var bytes: ByteBuffer

    /// A writer that has written nothing.
    public init() { bytes = ByteBuffer() }

    /// How many bytes have been written.
    public var count: Int { bytes.count }

    /// A number of fixed width, lowest byte first.
    @inlinable
    public mutating func write<Value: FixedWidthInteger>(_ value: Value) {
        for shift in stride(from: 0, to: Value.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// One byte: 1 or 0.
    public mutating func write(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    /// Any number of bytes, preceded by their count.
    public mutating func write(_ value: Span<UInt8>) {
        write(UInt64(value.count))
        bytes.append(value)
    }

    /// The UTF-8 of a text, preceded by its count.
    public mutating func write(_ text: String) {
        write(UInt64(text.utf8.count))
        bytes.append(utf8: text)
    }

    /// Everything written, as an array.
    public consuming func finish() -> [UInt8] { [UInt8](copying: bytes.span) }
}

/// State that cannot be read: cut off, of another version, or with values that cannot be.
public struct StateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What does not fit, in words.
    public let description: String
    /// An error in words for the log.
    public init(_ description: String) { self.description = description }
}

/// Reads what a ``StateWriter`` wrote. Nothing it is given can make it crash: what does not fit is
/// an error.
public struct StateReader {
    /// What is read, from its first byte to its last.
    public let bytes: [UInt8]
    @usableFromInline
    var position = 0

    /// A reader at the first of these bytes.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether everything has been read.
    public var isAtEnd: Bool { position == bytes.count }

    /// How many bytes follow.
    public var unreadByteCount: Int { bytes.count - position }

    /// A number; throws if the bytes end before it does.
    @inlinable
    public mutating func read<Value: FixedWidthInteger>(
        _ type: Value.Type = Value.self
    ) throws(StateError) -> Value {
        let range = try readRange(byteCount: Value.bitWidth / 8)
        var value: Value = 0
        for index in range {
            value |= Value(truncatingIfNeeded: bytes[index]) &<< ((index - range.lowerBound) * 8)
        }
        return value
    }

    /// A number that was written as `Int64`; throws if it is negative.
    public mutating func readCount() throws(StateError) -> Int {
        let count = try read(Int64.self)
        guard count >= 0 else { throw StateError("\(count) is less than nothing") }
        return Int(count)
    }

    /// A truth value; throws on anything but 0 and 1.
    public mutating func readBool() throws(StateError) -> Bool {
        switch try read(UInt8.self) {
        case 0: false
        case 1: true
        case let other: throw StateError("\(other) is no truth value")
        }
    }

    /// Counted bytes; throws if there are fewer than the count says.
    public mutating func readBytes() throws(StateError) -> ArraySlice<UInt8> {
        let count = try read(UInt64.self)
        guard let count = Int(exactly: count) else {
            throw StateError("\(count) bytes are too many")
        }
        return bytes[try readRange(byteCount: count)]
    }

    /// A text; throws if it is not UTF-8.
    public mutating func readString() throws(StateError) -> String {
        guard let text = String(validating: try readBytes(), as: UTF8.self) else {
            throw StateError("a text is not UTF-8")
        }
        return text
    }

    /// Where the next `count` bytes stand in ``bytes``; throws if there are fewer.
    @inlinable
    public mutating func readRange(byteCount count: Int) throws(StateError) -> Range<Int> {
        guard count >= 0, count <= bytes.count - position else {
            throw StateError("the state ends too early")
        }
        defer { position += count }
        return position..<position + count
    }
}
