// The line that is updated while a load runs; only on a terminal.
import Foundation
import Glibc

final class ProgressLine {
    enum Stage {
        case opening(done: Int, of: Int)
        case running(Timing, Job)
        case draining
    }

    private let isShown: Bool
    private let prefix: String
    private var previous: (time: UInt64, counted: Int)?
    private var rate = 0.0
    private var shownAt: UInt64 = 0

    /// - Parameter prefix: the name of what runs; it comes first in the line.
    init(_ prefix: String, isShown: Bool = isatty(STDERR_FILENO) == 1) {
        self.prefix = prefix
        self.isShown = isShown
    }

    func show(_ stage: Stage, _ progress: Progress) {
        // A terminal need not follow faster.
        guard isShown, Clock.now >= shownAt + 100_000_000 else { return }
        shownAt = Clock.now
        write("\r\u{1B}[K" + line(stage, progress, now: Clock.now))
    }

    /// Erases the line.
    func clear() { if isShown { write("\r\u{1B}[K") } }

    /// Prints a line that stays.
    func note(_ text: String) {
        clear()
        write(text + "\n")
    }

    /// The text for one point in time.
    func line(_ stage: Stage, _ progress: Progress, now: UInt64) -> String {
        let trouble =
            progress.failures > 0 ? "   \(Words.plural(progress.failures, "failure"))" : ""
        switch stage {
        case .opening(let done, let total):
            let bar = Self.bar(Double(done) / Double(max(1, total)))
            return
                "\(prefix)  \(bar)  \(Words.count(done)) of \(Words.count(total)) ready\(trouble)"
        case .running(let timing, let job):
            let whole = Double(timing.measureUntil - timing.begin)
            let done = Double(now > timing.begin ? now - timing.begin : 0)
            let left = max(0, (whole - done) / 1e9)
            follow(progress.counted, now)
            let what =
                now < timing.measureFrom ? "warming up" : "\(Words.count(rate)) \(job.unit)/s"
            return "\(prefix)  \(Self.bar(done / whole))  \(Words.fixed(left, 0)) s left  "
                + "\(what)\(trouble)"
        case .draining:
            return "\(prefix)  waiting for \(Words.count(max(0, progress.awaited))) on their way"
                + trouble
        }
    }

    /// The rate since the last second or so.
    private func follow(_ counted: Int, _ now: UInt64) {
        guard let previous else {
            self.previous = (now, counted)
            return
        }
        let elapsed = Double(now - previous.time) / 1e9
        guard elapsed >= 0.5 else { return }
        rate = Double(counted - previous.counted) / elapsed
        self.previous = (now, counted)
    }

    /// Twenty columns.
    static func bar(_ share: Double) -> String {
        let width = 20
        let eighths = Int((min(1, max(0, share)) * Double(width * 8)).rounded())
        let part = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        let full = String(repeating: "█", count: eighths / 8) + part
        let columns = eighths / 8 + (part.isEmpty ? 0 : 1)
        return "▕" + full + String(repeating: " ", count: width - columns) + "▏"
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
