// What a handler calls its timers.

/// What a timer is for: a number that the handler chooses. A connection has at most one timer of
/// each name, and so has the server itself.
///
/// ```swift
/// extension TimerName {
///     static let idle: TimerName = 1
///     static let reminder: TimerName = 2
/// }
/// ```
///
/// A server that has a timer for each auction may use the auction's number.
public struct TimerName: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    /// The number.
    public let rawValue: UInt64

    /// The name with this number.
    public init(rawValue: UInt64) { self.rawValue = rawValue }
}

extension TimerName: ExpressibleByIntegerLiteral {
    /// The name with this number.
    public init(integerLiteral value: UInt64) { self.init(rawValue: value) }
}
