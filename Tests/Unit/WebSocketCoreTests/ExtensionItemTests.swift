// The grammar of Sec-WebSocket-Extensions, and what a request offers.

import Testing
import WireKit

@testable import WebSocketCore

extension ExtensionItem {
    /// The items of a field's value.
    static func list(_ value: String) -> [ExtensionItem]? {
        let bytes = Array(value.utf8)
        return list(bytes.span)
    }
}

@Suite struct ExtensionItemTests {
    typealias Item = ExtensionItem

    static let good: [(Wire, [Item])] = [
        ("", []),
        (" ,\t,", []),
        ("foo", [Item("foo")]),
        ("foo, bar; baz=2", [Item("foo"), Item("bar", [.init("baz", "2")])]),
        ("foo; bar; baz=2", [Item("foo", [.init("bar"), .init("baz", "2")])]),
        (" a ;\tb = c , d ", [Item("a", [.init("b", "c")]), Item("d")]),
        (", a,, b ,", [Item("a"), Item("b")]),
        ("a;b;b=1;b=2", [Item("a", [.init("b"), .init("b", "1"), .init("b", "2")])]),
        ("a; b=\"c\"", [Item("a", [.init("b", "c")])]),
        ("a; b=\"\\c\\d\" ;e", [Item("a", [.init("b", "cd"), .init("e")])]),
        ("a; b = \"10\",c", [Item("a", [.init("b", "10")]), Item("c")]),
        ("A!#$%&'*+-.^_`|~z", [Item("A!#$%&'*+-.^_`|~z")]),
    ]

    @Test(arguments: good)
    func wellFormed(value: Wire, items: [Item]) {
        #expect(Item.list(value.text) == items)
    }

    static let bad: [Wire] = [
        "a;", "a; ", "a;;b", "a;,b", ";a", "=a", "a=b", "a b", "a; b c", "a; b=", "a; b=,c",
        "a; b==c", "a; b=c d", "a; b=c=d", "a; \"b\"", "\"a\"", "(a)", "a; b=\u{e9}", "a/b",
        "a; b=\"c", "a; b=\"", "a; b=\"\"", "a; b=\"c d\"", "a; b=\"c\\\"", "a; b=\"c\\",
        "a; b=\"c,d\"", "a; b=\"c\"d", "a; b=\"\u{e9}\"", "a, b;", "ok, a b",
    ]

    @Test(arguments: bad)
    func malformed(value: Wire) throws {
        #expect(Item.list(value.text) == nil)
        let head = try parseHead(
            "GET / HTTP/1.1\r\nSec-WebSocket-Extensions: ok\r\n"
                + "Sec-WebSocket-Extensions: \(value.text)\r\n\r\n"
        ).get()
        let rejection = #expect(throws: HandshakeRejection.self) { try head.extensionOffers() }
        #expect(rejection?.status == .badRequest)
    }

    @Test func severalFieldsAreOneList() throws {
        let head = try parseHead(
            "GET / HTTP/1.1\r\nSec-WebSocket-Extensions: a, b; c\r\nX: y\r\n"
                + "sec-websocket-extensions: d; e=1\r\n\r\n"
        ).get()
        #expect(
            try head.extensionOffers() == [
                Item("a"), Item("b", [.init("c")]), Item("d", [.init("e", "1")]),
            ])
        #expect(try parseHead("GET / HTTP/1.1\r\n\r\n").get().extensionOffers() == [])
    }

    /// Items written with random spaces and quotes are read as they were.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func readsWhatIsWritten(seed: UInt64) {
        var random = SeededRandom(seed)
        func token() -> String {
            let letters = Array("abcXYZ019!#$%&'*+-.^_`|~")
            return String(
                (0..<Int.random(in: 1...20, using: &random)).map { _ in
                    letters.randomElement(using: &random)!
                })
        }
        func space() -> String { ["", "", " ", "\t "].randomElement(using: &random)! }
        for _ in 0..<50 {
            var items: [Item] = []
            var text = space()
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                var item = Item(token())
                if !items.isEmpty { text += "," + space() }
                text += item.name + space()
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    let name = token()
                    text += ";" + space() + name + space()
                    var value: String?
                    if Bool.random(using: &random) {
                        value = token()
                        let escaped = value!.map {
                            (Bool.random(using: &random) ? "\\" : "") + String($0)
                        }
                        let quoted = "\"" + escaped.joined() + "\""
                        text += "=" + space() + (Bool.random(using: &random) ? value! : quoted)
                        text += space()
                    }
                    item.parameters.append(.init(name, value))
                }
                items.append(item)
            }
            #expect(Item.list(text) == items, "\(text)")
        }
    }
}
