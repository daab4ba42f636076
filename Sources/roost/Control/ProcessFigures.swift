// UNSAFE: getrusage(2), getrlimit(2), clock_gettime(2) and stat(2) fill locals; readdir(3) returns
// an entry that is valid until the next call.
import CommandLineOptions
import Glibc
import Synchronization

/// The memory, CPU time and descriptors that this process uses.
enum ProcessFigures {
    /// Resident memory; nil if /proc cannot be read.
    static var residentByteCount: Int? {
        // The second number of /proc/self/statm, in pages: proc(5).
        guard let text = try? TextFile.read("/proc/self/statm") else { return nil }
        let words = text.split(separator: " ")
        guard words.count > 1, let pages = Int(words[1]) else { return nil }
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }

    /// User and system CPU time together.
    static var cpuSeconds: Double {
        var usage = rusage()
        guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// When the process was started, in seconds since 1970. It is computed once, so that it never
    /// changes: programs tell a restart by it.
    static let startSeconds = startSeconds(
        ofStat: (try? TextFile.read("/proc/self/stat")) ?? "",
        now: seconds(on: CLOCK_REALTIME), sinceBoot: seconds(on: CLOCK_BOOTTIME),
        ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))))

    /// The same from /proc/self/stat; `now` if that cannot be read.
    static func startSeconds(
        ofStat stat: String, now: Double, sinceBoot: Double, ticksPerSecond: Double
    ) -> Double {
        // The 22nd field, in clock ticks after the boot: proc(5). The second is the program's name
        // in parentheses, which may contain anything.
        let fields = (stat.split(separator: ")").last ?? "").split(separator: " ")
        guard fields.count > 19, let ticks = Double(fields[19]) else { return now }
        return now - (sinceBoot - ticks / ticksPerSecond)
    }

    /// How many descriptors are open, `connectionCount` connections among them; nil if /proc cannot
    /// be read.
    static func openDescriptorCount(connectionCount: Int) -> Int? {
        // Since Linux 6.2 the size of the folder is this number.
        var status = stat()
        guard unsafe stat(descriptorFolder, &status) == 0 else { return nil }
        if status.st_size > 0 { return Int(status.st_size) }
        // Before, they have to be counted one by one, at a microsecond each.
        let others = otherDescriptorCount.load(ordering: .relaxed)
        if connectionCount >= 1000, others >= 0 { return others + connectionCount }
        let counted = countedDescriptors
        if let counted {
            otherDescriptorCount.store(max(0, counted - connectionCount), ordering: .relaxed)
        }
        return counted
    }

    /// How many besides connections were open when they were last counted; -1 before that.
    private static let otherDescriptorCount = Atomic(-1)

    private static let descriptorFolder = "/proc/self/fd"

    private static var countedDescriptors: Int? {
        guard let folder = unsafe opendir(descriptorFolder) else { return nil }
        defer { unsafe closedir(folder) }
        var count = 0
        while unsafe readdir(folder) != nil { count += 1 }
        // Without ".", ".." and the folder itself.
        return count - 3
    }

    /// RLIMIT_NOFILE, the soft limit, which the server has raised to the hard one.
    static var descriptorLimit: Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return 0
        }
        return Int(clamping: limit.rlim_cur)
    }

    private static func seconds(on clock: clockid_t) -> Double {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }
}
