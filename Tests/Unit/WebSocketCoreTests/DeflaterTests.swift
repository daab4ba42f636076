// Compression: an independent peer can read it, within the window that it allows.

import Testing
import WireKit

@testable import WebSocketCore

/// The header at the beginning of `bytes`; nil if they are not exactly one frame.
func headerOfOneFrame(_ bytes: [UInt8]) -> FrameHeader? {
    FrameHeader.frameByteCount(bytes.span) == bytes.count ? FrameHeader.parse(bytes.span) : nil
}

@Suite struct DeflaterTests {
    private func deflate(_ message: [UInt8], _ deflater: inout Deflater) -> [UInt8] {
        var output = ByteBuffer()
        output.append("before")
        deflater.deflate(message.span, into: &output)
        #expect(output.span.array.starts(with: Array("before".utf8)))
        return Array(output.span.array[6...])
    }

    /// RFC 7692 §7.2.3.1 and §7.2.3.6.
    @Test func examples() {
        var deflater = Deflater()
        let hello = Array("Hello".utf8)
        #expect(deflate(hello, &deflater) == [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00])
        #expect(deflate([], &deflater) == [0x00])
        #expect(deflate(hello, &deflater) == [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00])
    }

    static let sizes =
        Array(0...70) + [
            100, 125, 126, 127, 255, 256, 257, 511, 512, 513, 1000, 4096, 5000, 40_000,
        ]

    @Test(arguments: 9...15, [1, 6, 9])
    func roundTrips(windowBits: Int, level: Int) throws {
        var random = SeededRandom(UInt64(windowBits * 10 + level))
        var deflater = Deflater(
            windowBits: windowBits, level: level, memoryLevel: 1 + windowBits % 9)
        var run = InflateRun()
        for sample in Sample.allCases {
            for size in Self.sizes {
                let message = sample.bytes(size, &random)
                let payload = deflate(message, &deflater)
                #expect(payload == deflate(message, &deflater), "nothing is remembered")
                #expect(try run.inflate(payload).get() == message)
                if size <= 5000 {
                    #expect(referenceInflate(payload, windowBits: windowBits) == message)
                }
            }
        }
    }

    /// Frames of every length of header, plain and masked, read by the other side's decoder.
    @Test(arguments: [nil, 0x1234_5678] as [UInt32?])
    func frames(maskingKey: UInt32?) throws {
        var random = SeededRandom(3)
        var deflater = Deflater()
        let sizes = Self.sizes + [200, 300, 65_535, 65_536, 70_000, 140_000, 200_000, 300_000]
        for sample in Sample.allCases {
            for size in sizes {
                let message = sample.bytes(size, &random)
                var output = ByteBuffer()
                output.append("ab")
                output.removeFirst(2)
                output.append("before")
                let isCompressed = deflater.appendFrame(
                    .text, message.span, maskingKey: maskingKey, to: &output)
                let wire = Array(output.span.array[6...])
                try check(wire, is: message, isCompressed, isMasked: maskingKey != nil)
                if sample == .random { #expect(!isCompressed) }
                if sample == .zeros { #expect(isCompressed || size < 8) }
                #expect(output.capacity <= max(64, 2 * (size + 64)))
            }
        }
    }

    /// A frame read by the peer's decoder and inflater.
    private func check(
        _ wire: [UInt8], is message: [UInt8], _ isCompressed: Bool, isMasked: Bool
    ) throws {
        let header = try #require(headerOfOneFrame(wire))
        #expect(header.isMasked == isMasked && header.lengthIsMinimal && header.isFinal)
        #expect(header.reservedBits == (isCompressed ? 4 : 0) && header.opcode == .text)
        var payload = Array(wire[header.byteCount...])
        var span = payload.mutableSpan
        Masking.apply(header.maskingKey, to: &span)
        if isCompressed {
            #expect(payload.count < message.count, "compressed only if that is shorter")
            var run = InflateRun()
            #expect(try run.inflate(payload).get() == message)
        } else {
            #expect(payload == message)
        }
    }

    /// Each window that a peer can ask for, with messages around its size.
    @Test(arguments: 8...15)
    func pool(windowBits: Int) throws {
        var random = SeededRandom(UInt64(windowBits))
        var pool = DeflaterPool()
        let window = 1 << windowBits
        for size in [0, 1, 63, 64, 65, 256, 257, window - 1, window, window + 1, 2 * window + 77] {
            for sample in [Sample.chat, .zeros, .fewSymbols] {
                // The same half twice, so that the end can refer to the beginning.
                let half = sample.bytes(size / 2, &random)
                let message = half + half + [UInt8](repeating: 1, count: size % 2)
                var output = ByteBuffer()
                let isCompressed = pool.appendFrame(
                    .binary, message.span, windowBits: windowBits, to: &output)
                let header = try #require(headerOfOneFrame(output.span.array))
                let payload = Array(output.span.array[header.byteCount...])
                #expect(header.reservedBits == (isCompressed ? 4 : 0))
                if isCompressed {
                    #expect(referenceInflate(payload, windowBits: windowBits) == message)
                } else {
                    #expect(payload == message)
                    #expect(size < 64 || (windowBits == 8 && size > 256))
                }
                var masked = ByteBuffer()
                pool.appendFrame(
                    .binary, message.span, windowBits: windowBits, maskingKey: 0x0102_0304,
                    to: &masked)
                let maskedHeader = try #require(headerOfOneFrame(masked.span.array))
                #expect(maskedHeader.maskingKey == 0x0102_0304)
                #expect(maskedHeader.payloadByteCount == header.payloadByteCount)
            }
        }
    }

    @Test func memory() {
        #expect(Deflater().memoryByteCount == 153_520)
        #expect(Deflater(windowBits: 9, memoryLevel: 1).memoryByteCount < 10_000)
    }
}
