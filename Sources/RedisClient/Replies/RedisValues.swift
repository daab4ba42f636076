// The values of an aggregate, one after the other.

/// The values of an aggregate, in the order in which they were sent.
///
/// Each is found when it is asked for: there is no table of them, so that a reply costs no memory
/// beside its bytes.
public struct RedisValues: ~Escapable {
    /// How many are left.
    public private(set) var count: Int
    private var rest: Span<UInt8>

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, count: Int) {
        rest = bytes
        self.count = count
    }

    /// The next value; nil behind the last one. Values of a value that is left out are passed over.
    @_lifetime(copy self)
    public mutating func next() -> RedisReply? {
        guard count > 0 else { return nil }
        let end = rest.endOfValues(1, from: 0)
        let value = rest.extracting(..<end)
        rest = rest.extracting(end...)
        count -= 1
        return RedisReply(value)
    }
}

extension Span where Element == UInt8 {
    /// Where this many values end, with all that they contain, the first of which begins at
    /// `start`. A scanner has passed the bytes.
    func endOfValues(_ count: Int, from start: Int) -> Int {
        var position = start
        // Values of values are counted along: it does not matter whose they are.
        var missing = count
        while missing > 0 {
            let header = ReplyHeader(checked: self, at: position)
            position = header.end
            switch header.type.form {
            case .line: break
            case .body: position += header.isNull ? 0 : header.count + 2
            case .elements: missing += header.valueCount
            }
            // The value that an attribute is about stands behind it.
            if header.type != .attribute { missing -= 1 }
        }
        return position
    }

    /// Whether the first bytes are those of `literal`.
    func begins(with literal: StaticString) -> Bool {
        guard count >= literal.utf8CodeUnitCount else { return false }
        return literal.withUTF8Buffer { expected in
            for index in expected.indices {
                if unsafe self[index] != expected[index] { return false }
            }
            return true
        }
    }
}
