// Reads RESP3 by recursion, with everything there at once.
@testable import RedisClient

/// Reads a reply as the specification describes it. The server's scanner may not do it so: this one
/// calls itself, and begins anew with each byte that comes.
package struct PlainReplyReader {
    package enum Outcome: Equatable {
        case reply(PlainReply, byteCount: Int)
        case incomplete
        case fault
    }

    private enum Stop: Error { case incomplete, fault }

    private let bytes: [UInt8]
    private let limits: ReplyLimits
    private var position = 0
    private var elementCount = 0

    /// What these bytes begin with.
    package static func read(_ bytes: [UInt8], _ limits: ReplyLimits = ReplyLimits()) -> Outcome {
        var reader = PlainReplyReader(bytes: bytes, limits: limits)
        do {
            return .reply(try reader.value(depth: 0), byteCount: reader.position)
        } catch Stop.incomplete {
            return .incomplete
        } catch {
            return .fault
        }
    }

    private init(bytes: [UInt8], limits: ReplyLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    private mutating func value(depth: Int) throws -> PlainReply {
        var attributes: [PlainReply] = []
        while true {
            let (type, line) = try line()
            if type == UInt8(ascii: "|") {
                attributes = try values(type, line, depth: depth)
                continue
            }
            let value = try value(type, line, depth: depth)
            return attributes.isEmpty ? value : .attributed(attributes, value)
        }
    }

    private mutating func value(
        _ type: UInt8, _ line: String, depth: Int
    ) throws -> PlainReply {
        let isNullable = type == UInt8(ascii: "$") || type == UInt8(ascii: "*")
        if isNullable, line == "-1" { return .null(type) }
        switch Unicode.Scalar(type) {
        case "$", "!", "=": return .body(type, try body(type, line))
        case "*", "~", "%": return .values(type, try values(type, line, depth: depth))
        case ">":
            if depth > 0 { throw Stop.fault }
            return .values(type, try values(type, line, depth: depth))
        default:
            guard Self.isValid(type, line) else { throw Stop.fault }
            return .line(type, Array(bytes[(position - 2 - line.utf8.count)..<(position - 2)]))
        }
    }

    /// The next line: the type, and what follows it as Latin-1.
    private mutating func line() throws -> (UInt8, String) {
        guard position < bytes.count else { throw Stop.incomplete }
        let type = bytes[position]
        guard "+-:$*_,#!=(%~>|".utf8.contains(type) else { throw Stop.fault }
        let content = bytes[(position + 1)...].prefix { $0 != 0x0D }
        if content.count > limits.lineByteCount { throw Stop.fault }
        guard content.endIndex + 1 < bytes.count else { throw Stop.incomplete }
        guard bytes[content.endIndex + 1] == 0x0A else { throw Stop.fault }
        position = content.endIndex + 2
        // A byte above ASCII would have two bytes of UTF-8: only its count and digits matter here.
        let text = String(decoding: content.map { $0 < 0x80 ? $0 : 0x3F }, as: UTF8.self)
        if "$*%~>|!=".utf8.contains(type), !Self.isLength(text), text != "-1" { throw Stop.fault }
        if position > limits.byteCount { throw Stop.fault }
        return (type, text)
    }

    private mutating func body(_ type: UInt8, _ line: String) throws -> [UInt8] {
        guard let count = Int(line), count >= 0, count <= limits.bulkByteCount,
            position + count + 2 <= limits.byteCount
        else { throw Stop.fault }
        if type == UInt8(ascii: "="), count < 4 { throw Stop.fault }
        guard position + count + 2 <= bytes.count else { throw Stop.incomplete }
        let body = Array(bytes[position..<position + count])
        position += count + 2
        guard bytes[position - 2] == 0x0D, bytes[position - 1] == 0x0A else { throw Stop.fault }
        if type == UInt8(ascii: "="), body[3] != UInt8(ascii: ":") { throw Stop.fault }
        return body
    }

    private mutating func values(
        _ type: UInt8, _ line: String, depth: Int
    ) throws -> [PlainReply] {
        guard let count = Int(line), count >= 0, depth < limits.depth,
            count <= limits.elementCount
        else { throw Stop.fault }
        let valueCount = count * PlainReply.perElement(type)
        elementCount += valueCount
        guard elementCount <= limits.elementCount else { throw Stop.fault }
        var values: [PlainReply] = []
        for _ in 0..<valueCount { values.append(try value(depth: depth + 1)) }
        return values
    }

    private static func isLength(_ text: String) -> Bool {
        !text.isEmpty && text.allSatisfy { ("0"..."9").contains($0) }
    }

    private static func isValid(_ type: UInt8, _ line: String) -> Bool {
        switch Unicode.Scalar(type) {
        case ":": Int(line) != nil
        case "(": isLength(String(line.trimmingSign))
        case ",": isDouble(String(line.trimmingSign))
        case "#": line == "t" || line == "f"
        case "_": line.isEmpty
        default: true
        }
    }

    private static func isDouble(_ text: String) -> Bool {
        if text == "inf" || text == "nan" { return true }
        let parts = text.split(
            maxSplits: 1, omittingEmptySubsequences: false,
            whereSeparator: { $0 == "e" || $0 == "E" })
        if parts.count == 2, !isLength(String(parts[1].trimmingSign)) { return false }
        let digits = parts[0].split(
            separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        return digits.allSatisfy { isLength(String($0)) }
    }
}

extension StringProtocol {
    /// The text without one sign at its beginning.
    fileprivate var trimmingSign: SubSequence {
        dropFirst(hasPrefix("-") || hasPrefix("+") ? 1 : 0)
    }
}
