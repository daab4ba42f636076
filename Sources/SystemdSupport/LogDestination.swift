// UNSAFE: asks fstat(2), isatty(3) and poll(2) about the standard error and writes to it; the
// pointers are locals' and spans', with their lengths.
import Glibc

/// Where a service's log goes, by what it was started with.
public enum LogDestination: String, Sendable, CaseIterable {
    /// The journal, with fields.
    case journal
    /// The standard error with `<N>` in front of each line, sd-daemon(3): who reads it can tell the
    /// priorities apart.
    case prefixed
    /// The standard error, for a person.
    case text

    /// The journal if the standard error is connected to it ($JOURNAL_STREAM names it), text on a
    /// terminal, else prefixes.
    public static func find() -> LogDestination {
        if isJournal(Environment.value("JOURNAL_STREAM")) { return .journal }
        return isatty(STDERR_FILENO) == 1 ? .text : .prefixed
    }

    /// Whether "device:inode" is the standard error's: a child's may be connected elsewhere though
    /// the variable is still set, systemd.exec(5).
    static func isJournal(_ stream: String?) -> Bool {
        guard let parts = stream?.split(separator: ":"), parts.count == 2,
            let device = UInt64(parts[0]), let inode = UInt64(parts[1])
        else { return false }
        var status = stat()
        return unsafe fstat(STDERR_FILENO, &status) == 0
            && UInt64(status.st_dev) == device && UInt64(status.st_ino) == inode
    }
}

/// The standard error, written to only when that cannot block.
public struct ErrorStream: Sendable {
    /// A pipe that is ready takes this much without blocking: PIPE_BUF.
    static let lineByteLimit = 4096

    /// The standard error of this process.
    public init() {}

    /// Writes a line. False if whoever reads has fallen behind, or is gone: it is lost then.
    @discardableResult
    public func write(_ line: String) -> Bool {
        var bytes = Array(line.utf8.prefix(Self.lineByteLimit - 1))
        bytes.append(0x0A)
        var poll = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        guard unsafe Glibc.poll(&poll, 1, 0) == 1, poll.revents & Int16(POLLOUT) != 0 else {
            return false
        }
        return unsafe Glibc.write(STDERR_FILENO, bytes, bytes.count) == bytes.count
    }
}
