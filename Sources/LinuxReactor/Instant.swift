// Points in time: of the monotonic clock, which all deadlines use, and of the calendar.

/// A point in time of CLOCK_MONOTONIC, in nanoseconds. Only differences are meaningful.
public struct Instant: InstantProtocol, BitwiseCopyable {
    /// Nanoseconds of the clock.
    public var nanoseconds: UInt64

    /// The point at which the clock shows this many nanoseconds.
    @inlinable
    public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// Whole milliseconds, for coarse arithmetic.
    @inlinable
    public var milliseconds: UInt64 { nanoseconds / 1_000_000 }

    @inlinable
    public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The instant `duration` later, or earlier if that is negative, but not before zero.
    @inlinable
    public func advanced(by duration: Duration) -> Self {
        let forth = duration.wholeNanoseconds
        if forth > 0 { return Instant(nanoseconds: nanoseconds &+ forth) }
        let back = (.zero - duration).wholeNanoseconds
        return Instant(nanoseconds: nanoseconds - min(back, nanoseconds))
    }

    /// The time from this instant to another; negative if that is earlier.
    @inlinable
    public func duration(to other: Self) -> Duration {
        other < self ? .zero - since(other) : other.since(self)
    }

    /// How many nanoseconds have passed since `earlier`; zero if that is later.
    @inlinable
    public func nanoseconds(since earlier: Self) -> UInt64 {
        earlier < self ? nanoseconds - earlier.nanoseconds : 0
    }

    /// The instant `nanoseconds` later. Code that runs for each connection uses this, because
    /// splitting a `Duration` into components costs a 128-bit division.
    @inlinable
    public func advanced(by nanoseconds: UInt64) -> Self {
        Instant(nanoseconds: self.nanoseconds &+ nanoseconds)
    }

    /// How much time has passed since `earlier`; zero if that is later.
    @inlinable
    public func since(_ earlier: Self) -> Duration {
        earlier < self ? .nanoseconds(Int64(clamping: nanoseconds - earlier.nanoseconds)) : .zero
    }
}

/// A point in time of CLOCK_REALTIME, in nanoseconds since 1970-01-01T00:00Z. It may jump when the
/// clock is set.
public struct WallTime: Hashable, Sendable, BitwiseCopyable {
    /// Nanoseconds of the clock.
    public var nanoseconds: UInt64

    /// The point at which the clock shows this many nanoseconds.
    @inlinable
    public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// Whole milliseconds since 1970.
    @inlinable
    public var milliseconds: UInt64 { nanoseconds / 1_000_000 }
    /// Whole seconds since 1970.
    @inlinable
    public var seconds: UInt64 { nanoseconds / 1_000_000_000 }
}

extension Duration {
    /// Nanoseconds, clamped to 0 … UInt64.max.
    @inlinable
    public var wholeNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : product &+ UInt64(attoseconds) / 1_000_000_000
    }

    /// Milliseconds, clamped to 0 … UInt64.max.
    @inlinable
    public var wholeMilliseconds: UInt64 { wholeNanoseconds / 1_000_000 }
}
