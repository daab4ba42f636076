// UNSAFE: lends spans of memory that lives as long as the buffer; the server never writes through
// one while a handler reads through another.
import Storage

/// The one buffer that every connection is received into, with room in front for the few bytes
/// that the last receive of a connection left over.
///
/// It is a class so that a span of it can be lent while the server around it is being changed.
@safe
public final class ReceiveBuffer {
    /// Room in front: more than a partial header with a partial control frame (14 + 125 bytes).
    @inlinable
    public static var headroomByteCount: Int { 256 }
    /// What one receive may bring. 16 KiB costs 30–60 % at 1 KiB messages; 512 KiB gains nothing.
    @inlinable
    public static var receiveByteCount: Int { 128 * 1024 }
    /// Headroom and receive together.
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

    /// The bytes of `range` for reading; the process ends if it lies outside.
    @inlinable @_lifetime(borrow self)
    public func span(_ range: Range<Int>) -> Span<UInt8> {
        precondition(range.lowerBound >= 0 && range.upperBound <= Self.byteCount)
        return unsafe _overrideLifetime(
            Span(_unsafeStart: base + range.lowerBound, count: range.count), borrowing: self)
    }

    /// The bytes of `range` for writing; the process ends if it lies outside.
    @inlinable @_lifetime(borrow self)
    public func mutableSpan(_ range: Range<Int>) -> MutableSpan<UInt8> {
        precondition(range.lowerBound >= 0 && range.upperBound <= Self.byteCount)
        return unsafe _overrideLifetime(
            MutableSpan(_unsafeStart: base + range.lowerBound, count: range.count),
            borrowing: self)
    }

    /// Appends the bytes of `range` to `target`.
    public func copy(_ range: Range<Int>, to target: inout ByteBuffer) {
        target.append(span.extracting(range))
    }

    /// Copies bytes to `offset`; the process ends if they do not fit behind it.
    public func copy(_ bytes: Span<UInt8>, to offset: Int) {
        precondition(offset >= 0 && bytes.count <= Self.byteCount - offset)
        unsafe bytes.withUnsafeBufferPointer { source in
            guard let first = source.baseAddress else { return }
            unsafe (base + offset).update(from: first, count: source.count)
        }
    }
}
