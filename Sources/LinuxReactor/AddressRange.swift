// A range of addresses in the usual notation: 10.0.0.0/8, 2001:db8::/32.

/// The addresses with a common prefix (RFC 4632). An IPv4 range also contains the same addresses
/// in their IPv6 form (::ffff:a.b.c.d).
public struct AddressRange: Hashable, Sendable {
    private let family: NetworkAddress.Family
    private let high: UInt64
    private let low: UInt64
    private let highMask: UInt64
    private let lowMask: UInt64

    /// The range in `text`: an address with a prefix length, or a single address. Nil if it is
    /// neither, or if bits after the prefix are set, which is most likely a mistake.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let address = NetworkAddress(numeric: parts[0]) else {
            return nil
        }
        let whole = address.family == .ipv4 ? 32 : 128
        var bits = whole
        if parts.count == 2 {
            guard let number = Int(parts[1]), (0...whole).contains(number),
                String(number) == parts[1]
            else { return nil }
            bits = number
        }
        family = address.family
        high = address.high
        low = address.low
        highMask = Self.mask(address.family == .ipv4 ? 0 : min(bits, 64), of: 64)
        lowMask =
            address.family == .ipv4
            ? Self.mask(bits, of: 32) : Self.mask(max(0, bits - 64), of: 64)
        guard high & ~highMask == 0, low & ~lowMask == 0 else { return nil }
    }

    /// A mask of the highest `bits` bits of a number with `whole` bits.
    private static func mask(_ bits: Int, of whole: Int) -> UInt64 {
        let ones = whole == 64 ? UInt64.max : (1 << UInt64(whole)) - 1
        return bits == 0 ? 0 : ones << UInt64(whole - bits) & ones
    }

    /// Whether the range contains the address; the port is ignored.
    public func contains(_ address: NetworkAddress) -> Bool {
        let address = address.unmapped
        return address.family == family && address.high & highMask == high
            && address.low & lowMask == low
    }
}

extension NetworkAddress {
    /// The IPv4 address, if this is an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2); otherwise the
    /// same address.
    public var unmapped: NetworkAddress {
        guard family == .ipv6, high == 0, low >> 32 == 0xFFFF else { return self }
        return NetworkAddress(family: .ipv4, low: low & 0xFFFF_FFFF, port: port)
    }
}
