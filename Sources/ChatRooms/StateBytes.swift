// The binary form of a saved chat: little-endian numbers, and byte strings with their length.

/// Why a saved chat could not be restored.
public enum RestoreError: Error, Equatable {
    /// The bytes are not a saved chat.
    case notAChat
    /// The bytes were saved by a version that this one does not know.
    case unknownVersion(UInt16)
    /// The bytes end too early, go on too long, or contradict themselves.
    case damaged
}

struct StateWriter: ~Copyable {
    private(set) var bytes = ByteBuffer()

    mutating func put<Number: FixedWidthInteger>(_ number: Number) {
        var rest = number
        for _ in 0..<Number.bitWidth / 8 {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest = Number.bitWidth > 8 ? rest >> 8 : 0
        }
    }

    mutating func put(_ flag: Bool) {
        bytes.append(flag ? 1 : 0)
    }

    mutating func put(text: String) {
        put(UInt32(text.utf8.count))
        bytes.put(text: text)
    }

    /// Appends a byte string that `write` writes.
    mutating func put(bytes count: Int, _ write: (inout ByteBuffer) -> Void) {
        put(UInt32(count))
        write(&bytes)
    }

    mutating func put<Element>(
        _ count: Int, _ elements: some Sequence<Element>,
        _ write: (inout StateWriter, Element) -> Void
    ) {
        put(UInt32(count))
        for element in elements {
            write(&self, element)
        }
    }
}

struct StateReader {
    let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func number<Number: FixedWidthInteger>(
        _: Number.Type = Number.self
    ) throws(RestoreError) -> Number {
        let range = try range(Number.bitWidth / 8)
        var value: Number = 0
        for index in range.reversed() {
            value = Number.bitWidth > 8 ? value << 8 : 0
            value |= Number(truncatingIfNeeded: bytes[index])
        }
        return value
    }

    mutating func flag() throws(RestoreError) -> Bool {
        switch try number(UInt8.self) {
        case 0: false
        case 1: true
        default: throw .damaged
        }
    }

    mutating func text() throws(RestoreError) -> String {
        let range = try byteString()
        guard let text = String(validating: bytes[range], as: UTF8.self) else { throw .damaged }
        return text
    }

    /// The range of a byte string that stands here.
    mutating func byteString() throws(RestoreError) -> Range<Int> {
        try range(Int(try number(UInt32.self)))
    }

    /// How many elements follow, each of at least one byte.
    mutating func count() throws(RestoreError) -> Int {
        let count = Int(try number(UInt32.self))
        guard count <= bytes.count - position else { throw .damaged }
        return count
    }

    private mutating func range(_ count: Int) throws(RestoreError) -> Range<Int> {
        guard count <= bytes.count - position else { throw .damaged }
        defer { position += count }
        return position..<position + count
    }
}
