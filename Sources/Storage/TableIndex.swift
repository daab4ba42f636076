// The number of a place in a table, which knows of which.

/// Where something stands in a ``SlotTable`` of `Element`. An index of one table is none of another,
/// so the compiler finds a mix-up; and there is one spelling of ``none``.
@frozen
public struct TableIndex<Element: ~Copyable>: BitwiseCopyable, Sendable {
    /// The number, as a hand-over writes it and epoll(7) brings it back.
    public let rawValue: UInt32

    /// The place with this number.
    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The place with this number, which fits into 32 bits.
    @inlinable
    public init(_ number: Int) { rawValue = UInt32(number) }

    /// No place of any table.
    @inlinable
    public static var none: Self { Self(rawValue: .max) }
}

extension TableIndex: Hashable where Element: ~Copyable {
    /// Whether both are the same place of the same table.
    @inlinable
    public static func == (a: Self, b: Self) -> Bool { a.rawValue == b.rawValue }

    /// Hashes the number.
    @inlinable
    public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

extension TableIndex: Comparable where Element: ~Copyable {
    /// Whether one place stands before the other.
    @inlinable
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

extension TableIndex: ExpressibleByIntegerLiteral where Element: ~Copyable {
    /// The place with this number.
    @inlinable
    public init(integerLiteral value: UInt32) { rawValue = value }
}

extension TableIndex: CustomStringConvertible where Element: ~Copyable {
    /// The number, or "none".
    public var description: String { self == .none ? "none" : "\(rawValue)" }
}
