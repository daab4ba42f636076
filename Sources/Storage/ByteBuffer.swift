// UNSAFE: the growable byte queue for input and output. Invariants: `block` is nil, or a block from
// malloc that is not shared and whose header is initialised; head + count never exceed capacity.

import LibC

/// A first-in, first-out queue of bytes in at most one allocation: bytes are appended at the end,
/// read as one contiguous span, and consumed from the front.
///
/// It has eight bytes in its owner, and allocates nothing until the first byte is appended, so that
/// a million idle connections cost only a million pointers. It has exactly one owner, so there is
/// no reference count and no copy on write.
@safe
public struct ByteBuffer: ~Copyable {
    /// The header of the block, before the bytes.
    @usableFromInline
    struct Header: BitwiseCopyable {
        @usableFromInline var head: Int
        @usableFromInline var count: Int
        @usableFromInline var capacity: Int

        @inlinable
        init(head: Int, count: Int, capacity: Int) {
            self.head = head
            self.count = count
            self.capacity = capacity
        }
    }

    @usableFromInline var block: UnsafeMutablePointer<Header>?

    /// An empty buffer that has allocated nothing.
    @inlinable
    public init() {
        unsafe block = nil
    }

    /// An empty buffer with room for `minimumCapacity` bytes.
    @inlinable
    public init(minimumCapacity: Int) {
        unsafe block = nil
        if minimumCapacity > 0 { reserve(minimumCapacity) }
    }

    @inlinable
    deinit {
        if let block = unsafe block { unsafe Self.deallocate(block) }
    }

    /// How many bytes are in the queue.
    @inlinable
    public var count: Int {
        guard let block = unsafe block else { return 0 }
        return unsafe block.pointee.count
    }

    /// Whether the queue has no bytes.
    @inlinable
    public var isEmpty: Bool { count == 0 }

    /// Whether the buffer has allocated memory.
    @inlinable
    public var ownsMemory: Bool { unsafe block != nil }

    /// How many bytes the block has room for, including consumed bytes: the buffer's memory cost.
    @inlinable
    public var capacity: Int {
        guard let block = unsafe block else { return 0 }
        return unsafe block.pointee.capacity
    }

    /// The bytes of the queue, oldest first.
    @inlinable
    public var span: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            guard let block = unsafe block else { return Span() }
            let bytes = unsafe UnsafeBufferPointer(
                start: UnsafePointer(Self.firstByte(of: block)), count: block.pointee.count)
            return unsafe _overrideLifetime(Span(_unsafeElements: bytes), borrowing: self)
        }
    }

    /// The bytes of the queue, oldest first, for changing them in place.
    @inlinable
    public var mutableSpan: MutableSpan<UInt8> {
        @_lifetime(&self)
        mutating get {
            guard let block = unsafe block else { return MutableSpan() }
            let bytes = unsafe UnsafeMutableBufferPointer(
                start: Self.firstByte(of: block), count: block.pointee.count)
            return unsafe _overrideLifetime(MutableSpan(_unsafeElements: bytes), mutating: &self)
        }
    }

    /// The oldest byte of a block.
    @inlinable
    static func firstByte(of block: UnsafeMutablePointer<Header>) -> UnsafeMutablePointer<UInt8> {
        let storage = unsafe UnsafeMutableRawPointer(block + 1)
        return unsafe (storage + block.pointee.head).assumingMemoryBound(to: UInt8.self)
    }

    /// Makes room for `additional` more bytes, so that appending them moves nothing.
    ///
    /// The capacity grows by doubling. If the consumed head is at least as long as the remaining
    /// bytes, it is reclaimed instead. If there is no memory, the process ends.
    @inlinable
    public mutating func reserve(_ additional: Int) {
        if let block = unsafe block {
            let header = unsafe block.pointee
            if additional <= header.capacity - header.head - header.count { return }
        }
        makeRoom(for: additional)
    }

    /// Appends one byte.
    @inlinable
    public mutating func append(_ byte: UInt8) {
        unsafe appendUninitialized(1).pointee = byte
    }

    /// Appends `bytes`.
    @inlinable
    public mutating func append(_ bytes: Span<UInt8>) {
        let byteCount = bytes.count
        if byteCount == 0 { return }
        let target = unsafe appendUninitialized(byteCount)
        unsafe bytes.withUnsafeBufferPointer { source in
            _ = unsafe memcpy(target, source.baseAddress!, byteCount)
        }
    }

    /// Adds `byteCount` bytes to the queue, whose values the caller must write.
    @inlinable
    @inline(__always)
    package mutating func appendUninitialized(_ byteCount: Int) -> UnsafeMutablePointer<UInt8> {
        reserve(byteCount)
        let block = unsafe block!
        let target = unsafe Self.firstByte(of: block) + block.pointee.count
        unsafe block.pointee.count += byteCount
        return unsafe target
    }

    /// The same if the block has room for them; otherwise does nothing and returns nil.
    @inlinable
    @inline(__always)
    package mutating func appendUninitialized(
        ifRoomFor byteCount: Int
    ) -> UnsafeMutablePointer<UInt8>? {
        guard let block = unsafe block else { return nil }
        let header = unsafe block.pointee
        let end = header.head &+ header.count
        guard byteCount <= header.capacity &- end else { return nil }
        unsafe block.pointee.count = header.count &+ byteCount
        return unsafe UnsafeMutableRawPointer(block + 1).assumingMemoryBound(to: UInt8.self) + end
    }

    /// Consumes the `byteCount` oldest bytes; more than ``count`` ends the process. The block is
    /// kept; an empty queue starts again at the beginning of the block.
    @inlinable
    public mutating func removeFirst(_ byteCount: Int) {
        precondition(byteCount >= 0 && byteCount <= count, "removing more than the buffer holds")
        guard let block = unsafe block else { return }
        unsafe block.pointee.count -= byteCount
        unsafe block.pointee.head =
            unsafe block.pointee.count == 0 ? 0 : block.pointee.head + byteCount
    }

    /// Removes the `byteCount` newest bytes; more than ``count`` ends the process.
    @inlinable
    public mutating func removeLast(_ byteCount: Int) {
        precondition(byteCount >= 0 && byteCount <= count, "removing more than the buffer holds")
        guard let block = unsafe block else { return }
        unsafe block.pointee.count -= byteCount
    }

    /// Removes all bytes, and frees the block unless `keepingCapacity` is true.
    @inlinable
    public mutating func removeAll(keepingCapacity: Bool = false) {
        guard let block = unsafe block else { return }
        if keepingCapacity {
            unsafe block.pointee.head = 0
            unsafe block.pointee.count = 0
        } else {
            unsafe Self.deallocate(block)
            unsafe self.block = nil
        }
    }
}

/// The buffer has one owner and shares nothing, so it may move between threads with that owner.
extension ByteBuffer: @unchecked Sendable {}
