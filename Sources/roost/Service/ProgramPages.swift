// UNSAFE: madvise(2) for ranges of this process that are never written to.
// What only the start of the program needed is given back.
import CommandLineOptions
import Glibc

/// The pages of the program and its libraries that this process has in its memory.
enum ProgramPages {
    /// Does so once in the life of a process.
    static let releaseCodeOfStart: Void = releaseCode()

    /// Unmaps all code of files. What is executed again comes back from the page cache by itself,
    /// 64 KiB at a time, and the rest, most of it for reading options and opening files, does not:
    /// an idle server takes a third less memory. Code is never written to, so nothing is lost.
    private static func releaseCode() {
        guard let maps = try? TextFile.read("/proc/self/smaps") else { return }
        for range in codeRanges(inMaps: maps) {
            guard let start = unsafe UnsafeMutableRawPointer(bitPattern: range.lowerBound) else {
                continue
            }
            // A kernel that refuses leaves them where they are.
            _ = unsafe madvise(start, range.count, MADV_DONTNEED)
        }
    }

    /// Private mappings of files that may be executed and not written, and that nobody has changed,
    /// as a debugger does for a breakpoint; from /proc/PID/smaps: see proc(5).
    static func codeRanges(inMaps maps: String) -> [Range<UInt>] {
        var ranges: [Range<UInt>] = []
        var isCode = false
        // Bytes: characters would take ten times as long, and this is part of each start.
        for line in maps.utf8.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5).map(Substring.init)
            if let range = range(fields) {
                isCode = fields.count == 6 && fields[1] == "r-xp" && fields[4] != "0"
                if isCode { ranges.append(range) }
            } else if isCode, fields.count > 1, fields[1] != "0", changes.contains(fields[0]) {
                ranges.removeLast()
                isCode = false
            }
        }
        return ranges
    }

    /// Lines that count pages which are not the file's own.
    private static let changes: Set<Substring> = [
        "Anonymous:", "Swap:", "Private_Dirty:", "Shared_Hugetlb:", "Private_Hugetlb:",
    ]

    private static func range(_ fields: [Substring]) -> Range<UInt>? {
        guard let first = fields.first?.utf8, let dash = first.firstIndex(of: UInt8(ascii: "-")),
            let start = UInt(Substring(first[..<dash]), radix: 16),
            let end = UInt(Substring(first[first.index(after: dash)...]), radix: 16), start < end
        else { return nil }
        return start..<end
    }
}
