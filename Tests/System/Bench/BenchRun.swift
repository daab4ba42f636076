// Calls of bench, and servers for it, for the end-to-end tests.
import Foundation
import TestSupport
import Testing

@testable import bench

/// One call of bench, with its files.
struct BenchRun {
    let status: Int32
    let output: String
    let errors: String
    let file: ReportFile?

    /// - Parameters:
    ///   - listensToInterrupts: makes bench react to SIGINT, even where these tests ignore it.
    ///   - meanwhile: called while bench runs.
    init(
        _ arguments: [String], listensToInterrupts: Bool = false,
        meanwhile: (Process) throws -> Void = { _ in }
    ) throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let json = folder.appendingPathComponent("report.json")
        let (output, errors) = (
            folder.appendingPathComponent("output"), folder.appendingPathComponent("errors")
        )
        try Data().write(to: output)
        try Data().write(to: errors)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            (listensToInterrupts ? ["--default-signal=INT"] : []) + [BuildProducts.path("bench")]
            + arguments.map { $0 == "JSON" ? json.path : $0 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        try meanwhile(process)
        process.waitUntilExit()
        status = process.terminationStatus
        self.output = try String(contentsOf: output, encoding: .utf8)
        self.errors = try String(contentsOf: errors, encoding: .utf8)
        file = try? JSONDecoder().decode(ReportFile.self, from: Data(contentsOf: json))
    }

    /// The only run of the only report.
    var run: bench.Run {
        get throws { try #require(file?.reports.first?.runs.first, "\(output)\(errors)") }
    }
}

/// A server that a test starts itself, with a port of its own.
final class BenchedServer {
    let process = Process()
    let port: UInt16
    let url: String

    init(_ command: [String]) throws {
        let port = try #require(Machine.freePort())
        self.port = port
        url = "ws://127.0.0.1:\(port)/"
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command.map { $0 == "PORT" ? "\(port)" : $0 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let deadline = Clock.now + 30_000_000_000
        while !Machine.isListening(on: port), process.isRunning, Clock.now < deadline {
            usleep(10_000)
        }
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
