// Which Origins are admitted, and which entries a list of hosts may have.
import TestSupport
import Testing
import WebSocketCore

@testable import WebSocketServer

@Suite struct OriginPolicyTests {
    /// Origin, the host that the request is for, and whether a page of the same host may connect.
    @Test(arguments: [
        ("http://chat.example.org", "chat.example.org", true),
        ("https://chat.example.org", "chat.example.org:8080", true),
        ("https://chat.example.org:443", "chat.example.org", true),
        ("HTTPS://Chat.Example.ORG:8443", "cHAT.example.org", true),
        ("http://chat.example.org:1", "chat.example.org:", true),
        ("http://[::1]", "[0:0:0:0:0:0:0:1]:8080", true),
        ("http://[2001:DB8::7]:80", "[2001:db8:0:0::7]", true),
        ("http://127.0.0.1:3000", "127.0.0.1", true),
        // Another host, however it is written.
        ("http://evil.org", "chat.example.org", false),
        ("http://chat.example.org.evil.org", "chat.example.org", false),
        ("http://evilchat.example.org", "chat.example.org", false),
        ("http://[::2]", "[::1]", false),
        ("http://[::1]evil.org", "[::1]", false),
        ("http://[::1]evil.org", "[::1]evil.org", false),
        ("http://[::1", "[::1", false),
        ("http://::1", "[::1]", false),
        ("http://chat.example.org:x@evil.org", "chat.example.org", false),
        ("http://chat.example.org@evil.org", "chat.example.org", false),
        ("http://u@chat.example.org", "chat.example.org", false),
        ("http://chat.example.org:80@evil.org", "chat.example.org", false),
        ("http://chat.example.org\\@evil.org", "chat.example.org", false),
        ("http://chat.example.org%2eevil.org", "chat.example.org", false),
        ("http://chat.example%2Eorg", "chat.example%2Eorg", false),
        ("http://\u{212A}it.org", "kit.org", false),
        ("http://kit.org", "\u{212A}it.org", false),
        ("http://ſite.org", "site.org", false),
        ("http://chat.example.org\u{301}", "chat.example.org", false),
        ("http://chat.example.org.", "chat.example.org", false),
        // No serialized origin at all.
        ("http://chat.example.org/", "chat.example.org", false),
        ("http://chat.example.org/page", "chat.example.org", false),
        ("http://chat.example.org?q", "chat.example.org", false),
        ("http://chat.example.org#f", "chat.example.org", false),
        ("http://chat.example.org:", "chat.example.org", false),
        ("http://chat.example.org:0", "chat.example.org", false),
        ("http://chat.example.org:080", "chat.example.org", false),
        ("http://chat.example.org:65536", "chat.example.org", false),
        ("http://chat.example.org:+80", "chat.example.org", false),
        ("http:chat.example.org", "chat.example.org", false),
        ("http:/chat.example.org", "chat.example.org", false),
        ("http:///chat.example.org", "chat.example.org", false),
        ("//chat.example.org", "chat.example.org", false),
        ("://chat.example.org", "chat.example.org", false),
        ("chat.example.org", "chat.example.org", false),
        (" http://chat.example.org", "chat.example.org", false),
        ("http://chat.example.org ", "chat.example.org", false),
        ("http://chat.example.org, http://chat.example.org", "chat.example.org", false),
        ("http://evil.org http://chat.example.org", "chat.example.org", false),
        ("http://", "", false), ("http://", "chat.example.org", false), ("", "", false),
        ("null", "null", false), ("null", "chat.example.org", false),
        // A page that did not come over HTTP.
        ("file://chat.example.org", "chat.example.org", false), ("file://", "", false),
        ("ftp://chat.example.org", "chat.example.org", false),
        ("ws://chat.example.org", "chat.example.org", false),
        ("chrome-extension://chat.example.org", "chat.example.org", false),
        ("httpx://chat.example.org", "chat.example.org", false),
        // The request is for no host.
        ("http://chat.example.org", "", false), ("http://chat.example.org", ":80", false),
    ])
    func `A page of the same host`(origin: String, host: String, isAdmitted: Bool) {
        #expect(OriginPolicy.sameHost.admits(origin: origin, host: host) == isAdmitted)
        #expect(OriginPolicy.hosts([]).admits(origin: origin, host: host) == isAdmitted)
        #expect(OriginPolicy.any.admits(origin: origin, host: host))
        #expect(OriginPolicy.sameHost.admits(origin: nil, host: host))
    }

    @Test(arguments: [
        ("a.org", "https://a.org", true), ("A.org", "http://a.ORG:8080", true),
        ("a.org", "http://b.org", false), ("a.org", "http://www.a.org", false),
        ("a.org", "capacitor://a.org", false), ("a.org", "file://a.org", false),
        ("[::1]", "http://[0::1]:9", true), ("10.0.0.7", "http://10.0.0.7", true),
        ("https://a.org", "https://a.org", true), ("https://a.org", "https://a.org:443", true),
        ("https://a.org:443", "https://A.org", true), ("https://a.org", "http://a.org", false),
        ("https://a.org", "https://a.org:8443", false), ("http://a.org:81", "http://a.org", false),
        ("capacitor://localhost", "capacitor://localhost", true),
        ("capacitor://localhost", "http://localhost", false),
        ("chrome-extension://abc", "chrome-extension://abc", true),
        ("chrome-extension://abc", "chrome-extension://abcd", false),
    ])
    func `An entry of the list`(entry: String, origin: String, isAdmitted: Bool) {
        #expect(OriginPolicy.flaw(in: entry) == nil)
        let policy = OriginPolicy.hosts(["other.example", entry])
        #expect(policy.admits(origin: origin, host: "chat.example.org") == isAdmitted)
        #expect(policy.admits(origin: "http://chat.example.org", host: "chat.example.org"))
    }

    @Test(arguments: [
        ("", "Remove a comma"), ("*", "no wildcards"), ("*.a.org", "no wildcards"),
        ("https://*.a.org", "no wildcards"), ("räume.example", "ASCII"),
        ("\u{212A}it.org", "ASCII"), ("null", "Only the policy"), ("NULL", "Only the policy"),
        ("https://a.org/", "without a path"), ("https://a.org/page", "without a path"),
        ("https://u@a.org", "without a path"), ("https://", "without a path"),
        ("file://", "without a path"), ("a.org:8080", "http://a.org:8080"),
        ("[::1]:80", "listed without its port: [::1]"), ("::1", "brackets"),
        ("a b", "Write a host"),
        ("a/b", "Write a host"), ("u@a.org", "Write a host"), ("[::1]evil.org", "brackets"),
        ("a%2eorg", "Write a host"), ("[fe80::1%eth0]", "brackets"),
    ])
    func `An entry that admits no page is explained`(entry: String, words: String) throws {
        let flaw = try #require(OriginPolicy.flaw(in: entry))
        #expect(flaw.hasPrefix("\"\(entry)\" admits no page. "))
        #expect(flaw.contains(words) && flaw.hasSuffix("."), "\(flaw)")
        for origin in ["http://\(entry)", entry] {
            #expect(!OriginPolicy.hosts([entry]).admits(origin: origin, host: "chat.example.org"))
        }
    }

    /// Two parsers of addresses, ours and that of libc behind ``IPv6Address``, on texts that are
    /// nearly addresses.
    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func `Both parsers of IPv6 addresses agree`(seed: UInt64) {
        var random = Seeded(seed)
        let good = [
            "::", "::1", "1::", "2001:db8::192.0.2.7", "1:2:3:4:5:6:7:8", "::ffff:10.0.0.1",
            "1:2:3:4:5:6:7::", "fe80::abcd:EF01", "1:2:3:4:5:6:1.2.3.4",
        ]
        for _ in 0..<300 {
            var text = Array(good.randomElement(using: &random)!.utf8)
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let place = Int.random(in: 0..<text.count, using: &random)
                let byte = Array("0:.1afF9g%".utf8).randomElement(using: &random)!
                switch Int.random(in: 0...2, using: &random) {
                case 0: text[place] = byte
                case 1: text.insert(byte, at: place)
                default: if text.count > 1 { text.remove(at: place) }
                }
            }
            let ours = NetworkAddress(numeric: String(decoding: text, as: UTF8.self))
            let theirs = IPv6Address(text.span)
            let isAddress = ours != nil && text.contains(UInt8(ascii: ":"))
            #expect((theirs != nil) == isAddress, "\(String(decoding: text, as: UTF8.self))")
            // A mapped IPv4 address is one of IPv4 here.
            if let ours, let theirs, isAddress, ours.family == .ipv6 {
                #expect(ours.high == theirs.high && ours.low == theirs.low)
            }
        }
    }
}
