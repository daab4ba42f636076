// Thousands of damaged JSON texts: the scanner and Foundation must agree on each.

import Foundation
import Testing

@testable import ChatRooms

@Suite struct JSONFuzzTests {
    static let seeds = [
        #"{"type":"message","text":"he\"llo \u00e9 \ud83d\ude00","id":"a-1","ref":"7"}"#,
        #"{"text":"é 日本 😀 \\ \/ \b\f\n\r\t","x":[1,-2.5e+10,true,false,null,{"y":{}}]}"#,
        #"{ "since" : { "epoch" : "k3v9" , "offset" : 41 } , "limit" : 0 }"#,
        #"[[], {}, "", 0, -0, 1.5, 1E5, "\u0000"]"#,
    ]

    @Test(arguments: 0..<8)
    func agreesWithFoundation(_ seed: UInt64) {
        var random = SeededGenerator(seed)
        var count = 0
        for _ in 0..<2_500 {
            let bytes = Self.damaged(using: &random)
            var fields = CommandFields()
            let outcome = fields.read(bytes.span)
            let taken = outcome != .malformed
            count += taken ? 1 : 0
            let reference = try? JSONSerialization.jsonObject(
                with: Data(bytes), options: .fragmentsAllowed)
            if taken != (reference != nil), !Self.mayDiffer(bytes) {
                Issue.record(
                    "\(taken) for \(String(decoding: bytes, as: UTF8.self).debugDescription)")
            }
            if outcome == .object, let object = reference as? JSON {
                compare(fields, object, bytes)
            }
        }
        // Neither all good nor all bad: the mutations reach both sides.
        #expect((200...2_300).contains(count))
    }

    private func compare(_ fields: borrowing CommandFields, _ object: JSON, _ bytes: [UInt8]) {
        for field in Field.allCases {
            let value = fields[field]
            guard value.kind == .string else { continue }
            let name = String(decoding: field.name.bytes, as: UTF8.self)
            let text = value.text(in: bytes.span)
            #expect(object[name] as? String == text)
            #expect(Int(value.scalarCount) == text.unicodeScalars.count)
            #expect(Int(value.textByteCount) == text.utf8.count)
            #expect(value.textBytes(in: bytes.span) == Array(text.utf8))
        }
    }

    /// Foundation detects UTF-16, UTF-32 and byte order marks, which this protocol does not have,
    /// refuses numbers outside a Double's range, and accepts a comma before a closing brace.
    private static func mayDiffer(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        return bytes.contains(0) || bytes.starts(with: [0xEF]) || bytes.starts(with: [0xFE])
            || bytes.starts(with: [0xFF]) || text.contains(/[eE][+-]?[0-9]{3}|,\s*}/)
    }

    private static func damaged(using random: inout SeededGenerator) -> [UInt8] {
        var bytes = Array(seeds.randomElement(using: &random)!.utf8)
        let pieces = [
            "\"", "\\", "{", "}", "[", "]", ",", ":", " ", "\n", "0", "1", "-", ".", "e", "+",
            "true", "null", "\\u00e9", "\\ud83d", "\\ude00", "\\u0000", "é", "😀", "\t", "\u{1}",
            #""a":1,"#, #""text":"b","#, "[]", "{}",
        ].map { Array($0.utf8) }
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            let index = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes.insert(contentsOf: pieces.randomElement(using: &random)!, at: index)
            case 1 where index < bytes.count: bytes.remove(at: index)
            case 2 where index < bytes.count: bytes[index] = .random(in: 1...255, using: &random)
            case 3:
                let end = Int.random(in: index...min(index + 8, bytes.count), using: &random)
                bytes.insert(contentsOf: bytes[index..<end], at: index)
            case 4 where index < bytes.count:
                bytes.replaceSubrange(
                    index...index, with: pieces.randomElement(using: &random)!)
            default: break
            }
        }
        return bytes
    }
}
