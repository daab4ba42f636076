// A range of addresses as people write it: 10.0.0.0/8, 2001:db8::/32.

/// The addresses that have a prefix in common (RFC 4632). One of IPv4 also holds the same addresses
/// where they are written as IPv6 (::ffff:a.b.c.d).
public struct AddressRange: Hashable, Sendable {
    private let family: NetworkAddress.Family
    private let high: UInt64
    private let low: UInt64
    private let highMask: UInt64
    private let lowMask: UInt64

    /// The range in `text`: an address and the number of bits that count, or an address alone. Nil
    /// if it is none, or if bits are set behind those that count: a slip of the pen, most likely.
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

    /// The highest `bits` of a number with so many.
    private static func mask(_ bits: Int, of whole: Int) -> UInt64 {
        let ones = whole == 64 ? UInt64.max : (1 << UInt64(whole)) - 1
        return bits == 0 ? 0 : ones << UInt64(whole - bits) & ones
    }

    /// Whether the address lies in it; the port does not matter.
    public func contains(_ address: NetworkAddress) -> Bool {
        let address = address.unmapped
        return address.family == family && address.high & highMask == high
            && address.low & lowMask == low
    }
}

extension NetworkAddress {
    /// The same address as one of IPv4 if it is one that is written as IPv6 (RFC 4291 §2.5.5.2).
    public var unmapped: NetworkAddress {
        guard family == .ipv6, high == 0, low >> 32 == 0xFFFF else { return self }
        return NetworkAddress(family: .ipv4, low: low & 0xFFFF_FFFF, port: port)
    }
}
