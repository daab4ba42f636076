// How state crosses from one process to another: a few primitive types, written and read in order.
import WebSocketCore

/// Writes state for a hand-over: little-endian integers and counted bytes, in the order in which
/// ``StateReader`` reads them.
public struct StateWriter: ~Copyable {
    var bytes = ByteBuffer()

    /// A writer that has written nothing.
    public init() {}

    /// How many bytes have been written.
    public var count: Int { bytes.count }

    /// A number of fixed width, lowest byte first.
    public mutating func write<Value: FixedWidthInteger>(_ value: Value) {
        for shift in stride(from: 0, to: Value.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> Value(shift)))
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
        var text = text
        text.makeContiguousUTF8()
        write(text.utf8.span)
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
    private let bytes: [UInt8]
    private var position = 0

    /// A reader at the first of these bytes.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether everything has been read.
    public var isAtEnd: Bool { position == bytes.count }

    /// A number; throws if the bytes end before it does.
    public mutating func read<Value: FixedWidthInteger>(
        _ type: Value.Type = Value.self
    ) throws(StateError) -> Value {
        var value: Value = 0
        for (index, byte) in try take(Value.bitWidth / 8).enumerated() {
            value |= Value(truncatingIfNeeded: byte) << Value(index * 8)
        }
        return value
    }

    /// A number that was written as `Int64`; throws if it is negative.
    mutating func readCount() throws(StateError) -> Int {
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
        return try take(count)
    }

    /// A text; throws if it is not UTF-8.
    public mutating func readString() throws(StateError) -> String {
        guard let text = String(validating: try readBytes(), as: UTF8.self) else {
            throw StateError("a text is not UTF-8")
        }
        return text
    }

    private mutating func take(_ count: Int) throws(StateError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= bytes.count - position else {
            throw StateError("the state ends too early")
        }
        defer { position += count }
        return bytes[position..<position + count]
    }
}
