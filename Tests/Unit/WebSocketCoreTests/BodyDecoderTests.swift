// Bodies, plain and chunked, at every split.

import Testing
import WireKit

@testable import WebSocketCore

@Suite struct BodyDecoderTests {
    private struct Outcome: Equatable {
        var body: [UInt8]
        var progress: BodyDecoder.Progress
        /// How many bytes were consumed, all pieces together.
        var consumed: Int
    }

    private func decode(_ framing: BodyFraming, _ pieces: [[UInt8]], limit: Int = 1000) -> Outcome {
        var decoder = BodyDecoder(framing)
        var body = ByteBuffer()
        var progress = BodyDecoder.Progress.needsMore
        var consumed = 0
        for piece in pieces {
            var position = 0
            progress = decoder.next(piece.span, from: &position, into: &body, limit: limit)
            consumed += position
            if progress != .needsMore { break }
            #expect(position == piece.count, "all is consumed while there is more to come")
        }
        return Outcome(body: body.span.array, progress: progress, consumed: consumed)
    }

    /// Checks that the outcome is the same whole, byte by byte, and at every cut.
    private func check(
        _ framing: BodyFraming, _ wire: String, limit: Int = 1000, _ isRight: (Outcome) -> Bool
    ) {
        let bytes = Array(wire.utf8)
        let whole = decode(framing, [bytes], limit: limit)
        #expect(isRight(whole), "\(whole)")
        let single = decode(framing, bytes.map { [$0] }, limit: limit)
        #expect(single.progress == whole.progress && single.body == whole.body, "byte by byte")
        for cut in 0...bytes.count {
            let pieces = [Array(bytes[..<cut]), Array(bytes[cut...])]
            let outcome = decode(framing, pieces, limit: limit)
            #expect(outcome == whole, "cut at \(cut)")
        }
    }

    @Test func contentLength() {
        check(.contentLength(5), "helloGET /") {
            $0 == Outcome(body: Array("hello".utf8), progress: .complete, consumed: 5)
        }
        check(.contentLength(6), "hello") {
            $0 == Outcome(body: Array("hello".utf8), progress: .needsMore, consumed: 5)
        }
        #expect(decode(.none, [Array("GET".utf8)]).consumed == 0)
        #expect(decode(.none, [[]]).progress == .complete)
        #expect(decode(.contentLength(0), [[]]).progress == .complete)
    }

    @Test func contentLengthOverTheLimit() {
        for pieces in [[[]], [[1, 2, 3]]] as [[[UInt8]]] {
            guard
                case .rejected(let rejection) = decode(.contentLength(11), pieces, limit: 10)
                    .progress
            else {
                Issue.record("accepted")
                continue
            }
            #expect(rejection.status == .contentTooLarge)
        }
        let exact = decode(.contentLength(10), [[UInt8](repeating: 1, count: 10)], limit: 10)
        #expect(exact.progress == .complete)
    }

    /// The bytes on the wire, and their body.
    static let good: [(Wire, Wire)] = [
        ("0\r\n\r\n", ""),
        ("5\r\nhello\r\n0\r\n\r\n", "hello"),
        ("5\r\nhello\r\n6\r\n world\r\n000\r\n\r\n", "hello world"),
        ("A\r\n0123456789\r\n0a\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789"),
        ("1;a=b;c=\"d\"\r\nx\r\n0;z\r\n\r\n", "x"),
        ("1 \t\r\nx\r\n0 ; z\r\n\r\n", "x"),
        ("1\r\nx\r\n0\r\nTrailer: dropped\r\nAnother: too\r\n\r\n", "x"),
        ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
    ]

    @Test(arguments: good)
    func chunked(wire: Wire, body: Wire) {
        let expected = Outcome(
            body: body.bytes, progress: .complete, consumed: wire.bytes.count)
        check(.chunked, wire.text) { $0 == expected }
        check(.chunked, wire.text + "GET / HTTP/1.1") { $0 == expected }
        for count in 0..<wire.bytes.count {
            let start = Array(wire.bytes.prefix(count))
            #expect(decode(.chunked, [start]).progress == .needsMore)
        }
    }

    static let bad: [Wire] = [
        "\r\n", "g\r\n", "-1\r\n", "+1\r\n", "0x1\r\n", " 1\r\n", "1\nx\r\n", "1\rx",
        "1\r\nxy\r\n", "1\r\nx\n0\r\n\r\n", "1\r\nx0\r\n\r\n", "1 2\r\n", "1;a\nx",
        "1;a\u{0}\r\nx", "0\r\nA: b\n\r\n", "0\r\n\n", "0\r\n\rx", "0\r\nA\u{0}: b\r\n\r\n",
        "0000000000000001\r\nx",
    ]

    @Test(arguments: bad)
    func malformed(wire: Wire) {
        check(.chunked, wire.text) {
            guard case .rejected(let rejection) = $0.progress else { return false }
            return rejection.status == .badRequest
        }
    }

    @Test(
        arguments: ["B\r\n", "5\r\nhello\r\n6\r\n", "fffffffffffffff", "7ffffffff\r\n"] as [Wire])
    func chunksOverTheLimit(wire: Wire) {
        check(.chunked, wire.text, limit: 10) {
            guard case .rejected(let rejection) = $0.progress else { return false }
            return rejection.status == .contentTooLarge
        }
    }

    @Test(arguments: ["1;", "0\r\nTrailer: "] as [Wire])
    func overheadIsBounded(start: Wire) {
        let padding = [UInt8](repeating: 0x61, count: BodyDecoder.overheadLimit + 1)
        let outcome = decode(.chunked, [start.bytes + padding])
        guard case .rejected(let rejection) = outcome.progress else {
            Issue.record("accepted")
            return
        }
        #expect(rejection.status == .badRequest)
    }

    /// Extensions in many small chunks are bounded as well as in one.
    @Test func overheadIsBoundedOverAllChunks() {
        let chunk = Array("1;aaaaaaaaaaaaaaa\r\nx\r\n".utf8)
        let wire = Array(repeatElement(chunk, count: 400).joined())
        guard case .rejected = decode(.chunked, [wire]).progress else {
            Issue.record("accepted")
            return
        }
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func whatWeWriteInChunksWeRead(seed: UInt64) {
        var random = SeededRandom(seed)
        let body = random.bytes(2000)
        var wire = ByteBuffer()
        for piece in random.cut(body, longest: 300) { wire.appendChunk(piece.span) }
        wire.appendLastChunk()
        let pieces = random.cut(wire.span.array, longest: 50)
        let outcome = decode(.chunked, pieces, limit: 2000)
        #expect(outcome == Outcome(body: body, progress: .complete, consumed: wire.count))
    }
}
