// The name of a connection: a number that may be kept for ever.

/// Names one connection of one server. It may be copied and kept for as long as anybody likes: once
/// the connection is gone the name stands for nothing, and using it does nothing.
public struct ConnectionID: Hashable, Sendable, BitwiseCopyable {
    /// A number never used twice in a server's life, counted from 1 in the order of arrival:
    /// Ratchet's `resourceID`. Plain HTTP connections are counted too, so WebSockets have gaps.
    public let resourceID: UInt64
    /// Where the connection stands in the server's table: dense, and used again once it is free.
    /// A handler may index an array of its own with it.
    public let slot: UInt32

    /// A name put together from its parts, as they were saved; for a connection that is not there
    /// it stands for nothing.
    public init(resourceID: UInt64, slot: UInt32) {
        self.resourceID = resourceID
        self.slot = slot
    }

    /// What tells this use of the slot from earlier ones in an event of epoll(7), beside the slot.
    var generation: UInt32 { UInt32(truncatingIfNeeded: resourceID) }
}

extension ConnectionID: CustomStringConvertible {
    /// "#" and the ``resourceID``: for logs.
    public var description: String { "#\(resourceID)" }
}
