// The scanner against cases that parsers often get wrong, and against Foundation.

import Foundation
import Storage
import Testing

@testable import ChatRooms

private func outcome(_ bytes: [UInt8]) -> CommandFields.Outcome {
    var fields = CommandFields()
    return fields.read(bytes.span)
}

private func outcome(_ text: String) -> CommandFields.Outcome { outcome(Array(text.utf8)) }

@Suite struct JSONScannerTests {
    @Test(arguments: [
        "{}", " {} ", "\t\r\n{\n}\n", #"{"a":1}"#, #"{"a":[]}"#, #"{"":0}"#, #"{"a":1,"a":2}"#,
        #"{"a":[1,2,{"b":[true,false,null]}]}"#, #"{"a":-0}"#, #"{"a":0.1}"#, #"{"a":1E22}"#,
        #"{"a":1e-2}"#, #"{"a":123.456e+78}"#, #"{"a":-1}"#, #"{"a":0e+1}"#, #"{"a":20e1}"#,
        #"{"a":"\u0060\u012a\u12AB"}"#, #"{"a":"\ud801\udc37"}"#, #"{"a":"\"\\\/\b\f\n\r\t"}"#,
        #"{"a":"\\u0000"}"#, #"{"a":"\u0000"}"#, "{\"a\":\"\u{7F}\"}", "{\"a\":\"\u{2028}\"}",
        "{\"a\":\"\u{10FFFD}\\uffff\\ufdd0\"}", #"{"a":"\uDBFF\uDFFF"}"#, "{\"ключ\":\"знач\"}",
        #"{"a":123123123123123123123123123123}"#, #"{"a" : "b" , "c" : "d"}"#,
    ])
    func takesObjects(_ text: String) {
        #expect(outcome(text) == .object)
    }

    @Test(arguments: ["1", " -0 ", "\"\"", "null", "true", "[]", "[{}]", "[[[]]]", "1.5e3"])
    func tellsOtherValues(_ text: String) {
        #expect(outcome(text) == .notAnObject)
    }

    @Test(arguments: [
        "", " ", "{", "}", "[", "]", "{]", "[}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}",
        "{\"a\":1 \"b\":2}", "{a:1}", "{'a':1}", "{\"a\":1}x", "{}{}", "{} {}", "[1,]", "[,1]",
        "[1 2]",
        "[1,,2]", "[\"a\":1]", "{1:1}", "{null:1}", "[01]", "[-01]", "[1.]", "[.1]", "[-.1]",
        "[1e]", "[1e+]", "[+1]", "[-]", "[--1]", "[0x1]", "[1_0]", "[Infinity]", "[NaN]", "[-NaN]",
        "[0e]", "[1.e1]", "[2.e3]", "[1eE2]", "[1 000]", "[\u{FF11}]", "nul", "nulll", "tru",
        "True",
        "[fals]", "\"", "\"a", "[\"\\\"]", "[\"\\x00\"]", "[\"\\u00A\"]", "[\"\\u00G0\"]",
        "[\"\\U0041\"]",
        "[\"\\", "[\"\\u", "[\"\\uD800\"]", "[\"\\uDC00\"]", "[\"\\uD800\\uD800\"]",
        "[\"\\uD800\\u0041\"]",
        "[\"\\uD800\\n\"]", "[\"\\uD800\\uDC0\"]", "[\"\\uDC00\\uD800\"]", "[\"\n\"]", "[\"\t\"]",
        "[\"\u{0}\"]",
        "[\"\u{1F}\"]", "[\u{0}]", "\u{FEFF}{}", "\u{A0}{}", "{}\u{0}", "\u{C}{}", "\u{B}[]",
        "[1]/**/",
        "/**/{}", "{}//", "{}#", "<null>", "[\"a\", \n4\n,1,", "{\"a\":\"a", "*", "\\u0061",
        "{\"a\":/*x*/1}",
        "[\"\\ud8", "[1\u{2028}]", "{\"a\":true]", "[u]", "\"a\"b", "[\"\\a\"]", "[\"\\'\"]",
    ])
    func refuses(_ text: String) {
        #expect(outcome(text) == .malformed)
    }

    @Test(
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x80, 0x80],
            [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xE2, 0x82],
            [0xE2, 0x28, 0xA1],
            [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98], [0xF0, 0x9F, 0x28, 0x80], [0xFE], [0xFF],
            [0xE2, 0x82, 0x28], [0xF0, 0x9F, 0x98, 0x28],
        ] as [[UInt8]])
    func refusesBadUTF8(_ sequence: [UInt8]) {
        #expect(outcome(Array("{\"a\":\"".utf8) + sequence + Array("\"}".utf8)) == .malformed)
        #expect(outcome(Array("{\"a\":\"".utf8) + sequence) == .malformed)
    }

    @Test func nestsSixteenDeepAndNoDeeper() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(outcome(nested(16)) == .notAnObject)
        #expect(outcome(nested(17)) == .malformed)
        #expect(outcome("{\"a\":\(nested(15))}") == .object)
        #expect(outcome("{\"a\":\(nested(16))}") == .malformed)
        #expect(outcome(String(repeating: "[", count: 1_000_000)) == .malformed)
        #expect(outcome(String(repeating: "{\"a\":", count: 1_000_000)) == .malformed)
    }

    @Test func everyPrefixOfAnObjectIsMalformed() {
        let text = Array(#"{"a":"é\ud83d\ude00","b":[1.5e3,{"c":null}]}"#.utf8)
        for end in 0..<text.count {
            #expect(outcome(Array(text[..<end])) == .malformed, "\(end)")
        }
        #expect(outcome(text) == .object)
    }

    @Test func findsKnownFieldsOnce() {
        for field in Field.allCases {
            let name = String(decoding: field.name.bytes, as: UTF8.self)
            let escaped = name.unicodeScalars
                .map { "\\u00" + String($0.value, radix: 16) }.joined()
            for key in [name, escaped] {
                var fields = CommandFields()
                let text = Array("{\"x\":[\"type\"],\"\(key)\":\"v\",\"x\":{}}".utf8)
                #expect(fields.read(text.span) == .object)
                #expect(fields[field].text(in: text.span) == "v")
                for other in Field.allCases where other != field {
                    #expect(fields[other].kind == .missing)
                }
            }
            #expect(outcome("{\"\(name)\":1,\"\(escaped)\":2}") == .duplicate(field))
            #expect(outcome("{\"\(name)x\":1,\"\(name.dropLast())\":2}") == .object)
        }
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("7", 7), ("-12", -12), ("9223372036854775807", Int.max),
            ("9223372036854775808", nil), ("1.0", nil), ("1e2", nil),
            ("123456789012345678901", nil),
        ] as [(String, Int?)])
    func readsWholeNumbers(_ text: String, _ expected: Int?) {
        var fields = CommandFields()
        let bytes = Array("{\"offset\":\(text)}".utf8)
        #expect(fields.read(bytes.span) == .object)
        #expect(fields[.offset].integer(in: bytes.span) == expected)
    }

    @Test(arguments: [
        "", "plain", "\"quoted\" \\ /", "a\nb\tc\r\u{1}\u{1F}\u{0}", "é😀\u{2028}\u{7F}",
    ])
    func writesStringsThatFoundationReads(_ text: String) throws {
        var out = ByteBuffer()
        out.append(quoted: text)
        #expect(
            try JSONDecoder().decode(String.self, from: Data([UInt8](copying: out.span))) == text)
    }

    @Test(arguments: [0, 1, 9, 10, -1, 1_234_567_890, Int.max, Int.min])
    func writesNumbers(_ number: Int) {
        var out = ByteBuffer()
        out.append(decimal: number)
        #expect(String(decoding: [UInt8](copying: out.span), as: UTF8.self) == String(number))
    }
}
