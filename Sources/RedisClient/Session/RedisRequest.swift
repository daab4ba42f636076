// A command that was sent, by its number.

/// A command that was sent, and whose reply comes later. Later requests are greater.
public struct RedisRequest: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Which command it is, counted from 1 on.
    public let number: UInt64

    package init(number: UInt64) { self.number = number }

    public static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}
