// UNSAFE: overwrites bytes where they lie. Invariants: an array's bytes are written while it is
// lent to the call; a buffer's block belongs to it alone, and has `capacity` bytes behind its
// header.
//
// Bytes of secrets are overwritten when they are no longer used, so that nobody finds them later,
// in a dump of the memory, or through a fault that shows what is in it. The compiler may leave out
// an assignment whose value nobody reads; it cannot leave out explicit_bzero(3).

import LibC

extension [UInt8] {
    /// Overwrites the bytes with zeros, and removes them. If another array shares them, they stay,
    /// as with any change of an array.
    package mutating func wipe() {
        overwrite()
        removeAll()
    }

    mutating func overwrite() {
        unsafe withUnsafeMutableBytes { bytes in
            guard let first = bytes.baseAddress else { return }
            unsafe explicit_bzero(first, bytes.count)
        }
    }
}

extension ByteBuffer {
    /// Overwrites the whole block with zeros, consumed bytes included, and frees it. Blocks that it
    /// has grown out of before stay as they were.
    package mutating func wipe() {
        overwrite()
        removeAll()
    }

    mutating func overwrite() {
        guard let block = unsafe block else { return }
        unsafe explicit_bzero(UnsafeMutableRawPointer(block + 1), capacity)
    }
}
