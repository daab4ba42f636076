// UNSAFE: calls fstat(2), isatty(3) and poll(2) on standard error and writes to it. The pointers
// come from local variables and arrays, with their lengths.
import LibC

/// Where a service's log goes, which depends on how the service was started.
public enum LogDestination: String, Sendable, CaseIterable {
    /// To the journal, with fields.
    case journal
    /// To standard error with `<N>` in front of each line, sd-daemon(3), so that a program that
    /// reads it knows the priorities.
    case prefixed
    /// To standard error, for a person.
    case text

    /// The destination for this process: the journal if standard error is connected to it
    /// (according to $JOURNAL_STREAM), text if it is a terminal, else prefixed lines.
    public static func find() -> LogDestination {
        if isJournal(Environment.value("JOURNAL_STREAM")) { return .journal }
        return isatty(STDERR_FILENO) == 1 ? .text : .prefixed
    }

    /// Whether "device:inode" matches standard error. In a child process the variable may be set
    /// although standard error is connected elsewhere, systemd.exec(5).
    static func isJournal(_ stream: String?) -> Bool {
        guard let parts = stream?.split(separator: ":"), parts.count == 2,
            let device = UInt64(parts[0]), let inode = UInt64(parts[1])
        else { return false }
        var status = stat()
        return unsafe fstat(STDERR_FILENO, &status) == 0
            && UInt64(status.st_dev) == device && UInt64(status.st_ino) == inode
    }
}

/// Standard error, written to only if that cannot block.
public struct ErrorStream: Sendable {
    /// How many bytes a pipe that is ready accepts without blocking: PIPE_BUF.
    static let lineByteLimit = 4096

    /// Standard error of this process.
    public init() {}

    /// Writes a line, of which at most 4,095 bytes are kept. Returns false if the line is lost,
    /// because the reader has fallen behind or is gone.
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
