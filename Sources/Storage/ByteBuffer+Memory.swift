// UNSAFE: how a byte buffer allocates, moves and frees its block. The invariants are stated in
// ByteBuffer.swift; each function here keeps them.

import LibC

extension ByteBuffer {
    /// The smallest capacity of a block: with the header it fills malloc's 96-byte bin.
    static var smallestCapacity: Int { 64 }

    /// The slow path of `reserve`: reclaims the consumed head, or allocates a larger block.
    @usableFromInline
    @inline(never)
    mutating func makeRoom(for additional: Int) {
        precondition(additional >= 0, "a negative number of bytes")
        guard let block = unsafe block else {
            unsafe self.block = Self.allocate(max(additional, Self.smallestCapacity))
            return
        }
        let header = unsafe block.pointee
        let needed = header.count + additional
        // Moving at most as many bytes as were consumed since the last move keeps appending at O(1)
        // for each byte.
        if needed <= header.capacity, header.count <= header.head {
            unsafe Self.compact(block)
            return
        }
        let capacity = max(needed, header.capacity * 2, Self.smallestCapacity)
        if header.head == 0 {
            unsafe self.block = Self.reallocate(block, capacity)
        } else {
            unsafe self.block = Self.copy(block, capacity)
            unsafe Self.deallocate(block)
        }
    }

    /// Moves the bytes into a block of about their size; an empty buffer frees its block.
    public mutating func shrinkToFit() {
        guard let block = unsafe block else { return }
        let count = unsafe block.pointee.count
        if count == 0 {
            removeAll()
            return
        }
        let capacity = max(count, Self.smallestCapacity)
        guard capacity < self.capacity else { return }
        unsafe Self.compact(block)
        unsafe self.block = Self.reallocate(block, capacity)
    }

    /// Appends up to `byteCount` bytes that `write` produces in place, so that the output of a
    /// receive or inflate call needs no second copy. Returns what `write` returned.
    @inlinable
    public mutating func append<Result, Failure: Error>(
        capacity byteCount: Int,
        initializingWith write: (inout OutputSpan<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        reserve(byteCount)
        guard let block = unsafe block else {
            var nothing = OutputSpan<UInt8>()
            return try write(&nothing)
        }
        let tail = unsafe UnsafeMutableBufferPointer(
            start: Self.firstByte(of: block) + block.pointee.count, count: byteCount)
        var output = unsafe OutputSpan(buffer: tail, initializedCount: 0)
        let result = try write(&output)
        unsafe block.pointee.count += output.finalize(for: tail)
        return result
    }

    /// Appends `bytes` and then removes the oldest bytes, so that at most `limit` bytes are left.
    /// The block does not become larger than `limit`, if `limit` is at least 64.
    package mutating func append(_ bytes: Span<UInt8>, keepingLast limit: Int) {
        let kept = bytes.extracting(last: limit)
        removeFirst(max(0, count + kept.count - limit))
        let needed = count + kept.count
        if let block = unsafe block {
            unsafe Self.compact(block)
            if needed > capacity {
                unsafe self.block = Self.reallocate(block, min(limit, max(needed, capacity * 2)))
            }
        } else {
            reserve(kept.count)
        }
        append(kept)
    }

    private static func compact(_ block: UnsafeMutablePointer<Header>) {
        let header = unsafe block.pointee
        if header.head == 0 { return }
        unsafe memmove(UnsafeMutableRawPointer(block + 1), firstByte(of: block), header.count)
        unsafe block.pointee.head = 0
    }

    private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<Header> {
        let size = MemoryLayout<Header>.size + capacity
        guard let memory = unsafe malloc(size) else { fatalError("out of memory") }
        let block = unsafe memory.bindMemory(to: Header.self, capacity: 1)
        unsafe block.initialize(to: Header(head: 0, count: 0, capacity: capacity))
        BufferMemory.add(capacity)
        return unsafe block
    }

    @usableFromInline
    static func deallocate(_ block: UnsafeMutablePointer<Header>) {
        BufferMemory.add(unsafe -block.pointee.capacity)
        unsafe free(block)
    }

    /// A block of the new capacity with the same bytes at the same position. The kernel remaps
    /// large blocks without copying their bytes.
    private static func reallocate(
        _ block: UnsafeMutablePointer<Header>, _ capacity: Int
    ) -> UnsafeMutablePointer<Header> {
        let size = MemoryLayout<Header>.size + capacity
        BufferMemory.add(unsafe capacity - block.pointee.capacity)
        guard let memory = unsafe realloc(block, size) else { fatalError("out of memory") }
        let moved = unsafe memory.assumingMemoryBound(to: Header.self)
        unsafe moved.pointee.capacity = capacity
        return unsafe moved
    }

    /// A new block with the bytes of `block` that are not consumed at its beginning.
    private static func copy(
        _ block: UnsafeMutablePointer<Header>, _ capacity: Int
    ) -> UnsafeMutablePointer<Header> {
        let copy = unsafe allocate(capacity)
        let count = unsafe block.pointee.count
        unsafe memcpy(UnsafeMutableRawPointer(copy + 1), firstByte(of: block), count)
        unsafe copy.pointee.count = count
        return unsafe copy
    }
}
