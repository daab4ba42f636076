// UNSAFE: writes and reads bytes that are lent with their length.
// A file in memory that nobody can change any more: what one program leaves to the next.
import CLinux
import LibC

/// An anonymous file without a place in the file system: memfd_create(2). It is sealed: nobody can
/// write to it, or make it longer or shorter.
package final class SealedFile: Sendable {
    /// Its descriptor, which execve(2) closes unless ``LinuxKernel/keepOverExec(_:_:)`` says
    /// otherwise.
    package let descriptor: FileDescriptor

    /// A file with these parts, one after the other. The last one may lie anywhere.
    package static func make(
        _ parts: [[UInt8]], _ last: Span<UInt8> = Span()
    ) throws(SystemError) -> SealedFile {
        let file = unsafe clinux_memfd("hand-over")
        guard file >= 0 else { throw SystemError(errno, operation) }
        let made = SealedFile(adopting: FileDescriptor(rawValue: file))
        for part in parts { try made.append(part.span) }
        try made.append(last)
        guard clinux_seal(file) == 0, lseek(file, 0, SEEK_SET) == 0 else {
            throw SystemError(errno, operation)
        }
        return made
    }

    private func append(_ part: Span<UInt8>) throws(SystemError) {
        let file = descriptor.rawValue
        var written = 0
        while written < part.count {
            let count = unsafe part.withUnsafeBufferPointer { bytes in
                unsafe Glibc.write(file, bytes.baseAddress! + written, bytes.count - written)
            }
            guard count >= 0 else { throw SystemError(errno, Self.operation) }
            written += count
        }
    }

    /// The file that another program has left at this descriptor.
    package init(adopting descriptor: FileDescriptor) { self.descriptor = descriptor }

    deinit { _ = Glibc.close(descriptor.rawValue) }

    private static var operation: String { "write the state for another program" }

    /// All of its bytes. Throws if it is another kind of file, or is not sealed.
    package func read() throws(SystemError) -> [UInt8] {
        let operation = "read the state that another program has left"
        let file = descriptor.rawValue
        guard clinux_is_sealed(file) != 0 else {
            throw SystemError(EINVAL, operation, remedy: "It is no sealed file.")
        }
        let size = lseek(file, 0, SEEK_END)
        guard size >= 0 else { throw SystemError(errno, operation) }
        var failure: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Int(size)) { bytes, done in
            while done < Int(size), failure == 0 {
                let rest = unsafe UnsafeMutableRawPointer(bytes.baseAddress! + done)
                let count = unsafe pread(file, rest, Int(size) - done, off_t(done))
                if count > 0 { done += count } else { failure = count < 0 ? errno : EIO }
            }
        }
        guard failure == 0 else { throw SystemError(failure, operation) }
        return bytes
    }
}
