// Host and port, as a request target, a Host field and an Origin name them.

/// A host and perhaps a port (RFC 3986 §3.2.2, §3.2.3), without a user.
///
/// A host is a name, an IPv4 address or an IPv6 address in brackets; it is not empty (RFC 9110
/// §4.2.1). A comma is not accepted in a name, since it is what two merged `Host` fields have
/// between them.
package struct Authority: BitwiseCopyable, Equatable, Sendable {
    /// How many bytes the host has, brackets included; it comes first.
    package let hostByteCount: Int
    /// The port; nil if there is none, or nothing after the colon (RFC 3986 §3.2.3).
    package let port: UInt16?

    /// The authority that is all of `text`; nil if that is not a valid one.
    package init?(_ text: Span<UInt8>) {
        var end = 0
        if text.count > 0, text[0] == UInt8(ascii: "[") {
            guard let bracket = text.firstIndex(of: UInt8(ascii: "]"), from: 1),
                IPv6Address(text.extracting(1..<bracket)) != nil
            else { return nil }
            end = bracket + 1
        } else {
            guard let nameEnd = Self.endOfName(text), nameEnd > 0 else { return nil }
            end = nameEnd
        }
        hostByteCount = end
        if end == text.count {
            port = nil
            return
        }
        guard text[end] == UInt8(ascii: ":") else { return nil }
        var number = 0
        for index in end + 1..<text.count {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            number = number * 10 + Int(digit)
            guard number <= UInt16.max else { return nil }
        }
        port = end + 1 == text.count ? nil : UInt16(number)
    }

    /// Where a name at the front of `text` ends; nil if it has a malformed percent encoding.
    private static func endOfName(_ text: Span<UInt8>) -> Int? {
        var index = 0
        while index < text.count {
            if HTTPGrammar.isHostName(text[index]) {
                index += 1
            } else if text[index] == UInt8(ascii: "%") {
                guard PercentEncoding.byte(in: text, at: index) != nil else { return nil }
                index += 3
            } else {
                break
            }
        }
        return index
    }
}

/// A host that can be compared with another: a name in lower case, or an IPv6 address however it
/// was spelled.
package enum HostIdentity: Hashable, Sendable {
    /// A name or an IPv4 address; only the case of A to Z is ignored.
    case name(String)
    /// An IPv6 address.
    case address(IPv6Address)

    /// The host of "host", "host:port" or "[address]:port"; nil if that is not a valid authority.
    package init?(ofAuthority text: String) {
        let bytes = text.utf8.span
        guard let authority = Authority(bytes) else { return nil }
        self.init(bytes.extracting(first: authority.hostByteCount))
    }

    /// A host that ``Authority`` has checked.
    init?(_ host: Span<UInt8>) {
        if host[0] == UInt8(ascii: "[") {
            guard let address = IPv6Address(host.extracting(1..<host.count - 1)) else { return nil }
            self = .address(address)
        } else {
            self = .name(host.lowercasedText)
        }
    }
}
