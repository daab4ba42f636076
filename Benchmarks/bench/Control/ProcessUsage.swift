// UNSAFE: asks the kernel about processes; what it fills in are locals.
import Foundation
import Glibc

/// What a process has used up to now.
struct ProcessUsage: Sendable {
    /// User and system time of all its threads, in seconds, to the nanosecond.
    var cpuSeconds = 0.0
    /// User and system time separately, from /proc/PID/stat, to a hundredth of a second.
    var userSeconds = 0.0
    var systemSeconds = 0.0
    /// Memory that is in use now, in bytes.
    var residentBytes = 0

    static func + (left: Self, right: Self) -> Self {
        ProcessUsage(
            cpuSeconds: left.cpuSeconds + right.cpuSeconds,
            userSeconds: left.userSeconds + right.userSeconds,
            systemSeconds: left.systemSeconds + right.systemSeconds,
            residentBytes: left.residentBytes + right.residentBytes)
    }

    /// Nil if the process is gone, or belongs to another user.
    init?(of pid: pid_t) {
        var clock = clockid_t()
        guard unsafe clock_getcpuclockid(pid, &clock) == 0, let time = Clock.time(of: clock),
            let stat = Self.read("/proc/\(pid)/stat"), let memory = Self.read("/proc/\(pid)/statm"),
            let end = stat.lastIndex(of: ")")
        else { return nil }
        // utime and stime stand behind the name, which may contain spaces: proc(5).
        let fields = stat[end...].split(separator: " ")
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        let pages = memory.split(separator: " ")
        guard fields.count > 12, pages.count > 1, let user = Double(fields[12]),
            let system = Double(fields[13]), let resident = Int(pages[1])
        else { return nil }
        cpuSeconds = Double(time) / 1e9
        (userSeconds, systemSeconds) = (user / ticks, system / ticks)
        residentBytes = resident * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    init(
        cpuSeconds: Double = 0, userSeconds: Double = 0, systemSeconds: Double = 0,
        residentBytes: Int = 0
    ) {
        self.cpuSeconds = cpuSeconds
        self.userSeconds = userSeconds
        self.systemSeconds = systemSeconds
        self.residentBytes = residentBytes
    }

    /// The sum over several processes; nil if one of them is gone.
    static func total(of pids: [pid_t]) -> ProcessUsage? {
        var total = ProcessUsage()
        for pid in pids {
            guard let usage = ProcessUsage(of: pid) else { return nil }
            total = total + usage
        }
        return total
    }

    /// Resident memory counted page by page: exact, while statm(5) may be some pages off, but slow.
    static func exactResidentBytes(of pids: [pid_t]) -> Int? {
        var total = 0
        for pid in pids {
            guard let text = read("/proc/\(pid)/smaps_rollup"),
                let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Rss:") }),
                let kib = Int(line.split(separator: " ")[1])
            else { return nil }
            total += kib * 1024
        }
        return total
    }

    private static func read(_ path: String) -> String? {
        try? String(contentsOfFile: path, encoding: .utf8)
    }
}
