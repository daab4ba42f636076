// The value that epoll(7) stores with each descriptor and returns with each of its events.

/// The data of an event of epoll(7): a slot and its generation, or, with a slot number beyond any
/// table, one of the server's own descriptors.
package enum Token {
    static var signals: UInt64 { UInt64(UInt32.max) }
    static var wakeup: UInt64 { UInt64(UInt32.max - 1) }
    /// The connection to Redis; the upper half of its events' data says which socket of it.
    private static var redisNumber: UInt32 { UInt32.max - 2 }
    static var firstListener: UInt64 { UInt64(UInt32.max - 1024) }

    static func listener(_ index: Int) -> UInt64 { firstListener + UInt64(index) }

    static func redis(_ generation: UInt32) -> UInt64 {
        UInt64(generation) << 32 | UInt64(redisNumber)
    }

    package static func isRedis(_ token: UInt64) -> Bool {
        UInt32(truncatingIfNeeded: token) == redisNumber
    }

    /// The connection that a token is for; nil for the server's own descriptors.
    static func slot(_ token: UInt64) -> Slot? {
        let number = UInt32(truncatingIfNeeded: token)
        return number < UInt32(truncatingIfNeeded: firstListener) ? Slot(rawValue: number) : nil
    }
}

extension ConnectionID {
    /// The data of this connection's events: slot and generation.
    var token: UInt64 { UInt64(generation) << 32 | UInt64(slot) }
}
