// A strict JSON scanner (RFC 8259): validates the whole text and reports ranges; it builds nothing.

/// Scans JSON text. It keeps only its position; each call gets the text. Recursion ends at
/// `depthLimit`, so the stack is bounded however deep the text is nested.
struct JSONScanner {
    /// Not JSON, or nested deeper than `depthLimit`.
    struct Malformed: Error {}

    /// The greatest nesting of arrays and objects, the outermost one counted.
    static let depthLimit = 16

    var position = 0

    /// Skips the four kinds of white space that RFC 8259 §2 allows.
    @inline(__always)
    mutating func skipSpace(_ bytes: Span<UInt8>) {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    /// The next byte, which is not consumed; 0 at the end: no JSON token begins with 0.
    @inline(__always)
    func peek(_ bytes: Span<UInt8>) -> UInt8 {
        position < bytes.count ? bytes[position] : 0
    }

    @inline(__always)
    mutating func expect(_ byte: UInt8, _ bytes: Span<UInt8>) throws(Malformed) {
        guard peek(bytes) == byte else { throw Malformed() }
        position += 1
    }

    /// Scans one value of any kind, from its first byte at `position`. Afterwards `position` is
    /// right after the value.
    mutating func value(_ bytes: Span<UInt8>, depth: Int) throws(Malformed) -> JSONValue {
        switch peek(bytes) {
        case UInt8(ascii: "\""): return try string(bytes)
        case UInt8(ascii: "{"): return try object(bytes, depth: depth)
        case UInt8(ascii: "["): return try array(bytes, depth: depth)
        case UInt8(ascii: "t"): return try word("true", .true, bytes)
        case UInt8(ascii: "f"): return try word("false", .false, bytes)
        case UInt8(ascii: "n"): return try word("null", .null, bytes)
        default: return try number(bytes)
        }
    }

    private mutating func word(
        _ literal: StaticString, _ kind: JSONValue.Kind, _ bytes: Span<UInt8>
    ) throws(Malformed) -> JSONValue {
        let end = position + literal.utf8CodeUnitCount
        guard end <= bytes.count, bytes.holds(literal, in: position..<end) else {
            throw Malformed()
        }
        defer { position = end }
        return JSONValue(kind: kind, start: UInt32(position), end: UInt32(end))
    }

    private mutating func array(
        _ bytes: Span<UInt8>, depth: Int
    ) throws(Malformed) -> JSONValue {
        guard depth < Self.depthLimit else { throw Malformed() }
        let start = position
        position += 1
        skipSpace(bytes)
        if peek(bytes) == UInt8(ascii: "]") {
            position += 1
        } else {
            while true {
                _ = try value(bytes, depth: depth + 1)
                skipSpace(bytes)
                guard peek(bytes) == UInt8(ascii: ",") else { break }
                position += 1
                skipSpace(bytes)
            }
            try expect(UInt8(ascii: "]"), bytes)
        }
        return JSONValue(kind: .array, start: UInt32(start), end: UInt32(position))
    }

    private mutating func object(
        _ bytes: Span<UInt8>, depth: Int
    ) throws(Malformed) -> JSONValue {
        guard depth < Self.depthLimit else { throw Malformed() }
        let start = position
        position += 1
        skipSpace(bytes)
        if peek(bytes) == UInt8(ascii: "}") {
            position += 1
        } else {
            while true {
                _ = try key(bytes)
                _ = try value(bytes, depth: depth + 1)
                skipSpace(bytes)
                guard peek(bytes) == UInt8(ascii: ",") else { break }
                position += 1
                skipSpace(bytes)
            }
            try expect(UInt8(ascii: "}"), bytes)
        }
        return JSONValue(kind: .object, start: UInt32(start), end: UInt32(position))
    }

    /// Scans an object member's name, its colon and the space up to its value. Returns the name.
    @inline(__always)
    mutating func key(_ bytes: Span<UInt8>) throws(Malformed) -> JSONValue {
        guard peek(bytes) == UInt8(ascii: "\"") else { throw Malformed() }
        let name = try string(bytes)
        skipSpace(bytes)
        try expect(UInt8(ascii: ":"), bytes)
        skipSpace(bytes)
        return name
    }
}
