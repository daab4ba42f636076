// The PROXY protocol as tables: each case whole, byte by byte, and with more behind it.
import Testing

@testable import WebSocketServer

@Suite struct ProxyHeaderTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]
        let source: NetworkAddress?
        var testDescription: String { name }
    }

    private static func line(_ text: String, _ source: NetworkAddress?) -> Case {
        Case(name: text, bytes: Array((text + "\r\n").utf8), source: source)
    }

    private static func binary(
        _ name: String, _ versionAndCommand: UInt8, _ family: UInt8, _ rest: [UInt8],
        _ source: NetworkAddress?
    ) -> Case {
        Case(name: name, bytes: header(versionAndCommand, family, rest), source: source)
    }

    private static func header(_ command: UInt8, _ family: UInt8, _ rest: [UInt8]) -> [UInt8] {
        Array("\r\n\r\n\0\r\nQUIT\n".utf8)
            + [command, family, UInt8(rest.count >> 8), UInt8(rest.count & 255)] + rest
    }

    private static let four: [UInt8] = [192, 0, 2, 1, 198, 51, 100, 2, 0xC3, 0x50, 0x01, 0xBB]
    private static let six =
        [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [7]
        + [UInt8](repeating: 0, count: 15) + [1] + [0x04, 0xD2, 0x01, 0xBB]
    private static let local = [UInt8](repeating: 0x61, count: 216)

    static let good: [Case] = [
        line("PROXY TCP4 192.0.2.1 198.51.100.2 50000 443", .ipv4(192, 0, 2, 1, port: 50000)),
        line("PROXY TCP4 0.0.0.0 255.255.255.255 0 65535", .ipv4(0, 0, 0, 0, port: 0)),
        line(
            "PROXY TCP6 2001:db8::7 ::1 1234 443",
            NetworkAddress(family: .ipv6, high: 0x2001_0DB8_0000_0000, low: 7, port: 1234)),
        line("PROXY UNKNOWN", nil), line("PROXY UNKNOWN 1 2 whatever", nil),
        binary("v2 TCP4", 0x21, 0x11, four, .ipv4(192, 0, 2, 1, port: 50000)),
        binary(
            "v2 TCP6", 0x21, 0x21, six,
            NetworkAddress(family: .ipv6, high: 0x2001_0DB8_0000_0000, low: 7, port: 1234)),
        binary(
            "v2 with additions", 0x21, 0x11, four + [0x04, 0, 2, 0, 0],
            .ipv4(192, 0, 2, 1, port: 50000)),
        binary("v2 LOCAL", 0x20, 0x00, [], nil),
        binary("v2 LOCAL with an address", 0x20, 0x11, four, nil),
        binary("v2 of an unknown family", 0x21, 0x00, [1, 2, 3], nil),
        binary("v2 AF_UNIX", 0x21, 0x31, local, nil),
        binary("v2 of datagrams", 0x21, 0x12, four, nil),
        binary("v2 as long as it may be", 0x20, 0, [UInt8](repeating: 4, count: 4080), nil),
    ]

    @Test(arguments: good)
    func `A header is found whole, byte by byte, and whatever follows`(_ header: Case) {
        let complete = ProxyHeader.Outcome.complete(
            byteCount: header.bytes.count, source: header.source)
        #expect(ProxyHeader.parse(header.bytes.span) == complete)
        #expect(ProxyHeader.parse((header.bytes + Array("GET /".utf8)).span) == complete)
        for count in 0..<header.bytes.count {
            #expect(ProxyHeader.parse(Array(header.bytes[..<count]).span) == .incomplete)
        }
    }

    private static func v2(_ command: UInt8, _ family: UInt8, _ rest: [UInt8]) -> [UInt8] {
        header(command, family, rest)
    }

    private static let bad: [([UInt8], ProxyHeader.Flaw)] = [
        (Array("GET / HTTP/1.1\r\n".utf8), .missing), (Array("proxy TCP4".utf8), .missing),
        (Array("\r\n\r\nGET".utf8), .missing), ([0], .missing),
        (Array("PROXY TCP4 192.0.2.1 198.51.100.2 50000\r\n".utf8), .badLine),
        (Array("PROXY TCP4 192.0.2.1 198.51.100.2 50000 443 1\r\n".utf8), .badLine),
        (Array("PROXY TCP4  192.0.2.1 198.51.100.2 50000 443\r\n".utf8), .badLine),
        (Array("PROXY TCP4 192.0.2.1 198.51.100.2 65536 443\r\n".utf8), .badLine),
        (Array("PROXY TCP4 192.0.2.1 198.51.100.2 050 443\r\n".utf8), .badLine),
        (Array("PROXY TCP4 192.0.2.1 198.51.100.2 +50 443\r\n".utf8), .badLine),
        (Array("PROXY TCP4 192.0.2.01 198.51.100.2 50 443\r\n".utf8), .badLine),
        (Array("PROXY TCP4 2001:db8::7 ::1 50 443\r\n".utf8), .badLine),
        (Array("PROXY TCP6 192.0.2.1 198.51.100.2 50 443\r\n".utf8), .badLine),
        (Array("PROXY UDP4 192.0.2.1 198.51.100.2 50 443\r\n".utf8), .badLine),
        (Array("PROXY \r\n".utf8), .badLine), (Array("PROXY UNKNOWN\rX".utf8), .badLine),
        (Array(("PROXY UNKNOWN " + String(repeating: "x", count: 200)).utf8), .badLine),
        (v2(0x11, 0x11, four), .badCommand), (v2(0x22, 0x11, four), .badCommand),
        (v2(0x21, 0x41, four), .badCommand), (v2(0x21, 0x13, four), .badCommand),
        (v2(0x21, 0x11, Array(four.dropLast())), .badLength),
        (v2(0x21, 0x21, four), .badLength), (v2(0x21, 0x31, four), .badLength),
        (v2(0x20, 0, [UInt8](repeating: 4, count: 4081)), .badLength),
    ]

    @Test func `An invalid header is reported as soon as it shows`() {
        for (bytes, flaw) in Self.bad {
            #expect(ProxyHeader.parse(bytes.span) == .malformed(flaw), "\(bytes)")
            // Never complete too early, and once malformed it stays malformed.
            var wasMalformed = false
            for count in 0...bytes.count {
                switch ProxyHeader.parse(Array(bytes[..<count]).span) {
                case .incomplete: #expect(!wasMalformed, "\(bytes) \(count)")
                case .malformed: wasMalformed = true
                case .complete: Issue.record("\(bytes) at \(count)")
                }
            }
        }
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false),
        ("10.0.0.0/8", "::ffff:10.1.2.3", true), ("192.0.2.7", "192.0.2.7", true),
        ("192.0.2.7", "192.0.2.8", false), ("0.0.0.0/0", "203.0.113.1", true),
        ("0.0.0.0/0", "::1", false), ("::/0", "2001:db8::1", true), ("::/0", "10.0.0.1", false),
        ("2001:db8::/32", "2001:db8:1::1", true), ("2001:db8::/32", "2001:db9::1", false),
        ("2001:db8::/65", "2001:db8::7fff:0:0:1", true),
        ("2001:db8::/65", "2001:db8::8000:0:0:1", false), ("::1", "::1", true),
        ("127.0.0.0/8", "127.0.0.1", true),
    ])
    func `A range contains addresses with its prefix`(range: String, address: String, holds: Bool)
        throws
    {
        let range = try #require(AddressRange(range))
        let address = try #require(NetworkAddress(numeric: address, port: 9))
        #expect(range.contains(address) == holds)
    }

    @Test(arguments: [
        "", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.1/8", "10.0.0.0/08", "::1/129",
        "2001:db8::1/64", "localhost", "10.0.0.0/8/8", "10.0.0/8",
    ])
    func `Invalid ranges are refused`(_ text: String) {
        #expect(AddressRange(text) == nil)
    }
}
