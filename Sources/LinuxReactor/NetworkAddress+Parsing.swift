// Parses the text form of addresses: IPv6 as in RFC 4291 §2.2, IPv4 as four decimal numbers.

extension NetworkAddress {
    /// The address written in `text`: "192.0.2.1", or "2001:db8::1" without brackets and without a
    /// zone. Nil for anything else, such as a name.
    public init?(numeric text: some StringProtocol, port: UInt16 = 0) {
        if let low = Self.ipv4(text.utf8) {
            self.init(family: .ipv4, low: UInt64(low), port: port)
        } else if let (high, low) = Self.ipv6(text.utf8) {
            self.init(family: .ipv6, high: high, low: low, port: port)
        } else {
            return nil
        }
    }

    /// The same address with another port.
    public func with(port: UInt16) -> NetworkAddress {
        NetworkAddress(family: family, high: high, low: low, port: port)
    }

    /// Four decimal numbers without leading zeros, which some programs interpret as octal.
    private static func ipv4(_ text: some Collection<UInt8>) -> UInt32? {
        var address: UInt32 = 0
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        for part in parts {
            guard let number = decimal(part) else { return nil }
            address = address << 8 | UInt32(number)
        }
        return address
    }

    private static func decimal(_ text: some Collection<UInt8>) -> UInt8? {
        guard (1...3).contains(text.count) else { return nil }
        if text.first == UInt8(ascii: "0"), text.count > 1 { return nil }
        var number = 0
        for byte in text {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return UInt8(exactly: number)
    }

    /// Eight groups of hexadecimal digits. One run of zero groups may be written as "::", and the
    /// last two groups as an IPv4 address.
    private static func ipv6(_ text: some Collection<UInt8>) -> (UInt64, UInt64)? {
        var groups: [UInt16] = []
        var gap: Int?
        var rest = Array(text)[...]
        if rest.starts(with: [0x3A, 0x3A]) {
            gap = 0
            rest = rest.dropFirst(2)
        }
        while !rest.isEmpty {
            let colon = rest.firstIndex(of: 0x3A) ?? rest.endIndex
            let part = rest[rest.startIndex..<colon]
            if colon == rest.endIndex, let address = ipv4(part) {
                groups += [UInt16(address >> 16), UInt16(address & 0xFFFF)]
                break
            }
            guard let group = hexadecimal(part) else { return nil }
            groups.append(group)
            rest = rest[colon...]
            if rest.isEmpty { break }
            rest = rest.dropFirst()
            if rest.isEmpty { return nil }
            if rest.first == 0x3A {
                guard gap == nil else { return nil }
                gap = groups.count
                rest = rest.dropFirst()
            }
        }
        if let gap {
            guard groups.count < 8 else { return nil }
            groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
        }
        guard groups.count == 8 else { return nil }
        let halves = [groups[..<4], groups[4...]].map {
            $0.reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
        }
        return (halves[0], halves[1])
    }

    private static func hexadecimal(_ text: ArraySlice<UInt8>) -> UInt16? {
        guard (1...4).contains(text.count) else { return nil }
        var number: UInt16 = 0
        for byte in text {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            number = number << 4 | UInt16(digit)
        }
        return number
    }
}
