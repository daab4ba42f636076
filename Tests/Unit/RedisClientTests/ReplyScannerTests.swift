// Replies of all types, right and wrong, cut at every byte.
import Testing
import WireKit

@testable import RedisClient

@Suite struct ReplyScannerTests {
    private static func line(_ type: Unicode.Scalar, _ text: String) -> PlainReply {
        .line(UInt8(type.value), Array(text.utf8))
    }

    private static func body(_ type: Unicode.Scalar, _ text: String) -> PlainReply {
        .body(UInt8(type.value), Array(text.utf8))
    }

    private static func values(_ type: Unicode.Scalar, _ values: [PlainReply]) -> PlainReply {
        .values(UInt8(type.value), values)
    }

    static let examples: [(String, PlainReply)] = [
        ("+OK\r\n", line("+", "OK")), ("+\r\n", line("+", "")),
        ("-ERR no\r\n", line("-", "ERR no")), (":0\r\n", line(":", "0")),
        (":-12\r\n", line(":", "-12")), (":+12\r\n", line(":", "+12")),
        ("$2\r\nhi\r\n", body("$", "hi")), ("$0\r\n\r\n", body("$", "")),
        ("$4\r\n\r\n\r\n\r\n", body("$", "\r\n\r\n")), ("$-1\r\n", .null(0x24)),
        ("*-1\r\n", .null(0x2A)), ("*0\r\n", values("*", [])), ("_\r\n", line("_", "")),
        (",1.5\r\n", line(",", "1.5")), (",-inf\r\n", line(",", "-inf")),
        (",nan\r\n", line(",", "nan")), (",1e+30\r\n", line(",", "1e+30")),
        ("#t\r\n", line("#", "t")), ("#f\r\n", line("#", "f")),
        ("!5\r\nERR a\r\n", body("!", "ERR a")), ("=5\r\ntxt:a\r\n", body("=", "txt:a")),
        ("(-123456789012345678901\r\n", line("(", "-123456789012345678901")),
        ("%1\r\n+a\r\n:1\r\n", values("%", [line("+", "a"), line(":", "1")])),
        ("~2\r\n:1\r\n_\r\n", values("~", [line(":", "1"), line("_", "")])),
        (">1\r\n+a\r\n", values(">", [line("+", "a")])),
        (
            "*2\r\n*1\r\n:1\r\n*0\r\n",
            values("*", [values("*", [line(":", "1")]), values("*", [])])
        ),
        (
            "|1\r\n+ttl\r\n:5\r\n$1\r\na\r\n",
            .attributed([line("+", "ttl"), line(":", "5")], body("$", "a"))
        ),
        (
            "*2\r\n|1\r\n+x\r\n*1\r\n:1\r\n:2\r\n:3\r\n",
            values(
                "*",
                [
                    .attributed(
                        [line("+", "x"), values("*", [line(":", "1")])], line(":", "2")),
                    line(":", "3"),
                ])
        ),
        // Attributes of nothing, and of several in a row the nearest.
        ("|0\r\n:1\r\n", line(":", "1")),
        (
            "|1\r\n+a\r\n+b\r\n|1\r\n+c\r\n+d\r\n:1\r\n",
            .attributed([line("+", "c"), line("+", "d")], line(":", "1"))
        ),
    ]

    @Test(arguments: examples)
    func `A value is the same wherever it is cut`(text: String, value: PlainReply) throws {
        let bytes = Array(text.utf8)
        #expect(try scan([bytes]) == [value])
        #expect(try scan(bytes.map { [$0] }) == [value], "byte by byte")
        for cut in 0..<bytes.count {
            #expect(try scan([Array(bytes[..<cut]), Array(bytes[cut...])]) == [value], "\(cut)")
            #expect(try scan([Array(bytes[..<cut])]) == (cut == 0 ? [] : nil), "without its end")
        }
    }

    @Test(arguments: 0..<40)
    func `Replies one behind the other are found wherever they are cut`(seed: UInt64) throws {
        var random = SeededRandom(seed)
        let replies = (0..<8).map { _ in PlainReply.random(&random, depth: 3, isTop: true) }
        let stream = replies.flatMap(\.wire)
        for longest in [1, 3, 20, 1000] {
            #expect(try scan(random.cut(stream, longest: longest)) == replies)
        }
    }

    static let faults: [(String, ReplyFault)] = [
        ("HTTP/1.1 400 Bad Request\r\n", .unknownType(0x48)), ("\r\n", .unknownType(0x0D)),
        (":1\r\n?", .unknownType(0x3F)), ("+a\rb\r\n", .noLineFeed),
        (":\r\n", .malformed(.integer)), (":1a\r\n", .malformed(.integer)),
        (":9223372036854775808\r\n", .malformed(.integer)), (":-\r\n", .malformed(.integer)),
        ("_0\r\n", .malformed(.null)), ("#true\r\n", .malformed(.boolean)),
        ("#\r\n", .malformed(.boolean)), (",1.\r\n", .malformed(.double)),
        (",.5\r\n", .malformed(.double)), (",1e\r\n", .malformed(.double)),
        (",infinity\r\n", .malformed(.double)), (",\r\n", .malformed(.double)),
        ("(1.5\r\n", .malformed(.bigNumber)), ("(-\r\n", .malformed(.bigNumber)),
        ("$x\r\n", .malformed(.bulkString)), ("$\r\n", .malformed(.bulkString)),
        ("$-2\r\n", .malformed(.bulkString)), ("$+1\r\n", .malformed(.bulkString)),
        ("$99999999999999999999\r\n", .malformed(.bulkString)), ("%-1\r\n", .malformed(.map)),
        (">-1\r\n", .malformed(.push)), ("=3\r\ntxt\r\n", .malformed(.verbatimString)),
        ("=5\r\nabcde\r\n", .malformed(.verbatimString)), ("$1\r\nab\r\n", .overlong(.bulkString)),
        ("!1\r\na\n\r", .overlong(.bulkError)), ("$?\r\n", .streamed(.bulkString)),
        ("*?\r\n", .streamed(.array)), ("%?\r\n", .streamed(.map)),
        ("*1\r\n>1\r\n+a\r\n", .nestedPush), ("|1\r\n>0\r\n", .nestedPush),
        ("%4611686018427387904\r\n", .tooManyElements(limit: 1 << 20)),
        ("*1048577\r\n", .tooManyElements(limit: 1 << 20)),
        ("$67108865\r\n", .bulkTooLong(byteCount: 67_108_865, limit: 64 << 20)),
    ]

    @Test(arguments: faults)
    func `What is wrong is the same wherever it is cut`(text: String, fault: ReplyFault) {
        let bytes = Array(text.utf8)
        #expect(throws: fault) { try scan([bytes]) }
        #expect(throws: fault) { try scan(bytes.map { [$0] }) }
        #expect(PlainReplyReader.read(bytes) == .fault || text.hasPrefix(":1"))
        #expect("\(fault)".hasSuffix("."), "a sentence")
        #expect(!"\(fault)".contains("A integer") && !"\(fault)".contains("A array"))
    }

    @Test(arguments: 0..<40)
    func `A stream with one wrong byte ends as a plain reader's does`(seed: UInt64) {
        var random = SeededRandom(seed)
        for _ in 0..<20 {
            var bytes = PlainReply.random(&random, depth: 3, isTop: true).wire
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = [
                0x0D, 0x0A, 0x31, 0x2D, 0x7C, 0x3E, 0x2A, UInt8.random(in: 0...255, using: &random),
            ].randomElement(using: &random)!
            var scanner = ReplyScanner()
            let outcome: PlainReplyReader.Outcome
            do throws(ReplyFault) {
                if let end = try scanner.scan(bytes.span) {
                    let reply = PlainReply(RedisReply(bytes.span.extracting(..<end)))
                    outcome = .reply(reply, byteCount: end)
                } else {
                    outcome = .incomplete
                }
            } catch {
                outcome = .fault
            }
            #expect(outcome == PlainReplyReader.read(bytes), "\(bytes)")
        }
    }
}
