// UNSAFE: getrusage(2) fills a local.
import Glibc

/// The memory and CPU time that this process uses.
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

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }
}
