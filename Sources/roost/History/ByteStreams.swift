// UNSAFE: read(2) and write(2) with spans and arrays, within their counts.
//
// What the commands of `roost history` read and write: files, or standard input and output.
import ChatDatabase
import CommandLineOptions
import Glibc
import LinuxReactor

/// A new file or standard output.
final class ByteOutput {
    private let descriptor: Int32
    private let path: String
    /// The first error; a reader that has gone away is none.
    private var failure: Int32 = 0

    /// Makes the file, which must not exist; "-" is standard output.
    init(_ path: String) throws(SystemError) {
        self.path = path
        guard path != "-" else {
            descriptor = STDOUT_FILENO
            signal(SIGPIPE, SIG_IGN)
            return
        }
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError(errno, "write \(path)", remedy: "") }
    }

    deinit { if path != "-" { close(descriptor) } }

    /// Writes all bytes; false once that is not possible any more.
    func write(_ bytes: Span<UInt8>) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBufferPointer {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count >= 0 {
                rest = rest.extracting(droppingFirst: count)
            } else if errno != EINTR {
                failure = errno
                return false
            }
        }
        return true
    }

    /// Waits until the file is on the disk. Throws if something could not be written.
    func finish() throws(SystemError) {
        if failure == 0, path != "-", fsync(descriptor) != 0 { failure = errno }
        guard failure == 0 || failure == EPIPE else {
            throw SystemError(failure, "write \(path)", remedy: "")
        }
    }
}

/// The lines of a file or of standard input.
final class LineInput {
    private let descriptor: Int32
    private let path: String
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false

    /// More than any message's line has.
    private static let lineByteLimit = 16 << 20

    /// Opens the file; "-" is standard input.
    init(_ path: String) throws(SystemError) {
        self.path = path
        descriptor = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError(errno, "read \(path)", remedy: "") }
    }

    deinit { if path != "-" { close(descriptor) } }

    /// The next line without its end; nil behind the last one.
    func next() throws -> [UInt8]? {
        var searched = position
        while true {
            if let end = buffer[searched...].firstIndex(of: 0x0A) {
                defer { position = end + 1 }
                return Array(buffer[position..<end])
            }
            if isAtEnd {
                guard position < buffer.count else { return nil }
                defer { position = buffer.count }
                return Array(buffer[position...])
            }
            guard buffer.count - position <= Self.lineByteLimit else {
                throw ControlError(sentence: "\(path) has a line that is longer than any message.")
            }
            buffer.removeFirst(position)
            position = 0
            searched = buffer.count
            try fill()
        }
    }

    private func fill() throws(SystemError) {
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError(errno, "read \(path)", remedy: "") }
            isAtEnd = count == 0
            buffer += chunk[..<count]
            return
        }
    }
}
