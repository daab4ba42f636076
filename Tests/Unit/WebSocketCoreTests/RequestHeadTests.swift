// Request heads: every rule of RFC 9112 that we follow, whole, byte by byte, and in two pieces.

import Testing
import WireKit

@testable import WebSocketCore

@Suite struct RequestHeadParserTests {
    /// The final result of a new parser, when the head grows by the given lengths.
    private func outcome(
        _ bytes: [UInt8], growing lengths: some Sequence<Int>, limit: Int = 8192
    ) -> RequestHeadParser.Progress {
        var parser = RequestHeadParser()
        var progress = RequestHeadParser.Progress.incomplete
        var scanned: UInt32 = 0
        for length in lengths {
            let received = Array(bytes[..<length])
            progress = parser.parse(received.span, limit: limit)
            #expect(parser.scanned >= scanned, "never back")
            scanned = parser.scanned
            if progress != .incomplete { break }
            #expect(Int(scanned) == length, "everything new was looked at")
        }
        return progress
    }

    private func check(_ text: String, _ expected: RequestHeadParser.Progress) {
        let bytes = Array(text.utf8)
        #expect(outcome(bytes, growing: [bytes.count]) == expected, "whole")
        #expect(outcome(bytes, growing: 1...bytes.count) == expected, "byte by byte")
        for cut in 1..<bytes.count {
            #expect(outcome(bytes, growing: [cut, bytes.count]) == expected, "cut at \(cut)")
        }
    }

    static let good: [Wire] = [
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /a/b?c=d|e^f&g={} HTTP/1.1\r\nHost: a\r\nX:\r\nY: \t \r\nZ:a:b\r\n\r\n",
        "M-SEARCH /%20 HTTP/1.1\r\n!#$%&'*+-.^_`|~09azAZ: v\r\n\r\n",
        "GET http://example.com HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET HTTPS://example.com:443/x HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET wss://example.com?q HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://[2001:db8::7]:8080/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET ws://a:/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET ws://a:65535 HTTP/1.1\r\nHost: a\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "\r\nOPTIONS * HTTP/1.0\r\n\r\n",
        "GET /%63hat%2F?100%&%zz HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nX: tab\tinside and a long value with \u{e9} beyond ASCII\r\n\r\n",
    ]

    @Test(arguments: good)
    func accepted(_ head: Wire) {
        let text = head.text
        check(text, .complete(byteCount: text.utf8.count))
        check(text + "more", .complete(byteCount: text.utf8.count))
    }

    static let bad: [(Wire, RequestHeadParser.Flaw)] = [
        ("\u{16}\u{03}\u{01}", .isTLS),
        (" GET / HTTP/1.1\r\n", .notHTTP),
        ("\r\n\r\nGET / HTTP/1.1\r\n", .notHTTP),
        ("\rGET / HTTP/1.1\r\n", .bareCarriageReturn),
        ("\nGET / HTTP/1.1\r\n", .notHTTP),
        ("GET\t/ HTTP/1.1\r\n", .notHTTP),
        ("GET\r\n", .notHTTP),
        ("GET  / HTTP/1.1\r\n", .badTarget),
        ("GET /a b HTTP/1.1\r\n", .badVersion),
        ("GET /a#b HTTP/1.1\r\n", .badTarget),
        ("GET /\"a HTTP/1.1\r\n", .badTarget),
        ("GET /\u{e9} HTTP/1.1\r\n", .badTarget),
        ("GET /\u{7f} HTTP/1.1\r\n", .badTarget),
        ("GET /\r\n", .versionMissing),
        ("GET /\n", .versionMissing),
        ("GET /  HTTP/1.1\r\n", .badVersion),
        ("GET / HTTP/1.1 \r\n", .badVersion),
        ("GET / http/1.1\r\n", .badVersion),
        ("GET / HTTP/1\r\n", .badVersion),
        ("GET / HTTP/1.x\r\n", .badVersion),
        ("GET / HTTP/x.1\r\n", .badVersion),
        ("GET / HTTP/1.11\r\n", .badVersion),
        ("GET / HTTP/1.2\r\n", .unsupportedVersion),
        ("GET / HTTP/2.0\r\n", .unsupportedVersion),
        ("GET / HTTP/0.9\r\n", .unsupportedVersion),
        ("PRI * HTTP/2.0\r\n", .unsupportedVersion),
        ("GET / HTTP/1.1\nHost: a\r\n", .bareLineFeed),
        ("GET / HTTP/1.1\rHost: a\r\n", .bareCarriageReturn),
        ("GET * HTTP/1.1\r\n", .badTargetForm),
        ("GET chat HTTP/1.1\r\n", .badTargetForm),
        ("POST * HTTP/1.1\r\n", .badTargetForm),
        ("OPTIONS ** HTTP/1.1\r\n", .badTargetForm),
        ("OPTIONS *?a HTTP/1.1\r\n", .badTargetForm),
        ("GET http:///x HTTP/1.1\r\n", .badAuthority),
        ("GET http:// HTTP/1.1\r\n", .badAuthority),
        ("GET ws://:80/ HTTP/1.1\r\n", .badAuthority),
        ("GET ws://?a HTTP/1.1\r\n", .badAuthority),
        ("GET ws://a:65536/ HTTP/1.1\r\n", .badAuthority),
        ("GET ws://a:99999999999999999999/ HTTP/1.1\r\n", .badAuthority),
        ("GET ws://a:8o/ HTTP/1.1\r\n", .badAuthority),
        ("GET ws://a:1:2/ HTTP/1.1\r\n", .badAuthority),
        ("GET ws://ann@a/ HTTP/1.1\r\n", .badAuthority),
        ("GET ws://a:x@b/ HTTP/1.1\r\n", .badAuthority),
        ("GET ws://@a/ HTTP/1.1\r\n", .badAuthority),
        ("GET ws://[::1/ HTTP/1.1\r\n", .badAuthority),
        ("GET ws://[::1::]/ HTTP/1.1\r\n", .badAuthority),
        ("GET ws://[::1]b/ HTTP/1.1\r\n", .badAuthority),
        ("GET ws://a,b/ HTTP/1.1\r\n", .badAuthority),
        ("GET ws://a%2/ HTTP/1.1\r\n", .badAuthority),
        ("GET /% HTTP/1.1\r\n", .badPercentEncoding),
        ("GET /%4 HTTP/1.1\r\n", .badPercentEncoding),
        ("GET /%4g?a HTTP/1.1\r\n", .badPercentEncoding),
        ("GET /a%%20 HTTP/1.1\r\n", .badPercentEncoding),
        ("GET ws://a/%zz HTTP/1.1\r\n", .badPercentEncoding),
        ("CONNECT / HTTP/1.1\r\n", .connect),
        ("CONNECT http://a/ HTTP/1.1\r\n", .connect),
        ("GET ftp://a/x HTTP/1.1\r\n", .badTargetForm),
        ("CONNECT a:443 HTTP/1.1\r\n", .connect),
        ("GET a:443 HTTP/1.1\r\n", .badTargetForm),
        ("GET / HTTP/1.1\r\n Host: a\r\n", .foldedLine),
        ("GET / HTTP/1.1\r\nX: a\r\n b\r\n", .foldedLine),
        ("GET / HTTP/1.1\r\nX: a\r\n\tb\r\n", .foldedLine),
        ("GET / HTTP/1.1\r\nHost : a\r\n", .spaceBeforeColon),
        ("GET / HTTP/1.1\r\nHost\t: a\r\n", .spaceBeforeColon),
        ("GET / HTTP/1.1\r\n: a\r\n", .badFieldName),
        ("GET / HTTP/1.1\r\nHost\r\n", .badFieldName),
        ("GET / HTTP/1.1\r\nH(st: a\r\n", .badFieldName),
        ("GET / HTTP/1.1\r\nH\u{e9}: a\r\n", .badFieldName),
        ("GET / HTTP/1.1\r\nX: a\nY: b\r\n", .bareLineFeed),
        ("GET / HTTP/1.1\r\nX: a\rY: b\r\n", .bareCarriageReturn),
        ("GET / HTTP/1.1\r\nX: a long value with \u{0} in it\r\n", .badFieldValue),
        ("GET / HTTP/1.1\r\nX: a long value with \u{7f} in it\r\n", .badFieldValue),
        ("GET / HTTP/1.1\r\nX: \u{8}\r\n", .badFieldValue),
        ("GET / HTTP/1.1\r\nX: a\r\n\n", .bareLineFeed),
        ("GET / HTTP/1.1\r\nX: a\r\n\rX", .bareCarriageReturn),
    ]

    @Test(arguments: bad)
    func refused(head: Wire, flaw: RequestHeadParser.Flaw) {
        check(head.text, .rejected(flaw.rejection))
    }

    @Test func refusesForGood() {
        var parser = RequestHeadParser()
        let bytes = Array(" GET / HTTP/1.1\r\n\r\n".utf8)
        let first = parser.parse(bytes.span, limit: 8192)
        let second = parser.parse(bytes.span, limit: 8192)
        #expect(first == .rejected(RequestHeadParser.Flaw.notHTTP.rejection) && first == second)
    }

    /// The number of fields follows the bytes that a head may have, however many it has.
    @Test(arguments: [(2000, 100), (6400, 100), (8192, 128), (16_384, 256), (1 << 20, 16_384)])
    func fieldLimit(byteLimit: Int, fieldLimit: Int) {
        func head(_ count: Int) -> [UInt8] {
            Array(("GET / HTTP/1.1\r\n" + String(repeating: "a:b\r\n", count: count) + "\r\n").utf8)
        }
        #expect(RequestHeadParser.fieldLimit(headByteLimit: byteLimit) == fieldLimit)
        let most = head(fieldLimit)
        let whole = outcome(most, growing: [most.count], limit: byteLimit)
        #expect(whole == .complete(byteCount: most.count))
        #expect(RequestHead(parsing: most.span).fieldCount == fieldLimit)
        let tooMany = head(fieldLimit + 1)
        let expected = RequestHeadParser.Progress.rejected(
            RequestHeadParser.Flaw.tooManyFields.rejection)
        #expect(outcome(tooMany, growing: [tooMany.count], limit: byteLimit) == expected)
        guard fieldLimit < 1000 else { return }
        #expect(outcome(tooMany, growing: 1...tooMany.count, limit: byteLimit) == expected)
    }

    @Test func byteLimit() {
        let head = "GET / HTTP/1.1\r\nX: aaaa\r\n\r\n"
        let bytes = Array(head.utf8)
        let whole = outcome(bytes, growing: 1...bytes.count, limit: bytes.count)
        #expect(whole == .complete(byteCount: bytes.count))
        for limit in 1..<bytes.count {
            let flaw: RequestHeadParser.Flaw = limit == 5 ? .targetTooLong : .headTooLong
            let expected = RequestHeadParser.Progress.rejected(flaw.rejection)
            #expect(outcome(bytes, growing: [bytes.count], limit: limit) == expected, "\(limit)")
            #expect(outcome(bytes, growing: 1...limit, limit: limit) == expected, "\(limit)")
        }
    }

    /// Each of the 256 bytes in each part of a head, against the character lists of RFC 9110.
    @Test func everyByteInEveryPlace() {
        let alphanumeric = Set(
            Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8))
        let token = alphanumeric.union(Array("!#$%&'*+-.^_`|~".utf8))
        let value = Set<UInt8>(0x20...0x7E).union(0x80...0xFF).union([0x09])
        let target = Set<UInt8>(0x21...0x7E).subtracting(Array("\"<>#".utf8))
        func accepts(_ before: String, _ byte: UInt8, _ after: String) -> Bool {
            let bytes = Array(before.utf8) + [byte] + Array(after.utf8)
            var parser = RequestHeadParser()
            if case .complete = parser.parse(bytes.span, limit: 8192) { return true }
            return false
        }
        for byte in 0...255 as ClosedRange<UInt8> {
            #expect(accepts("G", byte, "T / HTTP/1.1\r\n\r\n") == token.contains(byte), "\(byte)")
            #expect(
                accepts("GET /?", byte, " HTTP/1.1\r\n\r\n") == target.contains(byte), "\(byte)")
            // A percent sign in a path begins an encoding.
            let inPath = accepts("GET /", byte, "? HTTP/1.1\r\n\r\n")
            #expect(inPath == (target.contains(byte) && byte != 0x25), "\(byte)")
            let name = accepts("GET / HTTP/1.1\r\na", byte, "b: c\r\n\r\n")
            // A colon ends the name early, which is also valid.
            #expect(name == (token.contains(byte) || byte == 0x3A), "\(byte)")
            for length in 0...9 {
                let before = "GET / HTTP/1.1\r\na: " + String(repeating: "x", count: length)
                let isAccepted = accepts(before, byte, "xxxxxxxx\r\n\r\n")
                #expect(isAccepted == value.contains(byte), "\(byte) after \(length)")
            }
        }
    }

    @Test func everyFlawIsExplained() {
        var reasons: Set<String> = []
        for flaw in RequestHeadParser.Flaw.allCases {
            #expect([400, 414, 431, 501, 505].contains(flaw.rejection.status.rawValue))
            reasons.insert(flaw.rejection.reason)
        }
        #expect(reasons.count == RequestHeadParser.Flaw.allCases.count)
    }

    /// Random bytes give the same result however they are cut.
    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func mutatedHeadsAreJudgedTheSameHoweverCut(seed: UInt64) {
        var random = SeededRandom(seed)
        for _ in 0..<20 {
            var bytes = Array(HandshakeTests.good.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] = [0x00, 0x09, 0x0A, 0x0D, 0x20, 0x3A, 0x41, 0x7F, 0xFF]
                    .randomElement(using: &random)!
            }
            let whole = outcome(bytes, growing: [bytes.count])
            #expect(outcome(bytes, growing: 1...bytes.count) == whole)
            if case .complete(let byteCount) = whole {
                let head = RequestHead(parsing: bytes.span.extracting(first: byteCount))
                for index in 0..<head.fieldCount { #expect(!head.field(at: index).name.isEmpty) }
            }
        }
    }
}
