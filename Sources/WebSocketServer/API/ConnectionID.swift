// The identity of a connection: it may be kept after the connection has ended.

/// Identifies one connection of one server. It may be copied and kept without limit: once the
/// connection has ended, using it does nothing.
public struct ConnectionID: Hashable, Sendable, BitwiseCopyable {
    /// A number that is never used twice in a server's life, counted from 1 in the order of
    /// arrival: Ratchet's `resourceID`. Plain HTTP connections are counted too, so the numbers of
    /// WebSockets have gaps.
    public let resourceID: UInt64
    /// The connection's index in the server's table: dense, and reused once the connection has
    /// ended. A handler may index its own array with it.
    public let slot: UInt32

    /// Restores an ID from its saved parts. If there is no such connection, using it does nothing.
    public init(resourceID: UInt64, slot: UInt32) {
        self.resourceID = resourceID
        self.slot = slot
    }

    /// What stands for no connection where there must be a value.
    static let none = ConnectionID(resourceID: 0, slot: .max)

    /// Distinguishes this use of the slot from earlier ones in the events of epoll(7).
    var generation: UInt32 { UInt32(truncatingIfNeeded: resourceID) }
}

extension ConnectionID: CustomStringConvertible {
    /// "#" and the ``resourceID``, for logs.
    public var description: String { "#\(resourceID)" }
}
