// How long the server's program takes to start with nothing to take over.
import Foundation
import LinuxReactor

/// A part of each pause that no hand-over can save: execve(2), the dynamic linker, the start of
/// Swift, and what `main` does before it makes its server.
enum BareStart {
    /// Starts the program of a server as a child, to take over or to check a state that there is
    /// not, which ends where the server would be made, and takes the time from its start to its
    /// end. Of the two ways the quicker one counts: to check a state, a program may read its
    /// arguments more thoroughly, and to say why it cannot take over may take it longer.
    ///
    /// - Returns: nil if the program does something else.
    static func measure(_ pid: pid_t, times: Int) -> Latencies? {
        ["take", "check"].compactMap { measure(pid, times: times, purpose: $0) }
            .min { $0.percentile(50) < $1.percentile(50) }
    }

    private static func measure(_ pid: pid_t, times: Int, purpose: String) -> Latencies? {
        let nothing = FileHandle(forReadingAtPath: "/dev/null")
        guard let program = program(of: pid), let nothing else { return nil }
        let file = FileDescriptor(rawValue: nothing.fileDescriptor)
        var latencies = Latencies()
        for _ in 0..<times {
            let began = Clock.now
            guard
                let check = try? ProgramCheck(
                    program, variable: "ROOST_HAND_OVER=\(purpose):3", file: file),
                check.end(within: .seconds(10)) == .exited(1)
            else { return nil }
            latencies.record(Clock.now - began)
            guard check.lastWords().contains("no sealed file") else { return nil }
        }
        return latencies
    }

    private static func program(of pid: pid_t) -> ProgramStart? {
        let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe")
        guard let path,
            let words = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline"), !words.isEmpty
        else { return nil }
        let arguments = words.dropLast().split(separator: 0, omittingEmptySubsequences: false)
        return ProgramStart(
            path: path, arguments: arguments.map { String(decoding: $0, as: UTF8.self) },
            environment: nil)
    }
}
