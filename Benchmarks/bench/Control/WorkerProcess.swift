// UNSAFE: reads from a pipe into a local array.
import Foundation
import Glibc

/// One generator process, as its coordinator sees it.
final class WorkerProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let errors = Pipe()
    private var received: [UInt8] = []
    private(set) var progress = Progress()
    /// How many notices have come, so that an old one is not taken for a new one.
    private(set) var noticeCount = 0
    private(set) var isReady = false
    private(set) var result: Tally?
    /// Its output has ended.
    private(set) var isOver = false

    var pid: pid_t { process.processIdentifier }
    var descriptor: Int32 { output.fileHandleForReading.fileDescriptor }

    init(_ plan: LoadPlan, processors: [Int]) throws {
        process.executableURL = URL(fileURLWithPath: Products.ownPath)
        let cores = processors.isEmpty ? [] : ["--processors", Launch.list(processors)]
        process.arguments = ["worker"] + cores
        process.standardInput = input
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        // These ends are the child's alone; only then does its exit end the stream.
        try output.fileHandleForWriting.close()
        try errors.fileHandleForWriting.close()
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        tell(plan)
    }

    func tell(_ order: Order) { tell(order as any Encodable) }

    private func tell(_ value: any Encodable) {
        guard var data = try? JSONEncoder().encode(value) else { return }
        data.append(UInt8(ascii: "\n"))
        // A generator that is gone is noticed by the end of its output.
        try? input.fileHandleForWriting.write(contentsOf: data)
    }

    /// Reads its notices. Called when its output is readable.
    func hear() {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count == 0 { isOver = true }
            guard count > 0 else { break }
            received += buffer[..<count]
        }
        while let end = received.firstIndex(of: UInt8(ascii: "\n")) {
            let line = Data(received[..<end])
            received.removeSubrange(...end)
            guard let notice = try? JSONDecoder().decode(Notice.self, from: line) else { continue }
            noticeCount += 1
            switch notice {
            case .ready(let progress):
                isReady = true
                self.progress = progress
            case .progress(let progress): self.progress = progress
            case .result(let tally): result = tally
            }
        }
    }

    /// How it ended: "status 1", "signal 9". To be asked after ``end(patience:)``.
    var ending: String {
        let how = process.terminationReason == .uncaughtSignal ? "signal" : "status"
        return "\(how) \(process.terminationStatus)"
    }

    /// Its error output, once it has ended.
    func lastWords() -> String {
        let data = (try? errors.fileHandleForReading.readToEnd()) ?? Data()
        return String(decoding: data, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Lets it close its connections for a while, then ends it.
    func end(patience: Double) {
        try? input.fileHandleForWriting.close()
        let deadline = Clock.now + UInt64(patience * 1e9)
        while process.isRunning, Clock.now < deadline { usleep(5_000) }
        if process.isRunning { kill(pid, SIGKILL) }
        process.waitUntilExit()
    }
}
