// The validator against the standard library's, exhaustively at the boundaries and at random.

import Testing
import WireKit

@testable import WebSocketCore

@Suite struct UTF8ValidatorTests {
    private static func isUTF8(_ bytes: [UInt8]) -> Bool {
        String(validating: bytes, as: UTF8.self) != nil
    }

    /// Whether some text begins with `bytes`: one of these completions fits any unfinished
    /// character.
    private static func canGoOn(_ bytes: [UInt8]) -> Bool {
        let completions: [[UInt8]] = [
            [], [0x80], [0x80, 0x80], [0x80, 0x80, 0x80], [0xA0, 0x80], [0x90, 0x80, 0x80],
        ]
        return completions.contains { isUTF8(bytes + $0) }
    }

    /// Fails at the first wrong byte, and is complete exactly where the text is.
    private func check(_ bytes: [UInt8]) {
        var validator = UTF8Validator()
        for end in 1...bytes.count {
            let prefix = Array(bytes[..<end])
            let next = [bytes[end - 1]]
            let goesOn = validator.update(next.span)
            #expect(goesOn == Self.canGoOn(prefix), "\(prefix)")
            if goesOn { #expect(validator.isComplete == Self.isUTF8(prefix), "\(prefix)") }
            if !goesOn {
                let comesBack = validator.update(next.span)
                #expect(!comesBack, "no way back from \(prefix)")
                return
            }
        }
    }

    @Test func allSequencesOfTwo() {
        for first in 0...255 as ClosedRange<UInt8> {
            for second in 0...255 as ClosedRange<UInt8> {
                let bytes = [first, second]
                let answer = UTF8Validator.isValid(bytes.span)
                #expect(answer == Self.isUTF8(bytes), "\(bytes)")
            }
        }
    }

    private static let edges: [UInt8] = [
        0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF,
    ]

    @Test func sequencesOfThreeAtTheEdges() {
        for first in 0xC0...0xFF as ClosedRange<UInt8> {
            for second in Self.edges {
                for third in Self.edges { check([first, second, third]) }
            }
        }
    }

    @Test func sequencesOfFourAtTheEdges() {
        for first in [0xE0, 0xED, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF] as [UInt8] {
            for second in Self.edges {
                for third in [0x7F, 0x80, 0xBF, 0xC0] as [UInt8] {
                    for fourth in [0x7F, 0x80, 0xBF, 0xC0] as [UInt8] {
                        check([first, second, third, fourth])
                    }
                }
            }
        }
    }

    @Test func everyScalar() {
        var text: [UInt8] = []
        for value in 0...0x10FFFF as ClosedRange<UInt32> where value % 7 == 0 || value < 0x900 {
            if let scalar = Unicode.Scalar(value) { text += Array(Unicode.UTF8.encode(scalar)!) }
        }
        let isValid = UTF8Validator.isValid(text.span)
        #expect(isValid)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func randomTextsInRandomPieces(seed: UInt64) {
        var random = SeededRandom(seed)
        let parts = [
            "a", "plain ASCII that fills a block of thirty-two", "é", "漢", "😀", "\u{10FFFF}",
        ]
        for _ in 0..<300 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...20, using: &random) {
                bytes += Array(parts.randomElement(using: &random)!.utf8)
            }
            if !bytes.isEmpty, Bool.random(using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] = UInt8.random(in: .min ... .max, using: &random)
            }
            let isValid = Self.isUTF8(bytes)
            let answer = UTF8Validator.isValid(bytes.span)
            #expect(answer == isValid, "\(bytes)")
            var validator = UTF8Validator()
            var goesOn = true
            for piece in random.cut(bytes, longest: 70) { goesOn = validator.update(piece.span) }
            #expect((goesOn && validator.isComplete) == isValid, "\(bytes)")
        }
    }
}
