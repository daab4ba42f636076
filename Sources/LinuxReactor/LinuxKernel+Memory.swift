// UNSAFE: clock_gettime(2) fills a local, and read(2) a local buffer of the size that it is given.
// What the process uses: CPU time, memory, and how much of that it should use.
import LibC
import Storage

extension LinuxKernel {
    public mutating func threadCPUTime() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    public mutating func bufferByteCount() -> Int { BufferMemory.byteCount }

    public mutating func memoryHigh() -> Int? { ControlGroup.memoryHigh(read: Self.readFile) }

    /// The beginning of a small file; nil if it cannot be read.
    static func readFile(_ path: String) -> String? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { _ = Glibc.close(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe Glibc.read(file, &bytes, bytes.count)
        return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
