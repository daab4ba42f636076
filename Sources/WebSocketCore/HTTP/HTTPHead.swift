// A head that has been received whole: its bytes, and where in them the fields lie.

/// The fields of a head, as they came. They are read through the head that has them, see
/// ``HTTPHead``.
public struct HTTPFields: Hashable, Sendable {
    /// Where a field's name and value lie.
    struct Field: BitwiseCopyable, Hashable, Sendable {
        var nameStart: UInt32
        var nameEnd: UInt32
        var valueStart: UInt32
        var valueEnd: UInt32

        var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
        var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
    }

    /// The whole head, request line or status line included.
    let bytes: [UInt8]
    let fields: [Field]

    /// Finds the fields in a head whose grammar has been checked. `start` is the first byte behind
    /// the request line or status line.
    init(parsing head: Span<UInt8>, from start: Int) {
        var fields: [Field] = []
        fields.reserveCapacity(16)
        var index = start
        while head[index] != 0x0D {
            guard let colon = head.firstIndex(of: UInt8(ascii: ":"), from: index),
                let end = head.firstIndex(of: 0x0D, from: colon + 1)
            else { preconditionFailure("not a header field") }
            let value = head.trimmed(colon + 1..<end)
            fields.append(
                Field(
                    nameStart: UInt32(index), nameEnd: UInt32(colon),
                    valueStart: UInt32(value.lowerBound), valueEnd: UInt32(value.upperBound)))
            index = end + 2
        }
        bytes = head.array
        self.fields = fields
    }
}

/// What a request head and a response head have in common: fields that can be looked up, names
/// without case, lists over all lines of a name (RFC 9110 §5.2, §5.3).
public protocol HTTPHead: Sendable {
    /// The fields of this head.
    var headerFields: HTTPFields { get }
}
