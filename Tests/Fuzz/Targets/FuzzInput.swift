// Splits an input: first the decisions of a target, then the bytes that it feeds.

/// Returns the bytes of an input in order. After the end zeros follow, so every input means
/// something and a shorter one means nearly the same.
struct FuzzInput {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: Span<UInt8>) {
        self.bytes = bytes.indices.map { bytes[$0] }
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func byte() -> UInt8 {
        guard position < bytes.count else { return 0 }
        defer { position += 1 }
        return bytes[position]
    }

    /// One of the numbers in `range`, from one byte or from two.
    mutating func number(in range: ClosedRange<Int>) -> Int {
        var value = Int(byte())
        if range.count > 256 { value = value << 8 | Int(byte()) }
        return range.lowerBound + value % range.count
    }

    /// One of these values.
    mutating func choice<Element>(_ elements: [Element]) -> Element {
        elements[Int(byte()) % elements.count]
    }

    mutating func bool() -> Bool { byte() & 1 != 0 }

    mutating func word() -> UInt32 {
        (0..<4).reduce(0) { value, _ in value << 8 | UInt32(byte()) }
    }

    /// The next bytes, fewer where the input ends.
    mutating func take(_ count: Int) -> [UInt8] {
        defer { position = min(position + count, bytes.count) }
        return Array(bytes[position..<min(position + count, bytes.count)])
    }

    /// All remaining bytes.
    mutating func rest() -> [UInt8] { take(bytes.count) }
}

/// A property that is violated.
struct Failed: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Throws if a property is violated.
func check(_ holds: Bool, _ what: @autoclosure () -> String) throws {
    if !holds { throw Failed(what()) }
}

/// Throws if two ways to the same result differ.
func check<Value: Equatable>(
    _ value: Value, equals other: Value, _ what: @autoclosure () -> String
) throws {
    if value != other { throw Failed("\(what()): \(value) is not \(other)") }
}

/// A message in pieces, whose sizes repeat the given list.
func pieces(_ bytes: [UInt8], of sizes: [Int]) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var start = 0
    while start < bytes.count {
        let size = sizes.isEmpty ? 1 : max(1, sizes[pieces.count % sizes.count])
        pieces.append(Array(bytes[start..<min(start + size, bytes.count)]))
        start += size
    }
    return pieces
}
