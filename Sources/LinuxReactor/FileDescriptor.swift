// A file descriptor as a type of its own, so that it can't be confused with other numbers.

/// A file descriptor. Copying it copies only the number: its owner closes it exactly once, through
/// the ``Kernel``.
public struct FileDescriptor: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public let rawValue: Int32

    @inlinable
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// Means that there is no descriptor.
    @inlinable
    public static var none: FileDescriptor { FileDescriptor(rawValue: -1) }
}
