// The coding of state for another process: a few primitive types, written and read in order.

/// Writes state for a hand-over: little-endian integers and counted bytes, in the order in which
/// ``StateReader`` reads them.
public struct StateWriter: ~Copyable {
    /// Everything written so far. Formats with their own encoding of lengths append to it directly.
    public var bytes: ByteBuffer

    /// A writer that has written nothing.
    public init() { bytes = ByteBuffer() }

    /// How many bytes have been written.
    public var count: Int { bytes.count }

    /// Writes a number of fixed width, lowest byte first.
    @inlinable
    public mutating func write<Value: FixedWidthInteger>(_ value: Value) {
        for shift in stride(from: 0, to: Value.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// Writes one byte: 1 or 0.
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

/// Reads what a ``StateWriter`` wrote. No input can make it crash: it throws a ``StateError`` for
/// invalid state.
public struct StateReader {
    /// All the bytes that it reads from.
    public let bytes: [UInt8]
    @usableFromInline
    var position = 0

    /// A reader at the first byte.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether everything has been read.
    public var isAtEnd: Bool { position == bytes.count }

    /// How many bytes have not been read.
    public var unreadByteCount: Int { bytes.count - position }

    /// Reads a number; throws if there are too few bytes.
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
        guard let text = String(validating: try readBytes(), as: UTF8.self) else {
            throw StateError("a text is not UTF-8")
        }
        return text
    }

    /// Skips the next `count` bytes and returns their range in ``bytes``; throws if there are
    /// fewer.
    @inlinable
    public mutating func readRange(byteCount count: Int) throws(StateError) -> Range<Int> {
        guard count >= 0, count <= bytes.count - position else {
            throw StateError("the state ends too early")
        }
        defer { position += count }
        return position..<position + count
    }
}
