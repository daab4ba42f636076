// An index into a table, with the table's element as part of its type.

/// The index of a slot in a ``SlotTable`` of `Element`. Indices of different tables have different
/// types, so the compiler finds a mix-up, and ``none`` has the same spelling for all tables.
@frozen
public struct TableIndex<Element: ~Copyable>: BitwiseCopyable, Sendable {
    /// The number, as it is written in a hand-over and used in the tokens of epoll(7).
    public let rawValue: UInt32

    /// The index with this number.
    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The index with this number; a number that does not fit into 32 bits ends the process.
    @inlinable
    public init(_ number: Int) { rawValue = UInt32(number) }

    /// Means that there is no slot.
    @inlinable
    public static var none: Self { Self(rawValue: .max) }
}

extension TableIndex: Hashable where Element: ~Copyable {
    /// Whether both are the same index.
    @inlinable
    public static func == (a: Self, b: Self) -> Bool { a.rawValue == b.rawValue }

    /// Hashes the number.
    @inlinable
    public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

extension TableIndex: Comparable where Element: ~Copyable {
    /// Whether `a` is before `b` in the table.
    @inlinable
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

extension TableIndex: ExpressibleByIntegerLiteral where Element: ~Copyable {
    /// The index with this number.
    @inlinable
    public init(integerLiteral value: UInt32) { rawValue = value }
}

extension TableIndex: CustomStringConvertible where Element: ~Copyable {
    /// The number, or "none".
    public var description: String { self == .none ? "none" : "\(rawValue)" }
}
