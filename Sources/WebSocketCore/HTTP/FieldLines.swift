// The field lines that end a head, and the empty line after them (RFC 9112 §5): the same for
// requests and responses.

/// Checks the fields of a head as they arrive. It is strict where lenient parsers have allowed
/// request smuggling: CRLF only, no folded lines, no space before a colon, tokens as names, no
/// control characters in values.
struct FieldLines: BitwiseCopyable, Sendable {
    enum State: UInt8, BitwiseCopyable {
        case lineStart, name, value, lineEnd, headEnd, complete
    }

    /// The most fields that a head of at most `headByteLimit` bytes may have; see
    /// ``RequestHeadParser/fieldLimit(headByteLimit:)``.
    static func limit(headByteLimit: Int) -> Int { max(100, headByteLimit / 64) }

    var state = State.lineStart
    var count: UInt32 = 0
    /// What is wrong, if anything; `step` must not be called again after that.
    var flaw: HeadFlaw?

    var isComplete: Bool { state == .complete }

    /// Consumes at least one byte, up to `end`, and returns the next index.
    @inline(__always)
    mutating func step(
        _ bytes: Span<UInt8>, _ start: Int, _ end: Int, _ fieldLimit: Int
    ) -> Int {
        var index = start
        let byte = bytes[index]
        switch state {
        case .lineStart:
            beginLine(byte, fieldLimit)
        case .name:
            while index < end, HTTPGrammar.isToken(bytes[index]) { index += 1 }
            if index == end { return index }
            if bytes[index] == UInt8(ascii: ":") {
                state = .value
            } else {
                let isSpace = bytes[index] == 0x20 || bytes[index] == 0x09
                flaw = isSpace ? .spaceBeforeColon : .badFieldName
            }
        case .value:
            index = bytes.endOfFieldValue(from: index, to: end)
            if index == end { return index }
            if bytes[index] == 0x0D {
                state = .lineEnd
            } else {
                flaw = bytes[index] == 0x0A ? .bareLineFeed : .badFieldValue
            }
        case .lineEnd:
            if byte == 0x0A { state = .lineStart } else { flaw = .bareCarriageReturn }
        case .headEnd:
            if byte == 0x0A { state = .complete } else { flaw = .bareCarriageReturn }
        case .complete:
            return index
        }
        return index + 1
    }

    /// The first byte of a line.
    private mutating func beginLine(_ byte: UInt8, _ fieldLimit: Int) {
        switch byte {
        case 0x0D: state = .headEnd
        case 0x0A: flaw = .bareLineFeed
        case 0x20, 0x09: flaw = .foldedLine
        case _ where !HTTPGrammar.isToken(byte): flaw = .badFieldName
        case _ where Int(count) >= fieldLimit: flaw = .tooManyFields
        default:
            count += 1
            state = .name
        }
    }
}
