// The address of a peer: small enough for each connection's slot, and a key for admission.
import LibC

/// An internet or local address as plain data: 24 bytes, no pointers.
public struct NetworkAddress: Hashable, Sendable, BitwiseCopyable {
    /// What kind of address it is.
    public enum Family: UInt8, Sendable, BitwiseCopyable {
        /// Any other family, AF_INET, AF_INET6 and AF_UNIX, in this order.
        case unknown, ipv4, ipv6, local
    }

    /// The upper half of the address as a number, with its first byte the most significant; 0 for
    /// IPv4.
    public let high: UInt64
    /// The lower half of the address; an IPv4 address is in its low 32 bits.
    public let low: UInt64
    /// The port in host order; 0 for a local socket.
    public let port: UInt16
    /// What kind of address it is.
    public let family: Family

    /// An address from its parts, which are plain numbers in host order.
    ///
    /// An IPv4-mapped IPv6 address (::ffff:a.b.c.d, RFC 4291 §2.5.5.2), as a socket that listens on
    /// [::] reports for IPv4 peers, becomes that IPv4 address: one peer has one address, wherever
    /// it is compared or read.
    public init(family: Family, high: UInt64 = 0, low: UInt64 = 0, port: UInt16 = 0) {
        let isMapped = family == .ipv6 && high == 0 && low >> 32 == 0xFFFF
        self.high = high
        self.low = isMapped ? low & 0xFFFF_FFFF : low
        self.port = port
        self.family = isMapped ? .ipv4 : family
    }

    /// Means that no address is known.
    public static let unknown = NetworkAddress(family: .unknown)

    /// The IPv4 address a.b.c.d.
    public static func ipv4(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8, port: UInt16) -> Self {
        let low = UInt64(a) << 24 | UInt64(b) << 16 | UInt64(c) << 8 | UInt64(d)
        return NetworkAddress(family: .ipv4, low: low, port: port)
    }

    /// Whether it is in 127.0.0.0/8, ::1, or a local socket.
    public var isLoopback: Bool {
        switch family {
        case .ipv4: low >> 24 == 127
        case .ipv6: high == 0 && low == 1
        case .local: true
        case .unknown: false
        }
    }

    /// The key by which the limits per address count: the address itself for IPv4 (/32), and the
    /// /64 network for IPv6, which is what an internet provider usually gives to one customer.
    public var admissionKey: NetworkAddress {
        family == .ipv6
            ? NetworkAddress(family: .ipv6, high: high) : NetworkAddress(family: family, low: low)
    }
}

extension NetworkAddress: CustomStringConvertible {
    /// "192.0.2.1:8080", "[2001:db8::1]:8080" or "local".
    public var description: String {
        switch family {
        case .ipv4: "\(host):\(port)"
        case .ipv6: "[\(host)]:\(port)"
        case .local: "local"
        case .unknown: "unknown"
        }
    }

    /// The address without its port, in its usual text form.
    public var host: String {
        switch family {
        case .ipv4:
            return [24, 16, 8, 0].map { String(low >> UInt64($0) & 0xFF) }.joined(separator: ".")
        case .ipv6: return Self.compressed(high: high, low: low)
        case .local: return "local"
        case .unknown: return "unknown"
        }
    }

    /// The text form of RFC 5952: lower case, with the longest run of two or more zero groups
    /// written as "::".
    private static func compressed(high: UInt64, low: UInt64) -> String {
        let groups = [high, low].flatMap { half in
            [48, 32, 16, 0].map { UInt16(truncatingIfNeeded: half >> UInt64($0)) }
        }
        var best = 0..<0
        var start = 0
        while start < groups.count {
            var end = start
            while end < groups.count, groups[end] == 0 { end += 1 }
            if end - start > max(best.count, 1) { best = start..<end }
            start = max(end, start + 1)
        }
        let text = { (range: Range<Int>) in
            groups[range].map { String($0, radix: 16) }.joined(separator: ":")
        }
        return best.isEmpty
            ? text(0..<8) : text(0..<best.lowerBound) + "::" + text(best.upperBound..<8)
    }
}
