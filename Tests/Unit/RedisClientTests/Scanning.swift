// Replies in pieces, and random ones.
import Storage
import WireKit

@testable import RedisClient

/// Scans a stream that comes in pieces; nil where its last reply is incomplete.
func scan(
    _ pieces: [[UInt8]], _ limits: ReplyLimits = ReplyLimits()
) throws(ReplyFault) -> [PlainReply]? {
    var scanner = ReplyScanner(limits)
    var received = ByteBuffer()
    var replies: [PlainReply] = []
    for piece in pieces {
        received.append(piece.span)
        while let end = try scanner.scan(received.span) {
            replies.append(PlainReply(RedisReply(received.span.extracting(..<end))))
            received.removeFirst(end)
        }
    }
    return received.isEmpty ? replies : nil
}

func scan(
    _ text: String, _ limits: ReplyLimits = ReplyLimits()
) throws(ReplyFault) -> [PlainReply]? {
    try scan([Array(text.utf8)], limits)
}

extension PlainReply {
    /// A random value; a push only at the top.
    static func random(
        _ random: inout SeededRandom, depth: Int, isTop: Bool = false
    ) -> PlainReply {
        func type(_ text: StaticString) -> UInt8 {
            UInt8(ascii: Array(text.description.unicodeScalars).randomElement(using: &random)!)
        }
        let count = Int.random(in: 0...4, using: &random)
        switch Int.random(in: 0..<(depth > 0 ? 9 : 5), using: &random) {
        case 0: return .line(type(":("), Array("\(Int.random(in: -9...999, using: &random))".utf8))
        case 1:
            return .line(
                type("+-"), Array(["OK", "", "ERR x"].randomElement(using: &random)!.utf8))
        case 2: return .body(type("$!"), random.bytes(count * 3))
        case 3: return .body(0x3D, Array("txt:".utf8) + random.bytes(count))
        case 4: return [.null(0x24), .null(0x2A), .line(0x23, [0x74]), .line(0x5F, [])][count % 4]
        case 5, 6:
            return .values(
                type(isTop ? "*~>" : "*~"),
                (0..<count).map { _ in .random(&random, depth: depth - 1) })
        case 7:
            return .values(
                0x25, (0..<2 * count).map { _ in .random(&random, depth: depth - 1) })
        default:
            let attribute = (0..<2).map { _ in PlainReply.random(&random, depth: depth - 1) }
            let value = PlainReply.random(&random, depth: depth - 1, isTop: isTop)
            if case .attributed = value { return value }
            return .attributed(attribute, value)
        }
    }
}
