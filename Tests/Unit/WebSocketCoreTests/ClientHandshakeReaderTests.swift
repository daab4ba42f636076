// Answers other than 101, interim heads, and damaged answers.

import Testing
import WireKit

@testable import WebSocketCore

@Suite struct ClientHandshakeReaderTests {
    /// A reader's result for `answer`, which must be the same whole and byte by byte.
    private func error(
        _ answer: String, isAtEnd: Bool = false, limit: Int = 8192
    ) throws -> ClientHandshakeError? {
        let bytes = Array(answer.utf8)
        var outcomes: [ClientHandshakeError?] = []
        for lengths in [[bytes.count], Array(0...bytes.count)] {
            var reader = ClientHandshakeReader(
                try ClientHandshakeTests.handshake(), headByteLimit: limit)
            var outcome: ClientHandshakeError?
            for length in lengths where outcome == nil {
                let received = Array(bytes[..<length])
                let isLast = isAtEnd && length == bytes.count
                do throws(ClientHandshakeError) {
                    _ = try reader.read(received.span, isAtEnd: isLast)
                } catch {
                    outcome = error
                }
            }
            outcomes.append(outcome)
        }
        #expect(outcomes[0] == outcomes[1])
        return outcomes[0]
    }

    private func refusal(_ head: String, _ body: String) throws -> ClientHandshakeError {
        .refused(try #require(parseResponseHead(head)), body: body)
    }

    @Test func interimHeadsArePassedOver() throws {
        let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
        let answer = interim + ClientHandshakeTests.good
        var reader = ClientHandshakeReader(try ClientHandshakeTests.handshake())
        for length in 0...answer.utf8.count {
            let received = Array(answer.utf8.prefix(length))
            let result = try reader.read(received.span)
            #expect((result == nil) == (length < answer.utf8.count))
            if let result { #expect(result.byteCount == answer.utf8.count) }
        }
        let tooMany = String(repeating: "HTTP/1.1 102 x\r\n\r\n", count: 500)
        let expected = ClientHandshakeError.malformedResponse(reason: HeadFlaw.headTooLong.reason)
        #expect(try error(tooMany) == expected)
    }

    @Test func refusalsAreQuoted() throws {
        let counted = "HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\n"
        #expect(try error(counted + "Hel") == nil, "the rest is waited for")
        #expect(try error(counted + "Hello") == refusal(counted, "Hello"))
        #expect(try error(counted + "Hello and more") == refusal(counted, "Hello"))
        #expect(try error(counted + "Hel", isAtEnd: true) == refusal(counted, "Hel"))
        let chunked = "HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(try error(chunked + "3\r\nHel\r\n2\r\nl") == nil)
        #expect(
            try error(chunked + "3\r\nHel\r\n2\r\nlo\r\n0\r\n\r\n") == refusal(chunked, "Hello"))
        #expect(try error(chunked + "3\r\nHelX") == refusal(chunked, "Hel"), "as far as it goes")
        #expect(try error(chunked + "ffff\r\nHe", isAtEnd: true) == refusal(chunked, "He"))
        let closed = "HTTP/1.0 400 \r\n\r\n"
        #expect(try error(closed + "Hello") == nil)
        #expect(try error(closed + "Hello", isAtEnd: true) == refusal(closed, "Hello"))
        let empty = "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"
        #expect(try error(empty) == refusal(empty, ""))
        let none = "HTTP/1.1 204 No Content\r\n\r\n"
        #expect(try error(none + "stray") == refusal(none, ""))
    }

    /// Of a refusal's body at most a KiB is kept, and characters are not cut.
    @Test func quotesAreBounded() throws {
        for framing in ["Content-Length: 100000", "X: y", "Content-Length: nonsense"] {
            let head = "HTTP/1.1 500 x\r\n\(framing)\r\n\r\n"
            let body = String(repeating: "x", count: 1024)
            #expect(try error(head + body.dropLast()) == nil)
            #expect(try error(head + body) == refusal(head, body))
            #expect(try error(head + body + body) == refusal(head, body))
            let greek = String(repeating: "κ", count: 511)
            #expect(try error(head + "x" + greek + "κκ") == refusal(head, "x" + greek))
        }
        let head = "HTTP/1.1 500 x\r\nTransfer-Encoding: chunked\r\n\r\n"
        let chunk = "400\r\n" + String(repeating: "x", count: 1024)
        #expect(try error(head + chunk) == refusal(head, String(repeating: "x", count: 1024)))
    }

    @Test func endsAndLimits() throws {
        let good = ClientHandshakeTests.good
        #expect(try error("", isAtEnd: true) == .endOfStream)
        #expect(try error(String(good.dropLast(1)), isAtEnd: true) == .endOfStream)
        #expect(try error(good, isAtEnd: true) == nil)
        #expect(try error(good, limit: good.utf8.count) == nil)
        let tooLong = ClientHandshakeError.malformedResponse(reason: HeadFlaw.headTooLong.reason)
        #expect(try error(good, limit: good.utf8.count - 1) == tooLong)
        #expect(
            try error("SSH-2.0-OpenSSH\r\n")
                == .malformedResponse(reason: HeadFlaw.notAResponse.reason))
    }

    /// Damaged answers give the same result however they are cut, and only the right accept value
    /// is accepted.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func damage(seed: UInt64) throws {
        var random = SeededRandom(seed)
        for _ in 0..<20 {
            var bytes = Array(ClientHandshakeTests.good.utf8)
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] =
                    [0x00, 0x09, 0x0A, 0x0D, 0x20, 0x2C, 0x3A, 0x41, 0x7F]
                    .randomElement(using: &random)!
            }
            _ = try error(String(decoding: bytes, as: UTF8.self), isAtEnd: true)
        }
    }
}
