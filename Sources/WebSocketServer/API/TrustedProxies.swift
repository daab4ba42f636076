// Whose word counts on who is behind a request: X-Forwarded-For and X-Forwarded-Host.
import LinuxReactor
import WebSocketCore

/// The proxies in front of a server. What others say in these fields is believed of nobody: every
/// client can write them.
public struct TrustedProxies: Hashable, Sendable {
    /// Where proxies connect from.
    public var ranges: [AddressRange]
    /// Whether who connects to a local socket is a proxy.
    public var includesLocalSockets: Bool

    /// The proxies in these ranges.
    public init(_ ranges: [AddressRange] = [], includesLocalSockets: Bool = false) {
        self.ranges = ranges
        self.includesLocalSockets = includesLocalSockets
    }

    /// Whether somebody at this address is one of them.
    public func contains(_ address: NetworkAddress) -> Bool {
        if address.family == .local { return includesLocalSockets }
        return ranges.contains { $0.contains(address) }
    }

    /// Who is behind a request that a trusted proxy brings: the rightmost address of X-Forwarded-For
    /// that is no trusted proxy itself. What stands left of it, the client may have made up. Nil if
    /// the field says nothing that can be read.
    func client(_ head: RequestHead) -> NetworkAddress? {
        var client: NetworkAddress?
        for member in head.listMembers("X-Forwarded-For").reversed() {
            guard let address = Self.address(member) else { return client }
            client = address
            if !contains(address) { return client }
        }
        return client
    }

    /// The host that the client asked the first proxy for. Browsers let no page write the field, and
    /// pages are what the rule about Origin is for.
    func host(_ head: RequestHead) -> String? { head.listMembers("X-Forwarded-Host").first }

    /// An address with or without a port: 192.0.2.1, 192.0.2.1:80, 2001:db8::1, [2001:db8::1]:80.
    private static func address(_ text: String) -> NetworkAddress? {
        if text.first == "[", let end = text.firstIndex(of: "]") {
            return NetworkAddress(numeric: text[text.index(after: text.startIndex)..<end])
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return NetworkAddress(numeric: parts.count == 2 ? parts[0] : text[...])
    }
}
