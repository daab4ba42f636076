// UNSAFE: passes C strings and arrays of them to C, which reads them during the call.
// A program as a child that checks a sealed file, with a deadline.
import CLinux
import LibC
import Synchronization

/// How a child has ended.
package enum ProgramEnd: Hashable, Sendable {
    /// With this status, 0 to 255.
    case exited(Int32)
    /// By this signal.
    case killed(Signal)
    /// It took too long, and was killed.
    case late
}

/// A program that was started to check a file. It has no other descriptor of this process.
package final class ProgramCheck: Sendable {
    private let process: Int32
    private let handle: Int32
    /// What it writes to its standard error goes into this file.
    private let report: Int32

    /// Starts the program; `variable` (NAME=VALUE) comes to its environment. The file is at
    /// ``fileDescriptor``.
    package init(
        _ program: ProgramStart, variable: String, file: FileDescriptor
    ) throws(SystemError) {
        report = unsafe clinux_memfd("report")
        guard report >= 0 else { throw SystemError(errno, "start \(program.path)") }
        var number: Int32 = 0
        let report = report
        handle = unsafe program.withStrings { path, arguments, environment in
            unsafe clinux_start_check(
                path, arguments, environment, variable, file.rawValue, report, &number)
        }
        let failure = errno
        process = number
        // What is open then, `deinit` closes.
        if handle < 0 { throw program.error(failure) }
    }

    deinit {
        _ = Glibc.close(report)
        if handle >= 0 { _ = Glibc.close(handle) }
    }

    /// The descriptor of the file in the child.
    package static var fileDescriptor: FileDescriptor {
        FileDescriptor(rawValue: Int32(CLINUX_CHECKED_FILE))
    }

    /// Waits until it has ended, and kills it when the time is over. Call it once.
    package func end(within limit: Duration) -> ProgramEnd {
        let (seconds, fraction) = limit.components
        let milliseconds = Int64(clamping: seconds) * 1000 + fraction / 1_000_000_000_000_000
        let status = clinux_await_check(handle, process, Int32(clamping: milliseconds))
        if status == CLINUX_CHECK_IS_LATE { return .late }
        return status < 0 ? .killed(Signal(rawValue: -status)) : .exited(status)
    }

    /// Kills it, from any thread. ``end(within:)`` returns then.
    package func kill() { _ = clinux_end_check(handle) }

    /// The last of what it has written to its standard error.
    package func lastWords(byteLimit: Int = 4096) -> String {
        let size = max(0, Int(lseek(report, 0, SEEK_END)))
        var bytes = [UInt8](repeating: 0, count: min(size, byteLimit))
        let count = unsafe pread(report, &bytes, bytes.count, off_t(size - bytes.count))
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
