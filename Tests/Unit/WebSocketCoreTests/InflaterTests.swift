// Decompression: the examples of RFC 7692, damaged messages, bombs, and contexts that are kept.

import CZlib
import Testing
import WireKit

@testable import WebSocketCore

/// An inflater with an output: the inflated payload, or the violation.
struct InflateRun: ~Copyable {
    var inflater = Inflater()
    var output = ByteBuffer()
    var limits = InflateLimits(messageByteLimit: 1 << 20)

    init() { output.append("before") }

    mutating func inflate(
        _ payload: [UInt8], as opcode: Opcode = .binary
    ) -> Result<[UInt8], ProtocolViolation> {
        do throws(ProtocolViolation) {
            try inflater.inflate(payload.span, as: opcode, into: &output, limits: limits)
            return .success(taken())
        } catch {
            #expect(text(output) == "before", "nothing of a bad message stays")
            return .failure(error)
        }
    }

    mutating func inflate(
        _ payload: [UInt8], context: inout InflateContext
    ) throws -> [UInt8] {
        try inflater.inflate(
            payload.span, as: .binary, context: &context, into: &output, limits: limits)
        return taken()
    }

    private mutating func taken() -> [UInt8] {
        let message = Array(output.span.array[6...])
        output.removeLast(message.count)
        #expect(text(output) == "before")
        return message
    }
}

@Suite struct InflaterTests {
    static let hello = Array("Hello".utf8)

    /// RFC 7692 §7.2.3.1 and §7.2.3.3 to §7.2.3.6, and what else DEFLATE allows.
    static let examples: [(String, [UInt8], [UInt8])] = [
        ("one block", [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], hello),
        (
            "no compression",
            [0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00], hello
        ),
        ("BFINAL", [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00], hello),
        (
            "two blocks",
            [0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00], hello
        ),
        ("empty message", [0x00], []),
        ("empty block before the empty block", [0x00, 0x00, 0x00, 0xFF, 0xFF, 0x00], []),
        ("BFINAL twice", [0xF3, 0x48, 0x05, 0x00, 0xCB, 0xC9, 0xC9, 0x07, 0x00, 0x00], hello),
        (
            "a reference across BFINAL",
            [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0xF2, 0x00, 0x11, 0x00, 0x00],
            hello + hello
        ),
        ("BFINAL, and no empty block", [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], hello),
        ("the empty block itself is final", [0x01], []),
        ("empty fixed block", [0x02, 0x00], []),
    ]

    @Test(arguments: examples)
    func example(name: String, payload: [UInt8], message: [UInt8]) throws {
        var run = InflateRun()
        #expect(try run.inflate(payload, as: .text).get() == message)
        #expect(try run.inflate(payload).get() == message, "again, with the same inflater")
    }

    /// RFC 7692 §7.2.3.2: the second message refers to the first.
    @Test func sharedContext() throws {
        var run = InflateRun()
        let first: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
        let second: [UInt8] = [0xF2, 0x00, 0x11, 0x00, 0x00]
        var context = InflateContext(windowBits: 8)
        #expect(try run.inflate(first, context: &context) == Self.hello)
        #expect(try run.inflate(second, context: &context) == Self.hello)
        #expect(text(context.bytes) == "HelloHello")
        #expect(try run.inflate(first).get() == Self.hello)
        #expect(run.inflate(second) == .failure(ProtocolViolation(.invalidDeflate)), "no context")
    }

    static let corrupt: [(String, [UInt8])] = [
        ("reserved block type", [0x07]),
        ("reserved block type in the middle", [0xF2, 0x48, 0x05, 0x00, 0x06]),
        ("stored lengths that don't match", [0x00, 0x05, 0x00, 0xFA, 0xFE, 0x48]),
        ("stored block cut short", [0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65]),
        ("fixed block cut short", [0xF2, 0x48, 0xCD, 0xC9]),
        ("garbage behind BFINAL", [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x07]),
        ("unstripped end", [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00, 0x00, 0xFF, 0xFF]),
        ("a distance before the beginning", [0x4B, 0x44, 0x00]),
        ("gzip", [0x1F, 0x8B, 0x08, 0x00]),
        ("zlib", [0x78, 0x9C, 0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]),
        ("nothing", []),
    ]

    @Test(arguments: corrupt)
    func corrupted(name: String, payload: [UInt8]) throws {
        var run = InflateRun()
        let outcome = run.inflate(payload)
        #expect(outcome == .failure(ProtocolViolation(.invalidDeflate)))
        #expect(ProtocolViolation(.invalidDeflate).code == .invalidPayload)
        let good = Self.examples[0]
        #expect(try run.inflate(good.1).get() == good.2, "the inflater is as good as new")
    }

    @Test func textIsUTF8() throws {
        let deflater = ReferenceDeflater()
        for (bytes, isText) in [
            (Array("κόσμε".utf8), true), ([0xCE], false), ([0x61, 0xFF], false),
            ([UInt8](repeating: 0x61, count: 5000) + [0xC0, 0x80], false),
        ] {
            var run = InflateRun()
            let payload = deflater.message(bytes)
            deflater.reset()
            let expected: Result<[UInt8], ProtocolViolation> =
                isText ? .success(bytes) : .failure(ProtocolViolation(.invalidUTF8))
            #expect(run.inflate(payload, as: .text) == expected)
            #expect(try run.inflate(payload).get() == bytes)
        }
    }

    /// Every prefix, and random flipped bits: the output stays within its limit, and the message is
    /// refused or inflates to some message.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func damage(seed: UInt64) throws {
        var random = SeededRandom(seed)
        var run = InflateRun()
        run.limits.messageByteLimit = 4096
        let message = Sample.chat.bytes(Int.random(in: 1...600, using: &random), &random)
        let good = ReferenceDeflater().message(message)
        for length in 0..<good.count {
            if case .success(let part) = run.inflate(Array(good[..<length])) {
                #expect(message.starts(with: part) && part.count <= message.count)
            }
        }
        var refusedCount = 0
        for _ in 0..<300 {
            var bad = good
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bad[Int.random(in: 0..<bad.count, using: &random)] ^=
                    1 << UInt8.random(in: 0...7, using: &random)
            }
            switch run.inflate(bad) {
            case .success(let outcome): #expect(outcome.count <= 4096)
            case .failure: refusedCount += 1
            }
        }
        #expect(refusedCount > 0)
        #expect(try run.inflate(good).get() == message)
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func noise(seed: UInt64) {
        var random = SeededRandom(seed)
        var run = InflateRun()
        run.limits.messageByteLimit = 10_000
        for _ in 0..<500 {
            _ = run.inflate(random.bytes(Int.random(in: 0...100, using: &random)))
        }
        #expect(run.output.capacity <= 20_100)
    }
}
