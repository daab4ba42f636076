// Where a client comes from, as far as the chat must know it: to count what one address takes.

/// Clients with the same value share places. The chat does not know what the bits mean.
public struct ClientAddress: Sendable, Hashable, Comparable {
    /// The address, without the part that one client can choose freely.
    public let bits: UInt128

    /// An address. All bits zero mean ``exempt``.
    public init(bits: UInt128) {
        self.bits = bits
    }

    /// In some order.
    public static func < (one: ClientAddress, other: ClientAddress) -> Bool {
        one.bits < other.bits
    }

    /// A client without limits by address: it is the reverse proxy's, or the operator's own.
    public static let exempt = ClientAddress(bits: 0)
}
