// Hosts and ports: what an authority may be, and which hosts are the same.

import Testing

@testable import WebSocketCore

@Suite struct AuthorityTests {
    @Test(
        arguments: [
            ("a", 1, nil), ("example.com", 11, nil), ("example.com.", 12, nil), ("a:80", 1, 80),
            ("a:", 1, nil), ("a:0", 1, 0), ("a:00080", 1, 80), ("a:65535", 1, 65535),
            ("127.0.0.1:8080", 9, 8080), ("my_host", 7, nil), ("-._~!$&'()*+;=", 14, nil),
            ("a%2Fb:1", 5, 1), ("xn--zrich-kva.example", 21, nil), ("[::]", 4, nil),
            ("[::1]:8080", 5, 8080), ("[2001:DB8::192.0.2.7]:", 21, nil),
            ("[1:2:3:4:5:6:7:8]", 17, nil),
        ] as [(String, Int, UInt16?)])
    func good(text: String, hostByteCount: Int, port: UInt16?) {
        let authority = Authority(text.utf8.span)
        #expect(authority?.hostByteCount == hostByteCount)
        #expect(authority?.port == port)
    }

    @Test(arguments: [
        "", ":", ":80", "a:65536", "a:999999999999999999999999", "a:-1", "a:+1", "a: 1", "a:1 ",
        "a:1:2", "a:b", "a b", "a/b", "a?b", "a#b", "a@b", "u:p@b", "@b", "a,b", "a\\b", "a\"b",
        "a|b", "a^b", "a`b", "a{b", "zürich", "\u{212A}it", "a%", "a%2", "a%zz", "a\0", "::1", "[",
        "[]",
        "[::1", "::1]", "[::1]a", "[::1]]", "[::1]:a", "[[::1]]", "[1.2.3.4]", "[v1.a]", "[1:2:3]",
        "[1::2::3]", "[:1:2:3:4:5:6:7]", "[12345::]", "[::1%25eth0]", "[::1%eth0]", "[::g]",
        "[1:2:3:4:5:6:7:8:9]", "[::256.0.0.1]", "[::1.2.3]", "[::01.2.3.4]", "[1:2:3:4:5:6:7:8::]",
        "[0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:1]",
    ])
    func bad(text: String) {
        #expect(Authority(text.utf8.span) == nil)
        #expect(HostIdentity(ofAuthority: text) == nil)
    }

    @Test(arguments: [
        ("EXAMPLE.com", "example.COM:8080", true), ("a", "b", false), ("a", "a.", false),
        ("[::1]", "[0:0:0:0:0:0:0:1]:8080", true), ("[::ABCD]", "[::abcd]", true),
        ("[::1]", "[::2]", false), ("[::1]", "[1::]", false), ("[::127.0.0.1]", "[::7f00:1]", true),
        ("[::ffff:127.0.0.1]", "127.0.0.1", false), ("127.0.0.1", "127.0.0.1:", true),
        ("kit", "KIT", true), ("a%41", "aA", false),
    ])
    func sameHost(left: String, right: String, isSame: Bool) throws {
        let left = try #require(HostIdentity(ofAuthority: left))
        let right = try #require(HostIdentity(ofAuthority: right))
        #expect((left == right) == isSame)
    }

    /// Each byte in the middle of a name, against the characters of RFC 3986 §3.2.2.
    @Test func everyByteOfAName() {
        let allowed = Set(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+;=".utf8)
        for byte in UInt8.min...UInt8.max {
            let isGood = Authority([0x61, byte, 0x61].span) != nil
            #expect(isGood == allowed.contains(byte), "\(byte)")
        }
    }
}
