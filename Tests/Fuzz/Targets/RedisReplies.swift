// Replies of Redis: the scanner and its views against a plain reading.
import WireKit

@testable import RedisClient

/// However a stream of replies is cut, the scanner finds the same as a recursive reader that has
/// everything at once; a view shows what was sent; and a byte costs a bounded amount of work.
func fuzzRedisReplies(_ span: Span<UInt8>) throws {
    var input = FuzzInput(span)
    var limits = ReplyLimits()
    limits.depth = input.choice([16, 1, 2, 32])
    limits.elementCount = input.choice([1 << 20, 4, 16])
    limits.lineByteCount = input.choice([64 * 1024, 3, 20])
    limits.bulkByteCount = input.choice([64 << 20, 0, 5])
    limits.byteCount = input.choice([256 << 20, 12, 60])
    let sizes = (0..<input.number(in: 0...3)).map { _ in input.number(in: 1...9) }
    let stream = input.rest()
    let expected = plainReplies(stream, limits)
    try check(scannedReplies([stream], limits), equals: expected, "whole")
    try check(scannedReplies(pieces(stream, of: [1]), limits), equals: expected, "by single bytes")
    try check(scannedReplies(pieces(stream, of: sizes), limits), equals: expected, "\(sizes)")
}

/// What is found in a stream.
private struct Found: Equatable {
    var replies: [PlainReply] = []
    var isFault = false
}

private func plainReplies(_ stream: [UInt8], _ limits: ReplyLimits) -> Found {
    var found = Found()
    var rest = stream
    while true {
        switch PlainReplyReader.read(rest, limits) {
        case .incomplete: return found
        case .fault:
            found.isFault = true
            return found
        case .reply(let reply, let byteCount):
            found.replies.append(reply)
            rest.removeFirst(byteCount)
        }
    }
}

private func scannedReplies(_ pieces: [[UInt8]], _ limits: ReplyLimits) throws -> Found {
    var scanner = ReplyScanner(limits)
    var found = Found()
    var received: [UInt8] = []
    var byteCount = 0
    for piece in pieces {
        received += piece
        byteCount += piece.count
        do throws(ReplyFault) {
            while let end = try scanner.scan(received.span) {
                found.replies.append(PlainReply(RedisReply(received.span.extracting(..<end))))
                received.removeFirst(end)
            }
        } catch {
            found.isFault = true
            return found
        }
    }
    let workLimit = byteCount + found.replies.count + pieces.count
    try check(scanner.workCount <= workLimit, "\(scanner.workCount) steps, not \(workLimit)")
    return found
}
