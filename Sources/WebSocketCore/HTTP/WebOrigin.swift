// The origin of a web page, as browsers write it.

/// An origin in its serialized form (RFC 6454 §6.2): `scheme://host` or `scheme://host:port`, and
/// nothing before, after or in between. The opaque origin `null` is not one of them.
package struct WebOrigin: Hashable, Sendable {
    /// The scheme, in lower case.
    package let scheme: String
    /// The host.
    package let host: HostIdentity
    /// The port: as written, or the default port of http and https; nil for other schemes.
    package let port: UInt16?

    /// Whether it is the origin of a page that came over HTTP, and not of an app or an extension.
    package var isWeb: Bool { scheme == "http" || scheme == "https" }

    /// Nil if the text is anything else, such as a URL with a path, or with a user before the host.
    package init?(_ text: String) {
        let bytes = text.utf8.span
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":"), from: 0),
            Self.isScheme(bytes.extracting(first: colon)), bytes.count > colon + 3,
            bytes[colon + 1] == UInt8(ascii: "/"), bytes[colon + 2] == UInt8(ascii: "/")
        else { return nil }
        let rest = bytes.extracting(colon + 3..<bytes.count)
        // No browser writes an encoded host, or a colon without a port.
        guard let authority = Authority(rest),
            rest.firstIndex(of: UInt8(ascii: "%"), from: 0) == nil,
            authority.hostByteCount == rest.count
                || authority.port != nil && rest[authority.hostByteCount + 1] != UInt8(ascii: "0"),
            let host = HostIdentity(rest.extracting(first: authority.hostByteCount))
        else { return nil }
        scheme = bytes.extracting(first: colon).lowercasedText
        self.host = host
        port = authority.port ?? (scheme == "http" ? 80 : scheme == "https" ? 443 : nil)
    }

    /// RFC 3986 §3.1.
    private static func isScheme(_ text: Span<UInt8>) -> Bool {
        guard text.count > 0, HTTPGrammar.lowercased(text[0]) &- 0x61 < 26 else { return false }
        for index in 1..<text.count {
            switch HTTPGrammar.lowercased(text[index]) {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                continue
            default: return false
            }
        }
        return true
    }
}
