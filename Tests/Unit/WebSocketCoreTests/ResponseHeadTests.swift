// Response heads as a client reads them: whole, byte by byte, and in two pieces.

import Foundation
import Testing
import WireKit

@testable import WebSocketCore

/// The head in `text`; nil if it isn't one complete head.
func parseResponseHead(_ text: String) -> ReceivedResponseHead? {
    var parser = ResponseHeadParser()
    let bytes = Array(text.utf8)
    guard case .complete(let count) = parser.parse(bytes.span, limit: 8192), count == bytes.count
    else { return nil }
    return ReceivedResponseHead(parsing: bytes.span)
}

@Suite struct ResponseHeadTests {
    /// The final result of a new parser, when the head grows by the given lengths.
    private func outcome(
        _ bytes: [UInt8], growing lengths: some Sequence<Int>, limit: Int = 8192
    ) -> ResponseHeadParser.Progress {
        var parser = ResponseHeadParser()
        var progress = ResponseHeadParser.Progress.incomplete
        for length in lengths {
            let received = Array(bytes[..<length])
            progress = parser.parse(received.span, limit: limit)
            if progress != .incomplete { break }
            #expect(Int(parser.scanned) == length, "everything new was looked at")
        }
        return progress
    }

    private func check(_ text: String, _ expected: ResponseHeadParser.Progress) {
        let bytes = Array(text.utf8)
        #expect(outcome(bytes, growing: [bytes.count]) == expected, "whole")
        #expect(outcome(bytes, growing: 1...bytes.count) == expected, "byte by byte")
        for cut in 1..<bytes.count {
            #expect(outcome(bytes, growing: [cut, bytes.count]) == expected, "cut at \(cut)")
        }
    }

    static let good: [(Wire, UInt16, UInt8, String)] = [
        ("HTTP/1.1 101 Switching Protocols\r\n\r\n", 101, 1, "Switching Protocols"),
        ("HTTP/1.1 101 \r\n\r\n", 101, 1, ""),
        ("HTTP/1.0 599 a\tb \u{e9}\r\n\r\n", 599, 0, "a\tb \u{e9}"),
        (
            "HTTP/1.1 100  two spaces\r\nA:\r\nB: \t \r\n!#$%&'*+-.^_`|~: v\r\n\r\n", 100, 1,
            " two spaces"
        ),
    ]

    @Test(arguments: good)
    func accepted(head: Wire, status: UInt16, minorVersion: UInt8, phrase: String) throws {
        check(head.text, .complete(byteCount: head.bytes.count))
        check(head.text + "more", .complete(byteCount: head.bytes.count))
        let parsed = try #require(parseResponseHead(head.text))
        #expect(parsed.status.rawValue == status && parsed.minorVersion == minorVersion)
        #expect(parsed.reasonPhrase == phrase)
    }

    static let bad: [(Wire, HeadFlaw)] = [
        ("\r\nHTTP/1.1 101 x\r\n", .notAResponse), (" HTTP/1.1 101 x\r\n", .notAResponse),
        ("http/1.1 101 x\r\n", .notAResponse), ("HTTP/1.2 101 x\r\n", .notAResponse),
        ("HTTP/2.0 101 x\r\n", .notAResponse), ("HTTP/1.10 101 x\r\n", .notAResponse),
        ("HTTP/1.1\t101 x\r\n", .notAResponse), ("ICY 200 OK\r\n", .notAResponse),
        ("GET / HTTP/1.1\r\n", .notAResponse), ("SSH-2.0-x\r\n", .notAResponse),
        ("\u{81}\u{05}Hello", .notAResponse), ("\u{15}\u{03}\u{01}", .notAResponse),
        ("HTTP/1.1  101 x\r\n", .badStatus), ("HTTP/1.1 10 x\r\n", .badStatus),
        ("HTTP/1.1 1010 x\r\n", .badStatus), ("HTTP/1.1 099 x\r\n", .badStatus),
        ("HTTP/1.1 600 x\r\n", .badStatus), ("HTTP/1.1 +10 x\r\n", .badStatus),
        ("HTTP/1.1 1x1 x\r\n", .badStatus), ("HTTP/1.1 101\r\n", .badStatus),
        ("HTTP/1.1 101\tx\r\n", .badStatus),
        ("HTTP/1.1 101 x\n", .bareLineFeed), ("HTTP/1.1 101 x\r\r\n", .bareCarriageReturn),
        ("HTTP/1.1 101 a phrase with \u{0} in it\r\n", .badReasonPhrase),
        ("HTTP/1.1 101 \u{7f}\r\n", .badReasonPhrase),
        ("HTTP/1.1 101 x\r\n A: b\r\n", .foldedLine),
        ("HTTP/1.1 101 x\r\nA: b\r\n\tc\r\n", .foldedLine),
        ("HTTP/1.1 101 x\r\nA : b\r\n", .spaceBeforeColon),
        ("HTTP/1.1 101 x\r\n: b\r\n", .badFieldName), ("HTTP/1.1 101 x\r\nA\r\n", .badFieldName),
        ("HTTP/1.1 101 x\r\nA: b\nC: d\r\n", .bareLineFeed),
        ("HTTP/1.1 101 x\r\nA: b\rC: d\r\n", .bareCarriageReturn),
        ("HTTP/1.1 101 x\r\nA: a value with \u{1} in it\r\n", .badFieldValue),
        ("HTTP/1.1 101 x\r\nA: b\r\n\n", .bareLineFeed),
        ("HTTP/1.1 101 x\r\nA: b\r\n\rX", .bareCarriageReturn),
    ]

    @Test(arguments: bad)
    func refused(head: Wire, flaw: HeadFlaw) {
        check(head.text, .malformed(reason: flaw.reason))
    }

    @Test func limits() {
        let text = "HTTP/1.1 101 x\r\nA: bbbb\r\n\r\n"
        let bytes = Array(text.utf8)
        let whole = ResponseHeadParser.Progress.complete(byteCount: bytes.count)
        #expect(outcome(bytes, growing: 1...bytes.count, limit: bytes.count) == whole)
        let tooLong = ResponseHeadParser.Progress.malformed(reason: HeadFlaw.headTooLong.reason)
        for limit in 1..<bytes.count {
            #expect(outcome(bytes, growing: [bytes.count], limit: limit) == tooLong)
            #expect(outcome(bytes, growing: 1...limit, limit: limit) == tooLong)
        }
        func head(_ count: Int) -> [UInt8] {
            Array(("HTTP/1.1 101 x\r\n" + String(repeating: "a: b\r\n", count: count)).utf8)
                + Array("\r\n".utf8)
        }
        // As many fields as a request of that size may have.
        for (limit, count) in [(4096, 100), (8192, 128), (16_384, 256)] {
            let (most, more) = (head(count), head(count + 1))
            let complete = ResponseHeadParser.Progress.complete(byteCount: most.count)
            #expect(outcome(most, growing: [most.count], limit: limit) == complete)
            let tooMany = ResponseHeadParser.Progress.malformed(
                reason: HeadFlaw.tooManyFields.reason)
            #expect(outcome(more, growing: [more.count], limit: limit) == tooMany)
        }
    }

    /// Each of the 256 bytes at each place of the status line.
    @Test func everyByteOfTheStatusLine() {
        let line = Array("HTTP/1.1 234 x\r\n\r\n".utf8)
        let digits = Set("0123456789".utf8)
        for place in line.indices {
            let allowed: Set<UInt8> =
                switch place {
                case 7: Set("01".utf8)
                case 9: Set("12345".utf8)
                case 10, 11: digits
                case 13: Set<UInt8>(0x20...0x7E).union(0x80...0xFF).union([0x09])
                case 16: Set([0x0D])
                default: [line[place]]
                }
            for byte in 0...255 as ClosedRange<UInt8> {
                var bytes = line
                bytes[place] = byte
                let isAccepted = outcome(bytes, growing: [bytes.count]) == .complete(byteCount: 18)
                #expect(isAccepted == allowed.contains(byte), "\(byte) at \(place)")
            }
        }
    }

    @Test func fields() throws {
        let head = try #require(
            parseResponseHead(
                "HTTP/1.1 200 OK\r\nA: 1\r\nb: x, y\r\na:  2 \r\nB: z\r\n\r\n"))
        #expect(head.fieldCount == 4 && head.count(of: "A") == 2)
        #expect(head.header("a") == "1, 2" && head.headerValues("A") == ["1", "2"])
        #expect(head.listMembers("B") == ["x", "y", "z"] && head.list("b", contains: "Y"))
        #expect(head.header("c") == nil)
    }

    @Test func base64() {
        var random = SeededRandom(64)
        for count in 0...40 {
            let bytes = random.bytes(count)
            var text = [UInt8](repeating: 0, count: (count + 2) / 3 * 4)
            var span = text.mutableSpan
            Base64.encode(bytes.span, into: &span)
            let encoded = String(decoding: text, as: UTF8.self)
            #expect(encoded == Data(bytes).base64EncodedString())
        }
    }
}
