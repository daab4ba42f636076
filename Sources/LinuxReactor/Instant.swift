// Points in time: the monotonic one that everything is measured by, and the calendar's.

/// A point of CLOCK_MONOTONIC, in nanoseconds. Only differences mean anything.
public struct Instant: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Nanoseconds of the clock.
    public var nanoseconds: UInt64

    /// The point of the clock that shows so many nanoseconds.
    @inlinable
    public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// Whole milliseconds, for coarse arithmetic.
    @inlinable
    public var milliseconds: UInt64 { nanoseconds / 1_000_000 }

    @inlinable
    public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The later instant; a negative duration is taken as zero.
    @inlinable
    public static func + (instant: Self, duration: Duration) -> Self {
        Instant(nanoseconds: instant.nanoseconds &+ duration.wholeNanoseconds)
    }

    /// How many nanoseconds lie between; zero if `earlier` is the later one.
    @inlinable
    public func nanoseconds(since earlier: Self) -> UInt64 {
        earlier < self ? nanoseconds - earlier.nanoseconds : 0
    }

    /// The instant that lies so many nanoseconds later. What is done for each connection uses this:
    /// taking a `Duration` apart costs a 128-bit division.
    @inlinable
    public func advanced(by nanoseconds: UInt64) -> Self {
        Instant(nanoseconds: self.nanoseconds &+ nanoseconds)
    }

    /// How much time lies between; zero if `earlier` is the later one.
    @inlinable
    public func since(_ earlier: Self) -> Duration {
        earlier < self ? .nanoseconds(Int64(clamping: nanoseconds - earlier.nanoseconds)) : .zero
    }
}

/// A point of CLOCK_REALTIME, in nanoseconds since 1970-01-01T00:00Z. May jump when the clock is
/// set.
public struct WallTime: Hashable, Sendable, BitwiseCopyable {
    /// Nanoseconds of the clock.
    public var nanoseconds: UInt64

    /// The point of the clock that shows so many nanoseconds.
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
