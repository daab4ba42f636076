// A range of addresses in the usual notation: 10.0.0.0/8, 2001:db8::/32.

/// The addresses with a common prefix (RFC 4632). A range of IPv4-mapped IPv6 addresses, such as
/// ::ffff:10.0.0.0/104, is that range of IPv4 addresses: a ``NetworkAddress`` is never mapped.
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
        // The 96 bits in front of a mapped address.
        let isMapped = address.family == .ipv4 && parts[0].utf8.contains(UInt8(ascii: ":"))
        let front = isMapped ? 96 : 0
        let whole = address.family == .ipv4 ? 32 : 128
        var bits = whole
        if parts.count == 2 {
            guard let number = Int(parts[1]), (front...front + whole).contains(number),
                String(number) == parts[1]
            else { return nil }
            bits = number - front
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
        address.family == family && address.high & highMask == high
            && address.low & lowMask == low
    }
}
