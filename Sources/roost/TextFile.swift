// UNSAFE: read(2) into an array, within its count.
import Glibc
import LinuxReactor

/// Small files, read whole: tokens, configuration, what /proc says.
enum TextFile {
    /// The file's text; what is not UTF-8 in it is replaced. Throws if it cannot be opened or read,
    /// or is larger than a megabyte.
    static func read(_ path: String) throws(SystemError) -> String {
        let operation = "read \(path)"
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure(errno, operation) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe Glibc.read(file, &buffer, buffer.count)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(errno, operation)
            }
            bytes += buffer[..<count]
            guard bytes.count <= 1 << 20 else { throw failure(EFBIG, operation) }
        }
    }

    private static func failure(_ number: Int32, _ operation: String) -> SystemError {
        SystemError(
            number, operation,
            remedy: number == EACCES ? "Let this user read it (chmod, chgrp)." : "")
    }
}
