// Arithmetic of instants. It is declared here because an operator does not come with an import of
// its type alone, as in Exports.swift.
import LinuxReactor

extension Instant {
    /// The instant `duration` later; earlier if that is negative, but not before zero.
    @inlinable
    public static func + (instant: Self, duration: Duration) -> Self {
        instant.advanced(by: duration)
    }

    /// The time from the second instant to the first; negative if the second is later.
    @inlinable
    public static func - (later: Self, earlier: Self) -> Duration { earlier.duration(to: later) }
}
