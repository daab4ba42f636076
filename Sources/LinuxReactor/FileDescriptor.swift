// A descriptor of the kernel's table, told apart from every other number.

/// A file descriptor. Copying it copies the number, not the file: whoever owns it closes it once,
/// through the ``Kernel``.
public struct FileDescriptor: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public let rawValue: Int32

    @inlinable
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// Stands where there is no descriptor.
    @inlinable
    public static var none: FileDescriptor { FileDescriptor(rawValue: -1) }
}
