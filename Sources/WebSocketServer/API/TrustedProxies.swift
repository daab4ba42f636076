// Which proxies are trusted to name the client, in X-Forwarded-For and X-Forwarded-Host.
import LinuxReactor
import WebSocketCore

/// The proxies in front of a server. The fields are ignored if they come from any other address,
/// since every client can send them.
public struct TrustedProxies: Hashable, Sendable {
    /// The addresses that proxies connect from.
    public var ranges: [AddressRange]
    /// Whether every connection to a local socket is from a proxy.
    public var includesLocalSockets: Bool

    /// The proxies in these ranges.
    public init(_ ranges: [AddressRange] = [], includesLocalSockets: Bool = false) {
        self.ranges = ranges
        self.includesLocalSockets = includesLocalSockets
    }

    /// Whether this is the address of a trusted proxy.
    public func contains(_ address: NetworkAddress) -> Bool {
        if address.family == .local { return includesLocalSockets }
        return ranges.contains { $0.contains(address) }
    }

    /// The client of a request that a trusted proxy forwards: the rightmost address of
    /// X-Forwarded-For that is not itself a trusted proxy. Addresses to the left of it may be made
    /// up by the client.
    func client(_ head: RequestHead) -> Forwarded {
        guard head.header("X-Forwarded-For") != nil else { return .missing }
        var client: NetworkAddress?
        for member in head.listMembers("X-Forwarded-For").reversed() {
            guard let address = Self.address(member) else { return .unreadable }
            client = address
            if !contains(address) { break }
        }
        return client.map { .client($0) } ?? .unreadable
    }

    /// What X-Forwarded-For says.
    enum Forwarded: Equatable {
        /// There is no such field: the request is the proxy's own, such as a health check.
        case missing
        /// The client is not named by an address: the field is empty, `unknown`, an obfuscated
        /// identifier (RFC 7239 §6) or broken. All such clients would be one, or have no limits.
        case unreadable
        case client(NetworkAddress)
    }

    /// The host that the client requested from the first proxy. Browsers do not let pages set this
    /// field, and pages are what the Origin rule is for.
    func host(_ head: RequestHead) -> String? { head.listMembers("X-Forwarded-Host").first }

    /// Parses an address with or without a port: 192.0.2.1, 192.0.2.1:80, 2001:db8::1,
    /// [2001:db8::1]:80.
    private static func address(_ text: String) -> NetworkAddress? {
        if text.first == "[", let end = text.firstIndex(of: "]") {
            return NetworkAddress(numeric: text[text.index(after: text.startIndex)..<end])
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return NetworkAddress(numeric: parts.count == 2 ? parts[0] : text[...])
    }
}
