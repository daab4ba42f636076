// Addresses as people write them, and which count as one origin.
import LinuxReactor
import Testing

@Suite struct NetworkAddressTests {
    private static func v6(_ high: UInt64, _ low: UInt64) -> NetworkAddress {
        NetworkAddress(family: .ipv6, high: high, low: low, port: 80)
    }

    @Test(arguments: [
        (NetworkAddress.ipv4(192, 0, 2, 1, port: 8080), "192.0.2.1:8080", false),
        (.ipv4(127, 9, 0, 1, port: 1), "127.9.0.1:1", true),
        (v6(0, 1), "[::1]:80", true),
        (v6(0, 0), "[::]:80", false),
        (v6(0x2001_0DB8_0000_0000, 1), "[2001:db8::1]:80", false),
        // RFC 5952: the longest run, the first of equals, never a single zero.
        (v6(0x2001_0DB8_0000_0001, 0x0001_0001_0001_0001), "[2001:db8:0:1:1:1:1:1]:80", false),
        (v6(0x2001_0000_0000_0001, 0x0000_0000_0000_0001), "[2001:0:0:1::1]:80", false),
        (v6(0x2001_0DB8_0000_0000, 0x0001_0000_0000_0001), "[2001:db8::1:0:0:1]:80", false),
        (v6(0, 0xFFFF_C000_0201), "192.0.2.1:80", false),
        (v6(0, 0xFFFF_7F00_0001), "127.0.0.1:80", true),
        // Its neighbours are not mapped: ::fffe:a.b.c.d, ::ffff:0:a.b.c.d, ::a.b.c.d, 1::ffff:….
        (v6(0, 0xFFFE_C000_0201), "[::fffe:c000:201]:80", false),
        (v6(0, 0xFFFF_0000_C000_0201), "[::ffff:0:c000:201]:80", false),
        (v6(0, 0x7F00_0001), "[::7f00:1]:80", false),
        (v6(1, 0xFFFF_7F00_0001), "[::1:0:ffff:7f00:1]:80", false),
        (NetworkAddress(family: .local), "local", true),
        (.unknown, "unknown", false),
    ])
    func `Is written and judged`(address: NetworkAddress, text: String, isLoopback: Bool) {
        #expect(address.description == text)
        #expect(address.isLoopback == isLoopback)
    }

    @Test func `One IPv4 address is one origin, and so is one IPv6 network of 64 bits`() {
        let first = NetworkAddress.ipv4(192, 0, 2, 1, port: 1)
        #expect(first.admissionKey == NetworkAddress.ipv4(192, 0, 2, 1, port: 2).admissionKey)
        #expect(first.admissionKey != NetworkAddress.ipv4(192, 0, 2, 2, port: 1).admissionKey)
        #expect(Self.v6(5, 1).admissionKey == Self.v6(5, 2).admissionKey)
        #expect(Self.v6(5, 1).admissionKey != Self.v6(6, 1).admissionKey)
        #expect(Self.v6(0, 0xFFFF_C000_0201).admissionKey == first.admissionKey)
        // The deprecated ::a.b.c.d has no special meaning.
        #expect(Self.v6(0, 0xC000_0201).admissionKey != first.admissionKey)
    }

    /// As a socket on [::] reports it, and as it stands in a PROXY header or X-Forwarded-For.
    @Test func `A mapped IPv4 address is the IPv4 address`() {
        let mapped = Self.v6(0, 0xFFFF_C000_0207)
        let plain = NetworkAddress.ipv4(192, 0, 2, 7, port: 80)
        #expect(mapped == plain && mapped.hashValue == plain.hashValue)
        #expect(mapped.host == "192.0.2.7" && mapped.family == .ipv4)
        for text in ["::ffff:192.0.2.7", "::FFFF:c000:207", "0:0:0:0:0:ffff:192.0.2.7"] {
            #expect(NetworkAddress(numeric: text, port: 80) == plain, "\(text)")
        }
    }

    /// `trusted-proxy = ::ffff:127.0.0.1` is what an operator copies from a log.
    @Test(arguments: [
        ("::ffff:10.0.0.0/104", "10.1.2.3", true), ("::ffff:10.0.0.0/104", "11.0.0.1", false),
        ("::ffff:127.0.0.1", "127.0.0.1", true), ("::ffff:127.0.0.1", "127.0.0.2", false),
        ("::ffff:0:0/96", "192.0.2.7", true), ("::ffff:0.0.0.0/96", "2001:db8::1", false),
        ("::ffff:a00:0/104", "::ffff:10.1.2.3", true),
    ])
    func `A range of mapped addresses is a range of IPv4 addresses`(
        range: String, address: String, isInside: Bool
    ) throws {
        let range = try #require(AddressRange(range))
        #expect(range.contains(try #require(NetworkAddress(numeric: address))) == isInside)
    }

    @Test(arguments: [
        "::ffff:10.0.0.1/104", "::ffff:10.0.0.0/95", "::ffff:10.0.0.0/129", "10.0.0.0/104",
    ])
    func `Bits after its prefix, or before its mapping, are a mistake`(text: String) {
        #expect(AddressRange(text) == nil)
    }
}
