// A script in Tests/Support/python that runs scenarios against a program of this package.
import Foundation

/// One such script. It answers `--list` and `--check`, and takes `--only NAME -- COMMAND…`.
public struct PythonScript: Sendable {
    /// The scenarios' names, in their order.
    public let scenarios: [String]
    /// Why the script can't be run on this machine; nil if it can.
    public let missing: String?

    private let path: String
    private static let folder = BuildProducts.packageRoot.appendingPathComponent(
        "Tests/Support/python")

    /// Asks the script for its scenarios. That takes some time: keep the value.
    public init(_ name: String) {
        path = Self.folder.appendingPathComponent(name).path
        guard let list = try? Self.output([path, "--list"]),
            let check = try? Self.output([path, "--check"])
        else {
            (scenarios, missing) = ([], "there is no python3")
            return
        }
        scenarios = list.split(separator: "\n").map(String.init)
        let reason = check.trimmingCharacters(in: .whitespacesAndNewlines)
        missing = reason.isEmpty ? nil : reason
    }

    /// Runs one scenario, and returns its output if it failed. It is killed when it takes longer
    /// than `seconds`.
    public func failure(
        of scenario: String, options: [String] = [], against command: [String], seconds: Int = 120
    ) async throws -> String? {
        let (status, words) = try await run(
            options: ["--only", scenario] + options, against: command, seconds: seconds)
        guard status != 0 else { return nil }
        return status == 124 ? "no end after \(seconds) s\n\(words)" : words
    }

    /// Runs the whole script: its exit status, 124 if it was killed after `seconds`, and its
    /// output.
    public func run(
        options: [String] = [], against command: [String], seconds: Int
    ) async throws -> (status: Int32, words: String) {
        let log = FileManager.default.temporaryDirectory.appendingPathComponent(
            "roost-\(UUID().uuidString).log")
        try Data().write(to: log)
        defer { try? FileManager.default.removeItem(at: log) }
        let output = try FileHandle(forWritingTo: log)
        let limit = ["timeout", "--kill-after=5", "\(seconds)"]
        let script = [Self.python, path] + options + ["--"] + command
        let status = try await Self.status(of: limit + script, output: output)
        try output.close()
        let words = try String(decoding: Data(contentsOf: log), as: UTF8.self)
        return (status, words.trimmingCharacters(in: .newlines))
    }

    /// `make test` makes the virtual environment; without it the system's Python is used.
    private static let python: String = {
        let own = BuildProducts.packageRoot.appendingPathComponent(".venv-test/bin/python").path
        return FileManager.default.isExecutableFile(atPath: own) ? own : "python3"
    }()

    private static func process(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        return process
    }

    private static func output(_ arguments: [String]) throws -> String {
        let process = process([python] + arguments)
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        return String(decoding: output, as: UTF8.self)
    }

    private static func status(of arguments: [String], output: FileHandle) async throws -> Int32 {
        let process = process(arguments)
        process.standardOutput = output
        process.standardError = output
        return try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
    }
}
