// UNSAFE: lends spans of memory that lives as long as the buffer. The server never writes through
// one span while a handler reads through another.
import LibC
import Storage

/// The shared buffer that all connections are received into. It has room in front for the few
/// bytes that the last receive of a connection left over.
///
/// It is a class so that a span of it can be lent while the server that owns it is changed.
@safe
public final class ReceiveBuffer {
    /// Room in front, in bytes: more than a partial header and control frame (14 + 125).
    @inlinable
    public static var headroomByteCount: Int { 256 }
    /// The most bytes of one receive. With 16 KiB, messages of 1 KiB cost 30–60 % more; 512 KiB
    /// gains nothing.
    @inlinable
    public static var receiveByteCount: Int { 128 * 1024 }
    /// The size of the whole buffer.
    @inlinable
    public static var byteCount: Int { headroomByteCount + receiveByteCount }

    @usableFromInline
    let base: UnsafeMutablePointer<UInt8>

    /// A buffer of zeros.
    public init() {
        unsafe base = .allocate(capacity: Self.byteCount)
        unsafe base.initialize(repeating: 0, count: Self.byteCount)
    }

    deinit { unsafe base.deallocate() }

    /// The whole buffer for reading.
    @inlinable
    public var span: Span<UInt8> {
        @_lifetime(borrow self)
        borrowing get {
            unsafe _overrideLifetime(
                Span(_unsafeStart: base, count: Self.byteCount), borrowing: self)
        }
    }

    /// The bytes of `range` for reading; a range outside of the buffer ends the process.
    @inlinable @_lifetime(borrow self)
    public func span(_ range: Range<Int>) -> Span<UInt8> {
        precondition(range.lowerBound >= 0 && range.upperBound <= Self.byteCount)
        return unsafe _overrideLifetime(
            Span(_unsafeStart: base + range.lowerBound, count: range.count), borrowing: self)
    }

    /// The bytes of `range` for writing; a range outside of the buffer ends the process.
    @inlinable @_lifetime(borrow self)
    public func mutableSpan(_ range: Range<Int>) -> MutableSpan<UInt8> {
        precondition(range.lowerBound >= 0 && range.upperBound <= Self.byteCount)
        return unsafe _overrideLifetime(
            MutableSpan(_unsafeStart: base + range.lowerBound, count: range.count),
            borrowing: self)
    }

    /// Overwrites the bytes of `range` with zeros: they were a secret.
    package func wipe(_ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= Self.byteCount)
        unsafe explicit_bzero(base + range.lowerBound, range.count)
    }

    /// Appends the bytes of `range` to `target`.
    public func copy(_ range: Range<Int>, to target: inout ByteBuffer) {
        target.append(span.extracting(range))
    }

    /// Copies bytes to `offset`; if they do not fit there, the process ends.
    public func copy(_ bytes: Span<UInt8>, to offset: Int) {
        precondition(offset >= 0 && bytes.count <= Self.byteCount - offset)
        unsafe bytes.withUnsafeBufferPointer { source in
            guard let first = source.baseAddress else { return }
            unsafe (base + offset).update(from: first, count: source.count)
        }
    }
}
