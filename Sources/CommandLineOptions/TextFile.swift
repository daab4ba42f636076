// UNSAFE: stat(2) and read(2) into local variables and arrays, within their counts.
import Glibc
import LinuxReactor
import Storage

/// Small files, read whole: tokens, configuration, files of /proc.
package enum TextFile {
    /// The most that is read, in bytes.
    package static let byteLimit = 1 << 20

    /// The file's text; bytes that are not UTF-8 are replaced. Throws like ``bytes(_:)``.
    package static func read(_ path: String) throws(SystemError) -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    /// The file's bytes. Throws if the file cannot be opened or read, or is larger than 1 MiB. No
    /// other copy of them is left in memory, unless the file grows meanwhile or is a pipe.
    package static func bytes(_ path: String) throws(SystemError) -> [UInt8] {
        let operation = "read \(path)"
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure(errno, operation) }
        defer { close(file) }
        var status = stat()
        let byteCount = unsafe fstat(file, &status) == 0 ? Int(status.st_size) : 0
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(max(0, byteCount), byteLimit))
        var buffer = [UInt8](repeating: 0, count: 65_536)
        defer { buffer.wipe() }
        while true {
            let count = unsafe Glibc.read(file, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(errno, operation)
            }
            bytes += buffer[..<count]
            guard bytes.count <= byteLimit else { throw failure(EFBIG, operation) }
        }
    }

    /// Throws unless the file can be read again and again without waiting. A pipe, such as the
    /// shell's `<(…)`, gives its text once, and makes its next reader wait for ever.
    package static func requireRegular(_ path: String) throws(SystemError) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw failure(errno, "read \(path)") }
        guard status.st_mode & S_IFMT != S_IFREG else { return }
        throw SystemError(
            EINVAL, "read \(path) again", remedy: "It is no file, but a pipe, device or folder.")
    }

    /// The permissions of the file, as chmod(1) takes them. Throws if there is none.
    package static func permissions(_ path: String) throws(SystemError) -> UInt32 {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw failure(errno, "read \(path)") }
        return UInt32(status.st_mode) & 0o7777
    }

    /// Whether there is a file, folder or link with this path, as far as this user can see.
    package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Whether it is a folder, or a link to one.
    package static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func failure(_ number: Int32, _ operation: String) -> SystemError {
        SystemError(
            number, operation,
            remedy: number == EACCES ? "Let this user read it (chmod, chgrp)." : "")
    }
}
