// A complete received head: its bytes, and the positions of the fields in them.

/// The fields of a head, as received. Read them through the head, see ``HTTPHead``.
public struct HTTPFields: Hashable, Sendable {
    /// The positions of a field's name and value.
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

    /// Finds the fields in a head whose grammar has been checked. `start` is the first byte after
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

/// What a request head and a response head have in common: their fields can be looked up. Names are
/// compared without case, and a list may be spread over several lines (RFC 9110 §5.2, §5.3).
public protocol HTTPHead: Sendable {
    /// The fields of this head.
    var headerFields: HTTPFields { get }
}
