// What a reply may cost: its limits, and the work that its bytes cause.
import Storage
import Testing
import WireKit

@testable import RedisClient

/// The limits, at each bound and one beyond it.
@Suite struct ReplyLimitTests {
    @Test func `Lines`() throws {
        var limits = ReplyLimits()
        limits.lineByteCount = 3
        #expect(try scan("+abc\r\n", limits)?.count == 1)
        // Without its end as well: nothing is collected in wait for it.
        for text in ["+abcd\r\n", "+abcd", ":1234\r\n"] {
            #expect(throws: ReplyFault.lineTooLong(limit: 3)) { try scan(text, limits) }
        }
    }

    @Test func `Bodies, before they come`() throws {
        var limits = ReplyLimits()
        limits.bulkByteCount = 3
        #expect(try scan("$3\r\nabc\r\n", limits)?.count == 1)
        #expect(throws: ReplyFault.bulkTooLong(byteCount: 4, limit: 3)) {
            try scan("$4\r\n", limits)
        }
    }

    @Test func `Values of all aggregates together`() throws {
        var limits = ReplyLimits()
        limits.elementCount = 4
        #expect(try scan("*2\r\n%1\r\n:1\r\n:2\r\n:3\r\n", limits)?.count == 1)
        // Of the next reply they are counted anew.
        #expect(try scan("*3\r\n:1\r\n:2\r\n:3\r\n*4\r\n:1\r\n:2\r\n:3\r\n:4\r\n", limits) != nil)
        for text in ["*5\r\n", "*2\r\n*3\r\n", "%3\r\n", "*1\r\n|2\r\n", "|1\r\n:1\r\n*4\r\n"] {
            #expect(throws: ReplyFault.tooManyElements(limit: 4)) {
                try scan(text.replacing("|1\r\n:1\r\n", with: "|1\r\n:1\r\n:2\r\n"), limits)
            }
        }
    }

    @Test(arguments: [1, 5, 32])
    func `Depth`(depth: Int) throws {
        var limits = ReplyLimits()
        limits.depth = depth
        let nested = String(repeating: "*1\r\n", count: depth)
        #expect(try scan(nested + ":1\r\n", limits)?.count == 1)
        #expect(throws: ReplyFault.tooDeep(limit: depth)) {
            try scan(nested + "*0\r\n", limits)
        }
    }

    @Test func `Whole replies`() throws {
        var limits = ReplyLimits()
        limits.byteCount = 12
        #expect(try scan("*2\r\n:1\r\n:2\r\n*2\r\n:1\r\n:2\r\n", limits)?.count == 2)
        for text in ["*2\r\n:1\r\n:23\r\n", "*1\r\n$3\r\n", "+abcdefghij\r\n"] {
            #expect(throws: ReplyFault.tooLong(limit: 12)) { try scan(text, limits) }
        }
    }
}

/// How much work a received byte causes, whatever it is part of.
@Suite struct ReplyWorkTests {
    private func work(_ stream: [UInt8], piece: Int) throws -> Int {
        var scanner = ReplyScanner()
        var start = 0
        var received = ByteBuffer()
        while start < stream.count {
            received.append(stream.span.extracting(start..<min(start + piece, stream.count)))
            start += piece
            while let end = try scanner.scan(received.span) { received.removeFirst(end) }
        }
        let isAllRead = received.isEmpty
        #expect(isAllRead)
        return scanner.workCount
    }

    @Test(arguments: [1, 7, 1000, 1 << 20])
    func `A large reply in pieces is not read again`(piece: Int) throws {
        let elements = (0..<5_000).map { "$6\r\nabcdef\r\n:\($0)\r\n" }.joined()
        let stream = Array("*10000\r\n\(elements)".utf8)
        #expect(try work(stream, piece: piece) <= stream.count)
        let line = Array("+\(String(repeating: "a", count: 60_000))\r\n".utf8)
        #expect(try work(line, piece: piece) <= line.count)
    }

    @Test func `Bytes of a bulk string are not looked at`() throws {
        let body = [UInt8](repeating: 0x0D, count: 1 << 20)
        let stream = Array("$\(body.count)\r\n".utf8) + body + Array("\r\n".utf8)
        #expect(try work(stream, piece: 16 * 1024) < 100)
    }
}
