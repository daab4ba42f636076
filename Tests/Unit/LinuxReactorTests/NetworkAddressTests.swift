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
        (v6(0, 0xFFFF_C000_0201), "[::ffff:192.0.2.1]:80", false),
        (v6(0, 0xFFFF_7F00_0001), "[::ffff:127.0.0.1]:80", true),
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
}
