// The first line of a value: its type, and what it says of what follows.

/// The first line of a value, checked.
struct ReplyHeader {
    let type: ReplyType
    /// Where the line's content begins, and where it ends, before its CR LF.
    let line: Range<Int>
    /// How many bytes follow, or how many values; 0 if the line is the whole value.
    let count: Int
    /// Whether it is a null, of RESP3 or RESP2 (`$-1`, `*-1`).
    let isNull: Bool

    /// Where what follows the line begins.
    var end: Int { line.upperBound + 2 }

    /// Reads the line from its type on; the caller has found its end.
    init(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(ReplyFault) {
        guard let type = ReplyType(rawValue: bytes[line.lowerBound - 1]) else {
            throw .unknownType(bytes[line.lowerBound - 1])
        }
        self.type = type
        self.line = line
        let content = bytes.extracting(line)
        switch type.form {
        case .line:
            guard type.allows(content) else { throw .malformed(type) }
            count = 0
            isNull = type == .null
        case .body, .elements:
            if type.mayBeStreamed, content.count == 1, content[0] == UInt8(ascii: "?") {
                throw .streamed(type)
            }
            isNull = type.mayBeNull && content.isMinusOne
            guard let number = isNull ? 0 : content.length else { throw .malformed(type) }
            // Its format and a colon are among the bytes that follow.
            if type == .verbatimString, number < 4 { throw .malformed(type) }
            count = number
        }
    }
}

extension ReplyType {
    /// Whether it says with the length -1 that it is a null.
    fileprivate var mayBeNull: Bool { self == .bulkString || self == .array }

    /// Whether its length may be `?`, as far as the protocol's text goes.
    fileprivate var mayBeStreamed: Bool {
        switch self {
        case .bulkString, .array, .set, .map, .push, .attribute: true
        default: false
        }
    }

    /// Whether this may be the line of a value that has nothing else.
    fileprivate func allows(_ content: Span<UInt8>) -> Bool {
        switch self {
        case .integer: content.integer != nil
        case .bigNumber: content.isNumeral(from: content.afterSign)
        case .double: content.isDouble
        case .boolean: content.count == 1 && (content[0] == 0x74 || content[0] == 0x66)
        case .null: content.isEmpty
        default: true
        }
    }
}
