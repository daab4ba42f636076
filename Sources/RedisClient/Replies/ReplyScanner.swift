// Finds where a reply ends, in bytes that come in pieces.

/// Finds the end of a reply, and checks it on the way.
///
/// It is called with the bytes that have come so far, and again with those and more; it remembers
/// where it stood, so that each byte of a line is looked at once, and the bytes of a bulk string
/// never. It does not call itself: what it knows of the aggregates that it is inside is a number
/// for each.
package struct ReplyScanner: Sendable {
    /// The deepest that ``ReplyLimits/depth`` may be.
    package static let depthLimit = 32

    private let limits: ReplyLimits
    /// Where the value begins that is read now, or its body if it has one.
    private var position = 0
    /// How much of its line has been searched for the end.
    private var searched = 0
    /// Where the body ends that is waited for, behind its CR LF; 0 if none is.
    private var bodyEnd = 0
    private var bodyType = ReplyType.bulkString
    private var elementCount = 0
    private var depth = 0
    /// How many values are still missing: of the reply itself, then of each aggregate that is open.
    private var missing = InlineArray<33, Int>(repeating: 0)
    /// How many steps all scans have taken: a byte of a line is one, and so is a body.
    package private(set) var workCount = 0

    package init(_ limits: ReplyLimits = ReplyLimits()) {
        precondition(limits.depth <= Self.depthLimit, "at most 32 aggregates in each other")
        self.limits = limits
        missing[0] = 1
    }

    /// How many bytes the reply has with which `bytes` begin; nil if its end has not come yet.
    ///
    /// - Parameter bytes: what has been received from the reply's first byte on: the same as at the
    ///   last call, and what has come since. After a reply it begins with the next one.
    /// - Throws: why the bytes are not a reply. Where they were cut makes no difference.
    package mutating func scan(_ bytes: Span<UInt8>) throws(ReplyFault) -> Int? {
        while true {
            let isThere =
                bodyEnd > 0 ? try passBody(bytes) : try passLine(bytes)
            guard isThere else { return nil }
            // A value that has a body ends with it, and not with its line.
            if bodyEnd > 0 { continue }
            while depth > 0, missing[depth] == 0 { depth -= 1 }
            if depth == 0, missing[0] == 0 { return takeEnd() }
        }
    }

    /// The whole reply has been read: the next call begins another.
    private mutating func takeEnd() -> Int {
        let end = position
        position = 0
        searched = 0
        elementCount = 0
        missing[0] = 1
        return end
    }

    /// Passes a body if all of it is there.
    private mutating func passBody(_ bytes: Span<UInt8>) throws(ReplyFault) -> Bool {
        workCount += 1
        guard bytes.count >= bodyEnd else { return false }
        guard bytes[bodyEnd - 2] == 0x0D, bytes[bodyEnd - 1] == 0x0A else {
            throw .overlong(bodyType)
        }
        if bodyType == .verbatimString, bytes[position + 3] != UInt8(ascii: ":") {
            throw .malformed(.verbatimString)
        }
        position = bodyEnd
        searched = bodyEnd
        bodyEnd = 0
        return true
    }

    /// Passes the first line of a value if all of it is there.
    private mutating func passLine(_ bytes: Span<UInt8>) throws(ReplyFault) -> Bool {
        guard let line = try findLine(bytes) else { return false }
        let header = try ReplyHeader(bytes, line)
        position = header.end
        searched = position
        guard position <= limits.byteCount else { throw .tooLong(limit: limits.byteCount) }
        if header.type == .push, depth > 0 { throw .nestedPush }
        // An attribute is none of the values that are counted: the value behind it is.
        if header.type != .attribute { missing[depth] -= 1 }
        switch header.type.form {
        case .body where !header.isNull: try expectBody(header)
        case .elements(let perElement) where !header.isNull:
            try open(header, perElement)
        default: break
        }
        return true
    }

    /// The line of the next value, without its type and its end; nil if it is not all there.
    private mutating func findLine(_ bytes: Span<UInt8>) throws(ReplyFault) -> Range<Int>? {
        guard position < bytes.count else { return nil }
        if searched == position {
            guard ReplyType(rawValue: bytes[position]) != nil else {
                throw .unknownType(bytes[position])
            }
            searched += 1
            workCount += 1
        }
        let first = position + 1
        // No further than one byte beyond the limit: it must be the end, or the line is too long.
        let last = min(bytes.count, first + limits.lineByteCount + 1)
        while searched < last, bytes[searched] != 0x0D {
            searched += 1
            workCount += 1
        }
        if searched - first > limits.lineByteCount {
            throw .lineTooLong(limit: limits.lineByteCount)
        }
        guard searched + 1 < bytes.count else { return nil }
        guard bytes[searched + 1] == 0x0A else { throw .noLineFeed }
        return first..<searched
    }

    private mutating func expectBody(_ header: ReplyHeader) throws(ReplyFault) {
        guard header.count <= limits.bulkByteCount else {
            throw .bulkTooLong(byteCount: header.count, limit: limits.bulkByteCount)
        }
        let (end, overflows) = position.addingReportingOverflow(header.count + 2)
        guard !overflows, end <= limits.byteCount else { throw .tooLong(limit: limits.byteCount) }
        bodyEnd = end
        bodyType = header.type
    }

    private mutating func open(_ header: ReplyHeader, _ perElement: Int) throws(ReplyFault) {
        guard depth < limits.depth else { throw .tooDeep(limit: limits.depth) }
        let (count, overflows) = header.count.multipliedReportingOverflow(by: perElement)
        guard !overflows, count <= limits.elementCount - elementCount else {
            throw .tooManyElements(limit: limits.elementCount)
        }
        elementCount += count
        depth += 1
        missing[depth] = count
    }
}
