// Any JSON as a tree: the table of what is JSON and what is not.
import Foundation
import TestSupport
import Testing

@testable import roost

@Suite struct JSONTreeTests {
    @Test(arguments: [
        "null", " true ", "false", "0", "-0", "12.5e-3", "\"\"", "[]", "{}", "[1,[2,{\"a\":[]}]]",
        #"{"a":1,"b":{"c":"d"}}"#, #""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#, "\"é😀\"",
    ])
    func `What is JSON can be read, and written again`(text: String) throws {
        let tree = try #require(JSONTree(text))
        #expect(JSONTree(tree.text) == tree)
        let options = JSONSerialization.ReadingOptions.fragmentsAllowed
        let theirs = try JSONSerialization.jsonObject(with: Data(text.utf8), options: options)
        let ours = try JSONSerialization.jsonObject(with: Data(tree.text.utf8), options: options)
        #expect((theirs as? NSObject) == (ours as? NSObject))
    }

    @Test(arguments: [
        "", " ", "nul", "truee", "01", "+1", ".5", "1.", "1.e5", "-", "1e", "\"", "\"\n\"",
        "\"\\x\"",
        "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "[", "[1,]", "[1 2]", "{",
        "{1:2}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":1", "1 2", "[]]", "NaN", "0x10",
        "\"\\",
        "\"\\u", "١",
    ])
    func `What is not JSON cannot`(text: String) { #expect(JSONTree(text) == nil) }

    @Test func `Bytes that are not UTF-8, and depth, are refused`() {
        #expect(JSONTree([0x22, 0xFF, 0x22]) == nil)
        let deep = { (count: Int) in
            String(repeating: "[", count: count) + String(repeating: "]", count: count)
        }
        #expect(JSONTree(deep(16)) != nil)
        #expect(JSONTree(deep(18)) == nil)
        #expect(JSONTree(deep(100_000)) == nil, "the stack is not the limit")
    }

    /// Cut, flipped and inserted bytes: nothing ends the process.
    @Test func `Damaged JSON is refused or read, and nothing else`() {
        let whole = Array(#"{"a":["\ud83d\ude00",-1.5e+3,null,true],"b":{"":"\u0000"}}"#.utf8)
        var random = Seeded(5)
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0..<random.next() % 4 {
                let index = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 3 {
                case 0: bytes[index] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.remove(at: index)
                default: bytes.insert(bytes[index], at: 0)
                }
            }
            if let tree = JSONTree(bytes) { #expect(JSONTree(tree.text) == tree) }
        }
    }

    @Test func `Members and values`() throws {
        let tree = try #require(JSONTree(#"{"n":7,"f":1.5,"s":"x","t":true,"l":[1,2],"n2":null}"#))
        #expect(tree["n"]?.int == 7 && tree["f"]?.double == 1.5 && tree["s"]?.string == "x")
        #expect(tree["t"]?.isTrue == true && tree["l"]?.elements.count == 2)
        #expect(tree["missing"] == nil && tree["s"]?.int == nil && tree["n"]?["x"] == nil)
        #expect(tree["n"]?.scalarText == "7" && tree["n2"]?.scalarText == nil)
    }
}
