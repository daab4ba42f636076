// What a view says about a received value.
import Testing

@testable import RedisClient

@Suite struct RedisReplyTests {
    /// Whether a view of the value that these bytes are is as expected.
    private func shows(_ wire: String, _ isRight: (borrowing RedisReply) -> Bool) throws -> Bool {
        let bytes = Array(wire.utf8)
        var scanner = ReplyScanner()
        #expect(try scanner.scan(bytes.span) == bytes.count, "one whole reply")
        return isRight(RedisReply(bytes.span))
    }

    @Test func `Strings of three types`() throws {
        for (wire, text) in [
            ("+OK\r\n", "OK"), ("$5\r\na\r\nbc\r\n", "a\r\nbc"), ("=8\r\nmkd:some\r\n", "some"),
            ("$0\r\n\r\n", ""),
        ] {
            #expect(
                try shows(wire) {
                    $0.text == text && $0.isString && !$0.isNull && !$0.isError
                        && $0.integer == nil && $0.double == nil && $0.boolean == nil
                        && $0.bytes.count == text.utf8.count
                })
        }
        #expect(try shows("=8\r\nmkd:some\r\n") { String($0.format) == "mkd" })
        #expect(try shows("$3\r\na\u{FF}\r\n") { $0.text == "a\u{FF}" })
        #expect(
            try shows("+OK\r\n") {
                $0.isString("OK") && !$0.isString("O") && !$0.isString("OKE")
            })
        #expect(try shows("-OK\r\n") { !$0.isString("OK") && $0.text == nil })
    }

    @Test(arguments: ["_\r\n", "$-1\r\n", "*-1\r\n"])
    func `Nulls of both versions`(wire: String) throws {
        #expect(
            try shows(wire) {
                $0.isNull && $0.text == nil && !$0.isAggregate && !$0.isString
                    && $0.values.count == 0 && $0.isEmpty
            })
    }

    @Test(arguments: ["-NOAUTH No.\r\n", "!10\r\nNOAUTH No.\r\n"])
    func `Errors, and their codes`(wire: String) throws {
        #expect(
            try shows(wire) {
                $0.error == "NOAUTH No." && $0.isError && $0.text == nil
                    && $0.isError("NOAUTH") && !$0.isError("NO") && !$0.isError("NOAUTH No")
                    && !$0.isError("NOAUTH No. And more")
            })
        #expect(try shows("-LOADING\r\n") { $0.isError("LOADING") })
        #expect(try shows("+LOADING x\r\n") { !$0.isError("LOADING") && $0.error == nil })
    }

    @Test func `Numbers`() throws {
        #expect(try shows(":-9223372036854775808\r\n") { $0.integer == Int.min })
        #expect(try shows(":9223372036854775807\r\n") { $0.integer == Int.max })
        #expect(try shows(":+5\r\n") { $0.integer == 5 && $0.double == nil })
        #expect(try shows(",2.5e-1\r\n") { $0.double == 0.25 && $0.integer == nil })
        #expect(try shows(",-inf\r\n") { $0.double == -Double.infinity })
        #expect(try shows(",nan\r\n") { $0.double?.isNaN == true })
        #expect(try shows("#t\r\n") { $0.boolean == true })
        #expect(try shows("#f\r\n") { $0.boolean == false })
        #expect(
            try shows("(123456789012345678901234567890\r\n") {
                String($0.bytes) == "123456789012345678901234567890" && $0.integer == nil
            })
    }

    @Test func `Values of an aggregate are found one after the other`() throws {
        let wire = "*4\r\n*2\r\n:1\r\n%1\r\n+a\r\n:2\r\n$1\r\nx\r\n|1\r\n+t\r\n:9\r\n+y\r\n*0\r\n"
        let isRight = try shows(wire) { reply in
            var values = reply.values
            // What the first one contains is passed over.
            guard reply.isAggregate, values.count == 4, values.next()?.isAggregate == true,
                values.next()?.text == "x", values.count == 2
            else { return false }
            guard let third = values.next(), third.text == "y" else { return false }
            var attributes = third.attributes
            guard attributes.count == 2, attributes.next()?.text == "t",
                attributes.next()?.integer == 9, attributes.next() == nil
            else { return false }
            return values.next()?.values.count == 0 && values.next() == nil && values.count == 0
        }
        #expect(isRight)
    }

    @Test func `A map has keys and values in turn`() throws {
        var sum: [String: Int] = [:]
        let isMap = try shows("%2\r\n+a\r\n:1\r\n+b\r\n:2\r\n") {
            var values = $0.values
            while let key = values.next()?.text, let value = values.next()?.integer {
                sum[key] = value
            }
            return $0.type == .map
        }
        #expect(isMap && sum == ["a": 1, "b": 2])
    }
}

extension RedisReply {
    fileprivate var isEmpty: Bool { bytes.isEmpty }
}

extension String {
    fileprivate init(_ bytes: Span<UInt8>) {
        self.init(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
    }
}
