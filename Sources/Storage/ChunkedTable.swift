// UNSAFE: owns raw chunks. Elements 0 ..< count are initialised, and every access checks its index.

/// A table that grows in chunks. Growing costs the same at a million elements as at a thousand,
/// since elements in full chunks never move. Elements are referred to only by index.
@frozen @safe
public struct ChunkedTable<Element: ~Copyable>: ~Copyable {
    /// 512 elements a chunk: 76 KiB for connections.
    @inlinable
    static var shift: Int { 9 }
    @inlinable
    static var chunkCapacity: Int { 1 << shift }

    @usableFromInline
    var chunks: UnsafeMutablePointer<UnsafeMutablePointer<Element>>?
    @usableFromInline
    var chunkCount = 0
    @usableFromInline
    var directoryCapacity = 0
    /// The capacity of the first chunk, which starts small, so that a small table uses little
    /// memory.
    @usableFromInline
    var firstCapacity = 0
    /// How many elements there are.
    @inlinable
    public var count: Int { elementCount }
    @usableFromInline
    var elementCount = 0

    /// An empty table that has allocated nothing.
    @inlinable
    public init() { unsafe chunks = nil }

    @inlinable
    deinit {
        guard let chunks = unsafe chunks else { return }
        for index in 0..<chunkCount {
            let initialized = min(max(count - index << Self.shift, 0), Self.chunkCapacity)
            unsafe chunks[index].deinitialize(count: initialized)
            unsafe chunks[index].deallocate()
        }
        unsafe chunks.deallocate()
    }

    /// Adds an element and returns its index.
    @inlinable @discardableResult
    public mutating func append(_ element: consuming Element) -> Int {
        if chunkCount <= 1 {
            if count == firstCapacity { growFirstChunk() }
        } else if count == chunkCount << Self.shift {
            addChunk()
        }
        elementCount += 1
        unsafe mutableAddress(of: count - 1).initialize(to: element)
        return count - 1
    }

    /// Removes the last element and returns it; nil if there is none.
    @inlinable
    public mutating func popLast() -> Element? {
        guard count > 0 else { return nil }
        let element = unsafe mutableAddress(of: count - 1).move()
        elementCount -= 1
        return element
    }

    /// The element at an index below ``count``; anything else ends the process.
    @inlinable
    public subscript(index: Int) -> Element {
        unsafeAddress { unsafe address(of: index) }
        unsafeMutableAddress { unsafe mutableAddress(of: index) }
    }

    /// The same for a four-byte index, which elements use to refer to each other.
    @inlinable
    public subscript(index: UInt32) -> Element {
        unsafeAddress { unsafe address(of: Int(index)) }
        unsafeMutableAddress { unsafe mutableAddress(of: Int(index)) }
    }

    @inlinable
    func address(of index: Int) -> UnsafePointer<Element> {
        precondition(index >= 0 && index < count)
        return unsafe UnsafePointer(
            chunks.unsafelyUnwrapped[index >> Self.shift] + (index & (Self.chunkCapacity - 1)))
    }

    @inlinable
    mutating func mutableAddress(of index: Int) -> UnsafeMutablePointer<Element> {
        precondition(index >= 0 && index < count)
        return unsafe chunks.unsafelyUnwrapped[index >> Self.shift]
            + (index & (Self.chunkCapacity - 1))
    }

    /// Doubles the first chunk until it has the full size, and then adds chunks.
    @inlinable
    mutating func growFirstChunk() {
        guard firstCapacity < Self.chunkCapacity else { return addChunk() }
        let capacity = max(4, firstCapacity * 2)
        let wider = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
        if chunkCount == 0 {
            unsafe addToDirectory(wider)
        } else if let chunks = unsafe chunks {
            unsafe wider.moveInitialize(from: chunks[0], count: count)
            unsafe chunks[0].deallocate()
            unsafe chunks[0] = wider
        }
        firstCapacity = capacity
    }

    @inlinable
    mutating func addChunk() {
        unsafe addToDirectory(.allocate(capacity: Self.chunkCapacity))
    }

    @inlinable
    mutating func addToDirectory(_ chunk: UnsafeMutablePointer<Element>) {
        if chunkCount == directoryCapacity {
            let capacity = max(1, directoryCapacity * 2)
            let wider = UnsafeMutablePointer<UnsafeMutablePointer<Element>>.allocate(
                capacity: capacity)
            if let chunks = unsafe chunks {
                unsafe wider.moveInitialize(from: chunks, count: chunkCount)
                unsafe chunks.deallocate()
            }
            unsafe chunks = wider
            directoryCapacity = capacity
        }
        unsafe (chunks.unsafelyUnwrapped + chunkCount).initialize(to: chunk)
        chunkCount += 1
    }
}

/// A table has one owner and shares nothing, so it may move between threads with that owner.
extension ChunkedTable: @unchecked Sendable where Element: ~Copyable & Sendable {}
