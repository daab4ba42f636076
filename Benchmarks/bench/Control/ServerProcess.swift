// A server that bench starts itself, and stops.
import Foundation
import Glibc
import SystemdSupport

/// One server process, or several on one port.
final class ServerProcess {
    /// A server that did not start.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// How the server is started and how it is known to be ready.
    struct Command: Sendable {
        /// Program and arguments; `{port}` in them is replaced by a free port.
        var arguments: [String]
        /// The path of the URL; "/chat" for `roost`.
        var path = "/"
        /// Its name in reports.
        var name: String
        var folder: String?
        /// The flag that each of several processes on one port needs; nil if they need none.
        var sharingFlag: String?
        /// Whether it speaks TLS.
        var isEncrypted = false
    }

    let command: Command
    let url: String
    let port: UInt16
    /// What it is pinned to; empty for no pinning.
    let processors: [Int]
    private var processes: [Process] = []
    private var logs: [URL] = []

    var pids: [pid_t] { processes.map(\.processIdentifier) }
    var isRunning: Bool { processes.allSatisfy(\.isRunning) }

    /// Starts the server, and returns when it accepts connections.
    ///
    /// - Parameters:
    ///   - processors: what the server is pinned to; empty for no pinning.
    ///   - count: how many processes share the port.
    init(_ command: Command, processors: [Int], count: Int = 1) throws {
        self.command = command
        guard let port = Machine.freePort() else {
            throw Failure(description: "No port of 127.0.0.1 is free.")
        }
        self.port = port
        self.processors = processors
        url = "\(command.isEncrypted ? "wss" : "ws")://127.0.0.1:\(port)\(command.path)"
        for _ in 0..<count { try start(processors, isShared: count > 1) }
        try waitUntilReady()
    }

    private func start(_ processors: [Int], isShared: Bool) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Products.ownPath)
        let cores = processors.isEmpty ? [] : ["--processors", Launch.list(processors)]
        process.arguments =
            ["launch"] + cores + ["--"]
            + command.arguments.map { $0.replacingOccurrences(of: "{port}", with: "\(port)") }
            + (isShared ? [command.sharingFlag].compactMap(\.self) : [])
        if let folder = command.folder {
            process.currentDirectoryURL = URL(fileURLWithPath: folder)
        }
        let log = FileManager.default.temporaryDirectory
            .appendingPathComponent("bench-server-\(UUID().uuidString).log")
        try Data().write(to: log)
        // A file, because a pipe that is not drained would stop the server in the end.
        let output = try FileHandle(forWritingTo: log)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        logs.append(log)
        do {
            try process.run()
        } catch {
            throw Failure(description: "\(command.name) cannot be started: \(error)")
        }
        processes.append(process)
    }

    private func waitUntilReady() throws {
        let deadline = Clock.now + 30_000_000_000
        while Clock.now < deadline {
            guard isRunning else {
                throw Failure(
                    description: "\(command.name) ended before it listened:\n\(lastWords())")
            }
            if Machine.isListening(on: port), isEachListening { return }
            usleep(10_000)
        }
        stop()
        throw Failure(
            description: "\(command.name) does not listen on port \(port):\n\(lastWords())")
    }

    /// Each of several processes on one port says when it listens; before that the kernel gives its
    /// share of connections to the others.
    private var isEachListening: Bool {
        logs.count == 1
            || logs.allSatisfy {
                ((try? String(contentsOf: $0, encoding: .utf8)) ?? "").contains("Listening on")
            }
    }

    /// The file that the output of its first process goes to.
    var logPath: String { logs[0].path }

    /// The end of the server's output.
    func lastWords() -> String {
        let text = logs.compactMap { try? String(contentsOf: $0, encoding: .utf8) }.joined()
        let lines = text.split(whereSeparator: \.isNewline).suffix(10)
        return lines.map { TerminalText.line(String($0)) }.joined(separator: "\n")
    }

    /// How the server ended, if it did: for the report.
    var ending: String? {
        guard let process = processes.first(where: { !$0.isRunning }) else { return nil }
        let how = process.terminationReason == .uncaughtSignal ? "signal" : "status"
        return "\(how) \(process.terminationStatus)"
    }

    /// Sends SIGTERM, and SIGKILL to processes that still run two seconds later.
    func stop() {
        for process in processes where process.isRunning { process.terminate() }
        let deadline = Clock.now + 2_000_000_000
        for process in processes {
            while process.isRunning, Clock.now < deadline { usleep(5_000) }
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
            process.waitUntilExit()
        }
        for log in logs { try? FileManager.default.removeItem(at: log) }
    }

    deinit { stop() }
}
