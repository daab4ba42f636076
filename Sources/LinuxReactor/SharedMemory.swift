// UNSAFE: maps a file. Nobody can make it shorter, and it stays mapped as long as its owner lives.
// Memory that outlives the process, for another process to find.
import CLinux
import LibC

/// An anonymous file that is mapped into memory: memfd_create(2), mmap(2). What is written to it is
/// in the file at once, even if the process is killed in the next moment; the file lives as long as
/// somebody has it.
@safe package final class SharedMemory: @unchecked Sendable {
    /// The first byte. The memory of another process can only be read.
    package let base: UnsafeMutableRawPointer
    package let byteCount: Int
    package let descriptor: FileDescriptor

    /// Memory of zeros. Its pages are taken from the system when they are first written.
    package init(byteCount: Int) throws(SystemError) {
        var memory: UnsafeMutableRawPointer?
        let file = unsafe clinux_make_shared("connections", byteCount, &memory)
        guard file >= 0, let base = unsafe memory else {
            throw SystemError(errno, "make memory that outlives the process")
        }
        unsafe self.base = base
        self.byteCount = byteCount
        descriptor = FileDescriptor(rawValue: file)
    }

    /// The memory of a process that has ended. The descriptor belongs to it from then on, and is
    /// closed if it is something else; nil in that case.
    package init?(adopting descriptor: FileDescriptor, upTo limit: Int) {
        var memory: UnsafeMutableRawPointer?
        var count = 0
        guard unsafe clinux_map_shared(descriptor.rawValue, limit, &count, &memory) == 0,
            let base = unsafe memory
        else {
            _ = Glibc.close(descriptor.rawValue)
            return nil
        }
        unsafe self.base = base
        byteCount = count
        self.descriptor = descriptor
    }

    deinit {
        unsafe munmap(base, byteCount)
        _ = Glibc.close(descriptor.rawValue)
    }

    /// Writes a number of 32 bits, behind everything that was written before, and before everything
    /// that is written later.
    @inline(__always)
    package func publish(_ value: UInt32, at offset: Int) {
        precondition(offset >= 0 && offset &+ 4 <= byteCount)
        unsafe clinux_publish32(base + offset, value)
    }

    /// The same for 16 bits.
    @inline(__always)
    package func publish(_ value: UInt16, at offset: Int) {
        precondition(offset >= 0 && offset &+ 2 <= byteCount)
        unsafe clinux_publish16(base + offset, value)
    }

    /// The same for 64 bits.
    @inline(__always)
    package func publish(_ value: UInt64, at offset: Int) {
        precondition(offset >= 0 && offset &+ 8 <= byteCount)
        unsafe clinux_publish64(base + offset, value)
    }

    /// Writes a number, in no order with others.
    @inline(__always)
    package func store<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at offset: Int) {
        precondition(offset >= 0 && offset &+ MemoryLayout<Value>.size <= byteCount)
        unsafe base.storeBytes(of: value, toByteOffset: offset, as: Value.self)
    }

    @inline(__always)
    package func read<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type = Value.self, at offset: Int
    ) -> Value {
        precondition(offset >= 0 && offset &+ MemoryLayout<Value>.size <= byteCount)
        return unsafe base.loadUnaligned(fromByteOffset: offset, as: type)
    }

    /// Writes bytes.
    package func write(_ bytes: [UInt8], at offset: Int) {
        precondition(offset >= 0 && offset &+ bytes.count <= byteCount)
        unsafe bytes.withUnsafeBytes { source in
            guard let first = source.baseAddress else { return }
            unsafe (base + offset).copyMemory(from: first, byteCount: source.count)
        }
    }

    package func bytes(_ range: Range<Int>) -> [UInt8] {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount)
        let bytes = unsafe UnsafeRawBufferPointer(
            start: base + range.lowerBound, count: range.count)
        return unsafe Array(bytes)
    }
}
