// Addresses as text, compared with inet_pton(3).
import Glibc
import LinuxReactor
import Testing

@Suite struct NetworkAddressParsingTests {
    /// The C library's reading of a text.
    private func reference(_ text: String) -> NetworkAddress? {
        var v4 = in_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            return NetworkAddress(family: .ipv4, low: UInt64(UInt32(bigEndian: v4.s_addr)))
        }
        var v6 = in6_addr()
        guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
        return withUnsafeBytes(of: &v6) { bytes in
            NetworkAddress(
                family: .ipv6, high: UInt64(bigEndian: bytes.load(as: UInt64.self)),
                low: UInt64(bigEndian: bytes.load(fromByteOffset: 8, as: UInt64.self)))
        }
    }

    @Test(arguments: [
        "127.0.0.1", "0.0.0.0", "255.255.255.255", "256.0.0.1", "1.2.3", "1.2.3.4.5", "1..2.3",
        "01.2.3.4", "1.2.3.04", "0.0.0.0 ", " 1.2.3.4", "", ".", "::", "::1", "1::", "1::2",
        "2001:db8::8:800:200c:417a", "FF01::101", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "::2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "1::2::3", ":1", "1:", ":::", "::1:", ":", "12345::",
        "g::", "::ffff:192.0.2.1", "::192.0.2.1", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4",
        "::1.2.3", "1.2.3.4::", "::1.2.3.4:5", "fe80::1%eth0", "[::1]", "localhost",
        "::ffff:1.2.3.400",
    ])
    func `A text means the same as to inet_pton`(text: String) {
        #expect(NetworkAddress(numeric: text) == reference(text))
    }

    @Test
    func `Random texts mean the same as to inet_pton, and written addresses can be read again`() {
        var generator = SystemRandomNumberGenerator()
        let pieces = ["0", "1", "a", "ff", "abcd", "12345", ":", ":", "::", ".", "255", "10.0.0.1"]
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 1...15)).map { _ in
                pieces.randomElement(using: &generator)!
            }
            .joined()
            #expect(NetworkAddress(numeric: text) == reference(text), "\(text)")
        }
        for _ in 0..<2_000 {
            let groups = (0..<4).map { _ in UInt64.random(in: 0...0xFFFF) * UInt64.random(in: 0...1)
            }
            let address = NetworkAddress(
                family: .ipv6, high: groups[0] << 32 | groups[1], low: groups[2] << 48 | groups[3],
                port: 7)
            #expect(NetworkAddress(numeric: address.host, port: 7) == address, "\(address)")
        }
    }
}
