// The committed table of characters against the standard library, and against its generator.

import CUnicode
import Foundation
import Testing

@testable import ChatRooms

@Suite struct UnicodeTableTests {
    /// The characters that a name may have.
    private static let allowed = (0...0x10FFFF).filter {
        cunicode_look_up($0).kind != CUNICODE_OTHER
    }.map { Unicode.Scalar($0)! }

    private static func isKnown(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy {
            $0.value < 0x80 || cunicode_look_up($0.value).kind != CUNICODE_OTHER
        }
    }

    /// Expecting something of each character would take longer than all of the rest.
    private func fault(_ scalar: Unicode.Scalar) {
        Issue.record("U+\(String(scalar.value, radix: 16))")
    }

    @Test func `It is of Unicode 15.0`() { #expect(NameCharacters.unicodeVersion == 0x0F0000) }

    @Test func `Letters, marks and numbers are what the standard library takes for them`() {
        var counts = [0, 0, 0, 0]
        for scalar in Self.allowed {
            let character = cunicode_look_up(scalar.value)
            counts[Int(character.kind.rawValue)] += 1
            let properties = scalar.properties
            let isKind =
                switch properties.generalCategory {
                case .nonspacingMark, .enclosingMark: character.kind == CUNICODE_MARK
                case .spacingMark: character.kind == CUNICODE_SPACING_MARK
                case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter,
                    .otherLetter, .decimalNumber, .letterNumber, .otherNumber:
                    character.kind == CUNICODE_LETTER_OR_NUMBER
                default: false
                }
            let isOrdered = character.combining_class == properties.canonicalCombiningClass.rawValue
            let age = properties.age.map { UInt32($0.major) << 16 | UInt32($0.minor) << 8 }
            let isOfTime = age.map { $0 <= NameCharacters.unicodeVersion } == true
            if !isKind || !isOrdered || !isOfTime || properties.isDefaultIgnorableCodePoint {
                fault(scalar)
            }
        }
        // Most of them are ideographs.
        #expect(counts[1] > 110_000 && counts[2] > 300 && counts[3] > 1_000 && counts[0] == 0)
    }

    @Test func `Canonical decompositions are those of Foundation`() {
        for scalar in Self.allowed {
            var ours: [UInt32] = []
            NameCharacters.appendDecomposition(scalar.value, to: &ours)
            let theirs = String(scalar).decomposedStringWithCanonicalMapping
            if !theirs.unicodeScalars.elementsEqual(ours, by: { $0.value == $1 }) { fault(scalar) }
        }
    }

    /// The classical definition of a caseless match, by other code than ours. Ideographs and
    /// syllables, which are many and have no case, only by samples.
    @Test func `What Foundation folds together has one key`() {
        for scalar in Self.allowed {
            let isOneOfMany =
                (0x3400...0x9FFF).contains(scalar.value) || (0xAC00...0xD7A3).contains(scalar.value)
                || scalar.value >= 0x20000
            if isOneOfMany && scalar.value % 97 != 0 { continue }
            let name = String(scalar)
            let key = NameKey(name)
            let folded = name.decomposedStringWithCompatibilityMapping.lowercased()
            // The system's Unicode may have a capital that the table does not know.
            for other in [folded, name.uppercased(), key.folded]
            where NameKey(other) != key && Self.isKnown(other) {
                fault(scalar)
            }
        }
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `Random names have one key however they are normalized`(seed: UInt64) {
        var random = SeededGenerator(seed)
        let letters = Array("aıiʼеñßﬁΆᾳ한가नक्षिกำบལ𝔘٤".unicodeScalars)
        let marks =
            (0x300...0x362).map { Unicode.Scalar($0)! }
            + "\u{345}\u{5BF}\u{64B}\u{94D}".unicodeScalars
        for _ in 0..<3_000 {
            var name = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                name.append(letters.randomElement(using: &random)!)
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    name.append(marks.randomElement(using: &random)!)
                }
            }
            let text = String(name)
            let key = NameKey(text)
            for other in [
                text.precomposedStringWithCanonicalMapping,
                text.decomposedStringWithCanonicalMapping,
                text.precomposedStringWithCompatibilityMapping, key.folded,
            ] {
                #expect(NameKey(other) == key, "\(Array(name))")
            }
        }
    }

    private static let data =
        ProcessInfo.processInfo.environment["UNICODE_DATA"] ?? "/usr/share/unicode"
    private static let hasSources: Bool = {
        guard let scripts = try? String(contentsOfFile: data + "/Scripts.txt", encoding: .utf8),
            scripts.hasPrefix("# Scripts-15.0.0.txt")
        else { return false }
        return ProcessInfo.processInfo.environment["CONFUSABLES"] != nil
            || (try? runPython(["-c", "import confusable_homoglyphs"])) == 0
    }()

    @Test(
        .enabled(
            if: hasSources,
            "It needs Debian's unicode-data 15.0, and confusable-homoglyphs of PyPI."))
    func `The table is what its generator makes`() throws {
        #expect(try Self.runPython([repository("scripts/unicode-tables").path, "--check"]) == 0)
    }

    private static func runPython(_ arguments: [String]) throws -> Int32 {
        let process = Process()
        let own = repository(".venv-test/bin/python").path
        let python = FileManager.default.isExecutableFile(atPath: own) ? own : "python3"
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [python, "-B"] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
