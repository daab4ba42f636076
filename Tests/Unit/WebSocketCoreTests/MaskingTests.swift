// Word-wise masking against the sentence of RFC 6455 §5.3, byte by byte.

import Testing
import WireKit

@testable import WebSocketCore

/// The octets of a key in the order of the wire.
func octets(_ key: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: key >> $0) }
}

/// "Octet i of the transformed data is the XOR of octet i of the original data with octet at index
/// i modulo 4 of the masking key."
func naiveMask(_ bytes: [UInt8], _ key: UInt32, from start: Int = 0) -> [UInt8] {
    bytes.enumerated().map { $0.element ^ octets(key)[($0.offset + start) % 4] }
}

@Suite struct MaskingTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func everyLengthAtEveryOffset(seed: UInt64) {
        var random = SeededRandom(seed)
        for length in Array(0...100) + [127, 128, 129, 191, 192, 255, 256, 1000] {
            let key = UInt32.random(in: .min ... .max, using: &random)
            let offset = Int.random(in: 0..<16, using: &random)
            let original = random.bytes(offset + length + 3)
            var bytes = original
            let range = offset..<offset + length
            var span = bytes.mutableSpan
            let isASCII = span.unmask(range, key)
            let expected = naiveMask(Array(original[range]), key)
            #expect(Array(bytes[range]) == expected, "length \(length), offset \(offset)")
            #expect(isASCII == expected.allSatisfy { $0 < 0x80 })
            #expect(bytes[..<offset] == original[..<offset])
            #expect(bytes[(offset + length)...] == original[(offset + length)...])
        }
    }

    @Test func asciiIsSeenWhereverTheOtherByteStands() {
        for length in [1, 3, 4, 7, 8, 15, 16, 31, 33, 79, 80, 81, 144, 200] {
            for place in 0..<length {
                var text = [UInt8](repeating: 0x41, count: length)
                text[place] = 0x80
                var masked = naiveMask(text, 0xA1B2_C3D4)
                var span = masked.mutableSpan
                let isASCII = span.unmask(0..<length, 0xA1B2_C3D4)
                #expect(!isASCII, "place \(place) of \(length)")
            }
            var masked = naiveMask([UInt8](repeating: 0x7F, count: length), 0xA1B2_C3D4)
            var span = masked.mutableSpan
            let isASCII = span.unmask(0..<length, 0xA1B2_C3D4)
            #expect(isASCII)
        }
    }

    @Test(arguments: [4, 5] as [UInt64])
    func keyRotatesOverPieces(seed: UInt64) {
        var random = SeededRandom(seed)
        for _ in 0..<200 {
            let key = UInt32.random(in: .min ... .max, using: &random)
            let bytes = random.bytes(Int.random(in: 0...300, using: &random))
            var buffer = ByteBuffer()
            var rotated = key
            for piece in random.cut(bytes, longest: 90) {
                _ = buffer.append(unmasking: piece.span, rotated)
                rotated = Masking.rotated(rotated, by: piece.count)
            }
            #expect(buffer.span.array == naiveMask(bytes, key))
        }
    }

    @Test func applyIsItsOwnInverse() {
        var random = SeededRandom(6)
        let original = random.bytes(333)
        var bytes = original
        var span = bytes.mutableSpan
        Masking.apply(0x0102_0304, to: &span)
        #expect(bytes == naiveMask(original, 0x0102_0304))
        span = bytes.mutableSpan
        Masking.apply(0x0102_0304, to: &span)
        #expect(bytes == original)
    }
}
