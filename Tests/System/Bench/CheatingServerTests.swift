// A server that cheats is found out in every load: nothing that it does to a message is missed.
import Foundation
import TestSupport
import Testing

@testable import bench

/// `tamper.py` stands in front of an honest server and tampers with every third message. Every
/// single case must be counted as a failure.
@Suite struct CheatingServerTests {
    struct Load: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        /// The honest server: a program and its arguments behind the port.
        let server: [String]
        let modes: [String]
        /// The load itself cuts connections, and does not see what is on its way to them: on a busy
        /// machine more than a third of all.
        var cutsConnections = false

        var testDescription: String { arguments.joined(separator: " ") }
    }

    private static let all = [
        "cut", "flip", "append", "opcode", "duplicate", "unasked", "late", "none",
    ]
    private static let echo = ["echo-server", "PORT", "--verbatim"]
    private static let broadcast = ["broadcast-server", "PORT", "--no-limits"]
    private static let chat = [
        "roost", "serve", "--history", "memory", "--port", "PORT", "--no-limits",
    ]
    private static let brief = ["-t", "0.15", "--warmup", "0"]
    /// With these, messages are missing, and waiting for them would only take time.
    private static let losing: Set = ["cut", "flip", "late", "none"]

    static let loads = [
        Load(arguments: ["echo", "-c", "8", "-d", "2"] + brief, server: echo, modes: all),
        Load(
            arguments: ["echo", "-c", "4", "-s", "3000", "--rate", "400", "--binary"] + brief,
            server: echo, modes: all),
        Load(
            arguments: ["echo", "-c", "4", "--template", #"{"to":"{room}","say":"{payload}"}"#]
                + brief, server: echo, modes: ["cut", "flip", "append"]),
        // What comes behind its own Close an endpoint ignores (RFC 6455 §1.4), so a second reply
        // is not seen here.
        Load(
            arguments: ["churn", "-c", "4"] + brief, server: echo,
            modes: ["cut", "flip", "append", "opcode", "late", "none"]),
        Load(arguments: ["fanout", "-c", "8"] + brief, server: broadcast, modes: all),
        Load(
            arguments: ["fanout", "-c", "8", "--protocol", "chat"] + brief, server: chat,
            modes: all),
        // What is late or missing may as well have gone to another process, and is asked for again.
        Load(
            arguments: ["million", "--here", "-c", "9", "--hold", "0"] + brief, server: broadcast,
            modes: ["flip", "opcode", "duplicate", "unasked"]),
        Load(
            arguments: [
                "resume", "-c", "12", "--bystanders", "3", "--rooms", "2", "--away", "0.1",
                "--within", "0.1",
            ], server: chat, modes: ["flip", "append", "duplicate", "unasked"],
            cutsConnections: true),
        Load(
            arguments: ["polling", "-c", "4", "--interval", "0.1", "--wait", "1", "--rate", "30"]
                + ["-t", "0.4", "--warmup", "0"], server: chat,
            modes: ["cut", "flip", "append"]),
        Load(arguments: ["idle", "-c", "4"] + brief, server: echo, modes: ["chatty"]),
    ]

    @Test(arguments: loads)
    func `Every message that is tampered with is a failure`(load: Load) throws {
        // Most of a run is waiting, so all of a load's runs go on at the same time, each with an
        // honest server of its own, since a broadcast goes to all connections of a server.
        let outcomes = Outcomes()
        let group = DispatchGroup()
        for mode in load.modes + ["honest"] {
            group.enter()
            Thread.detachNewThread {
                outcomes.add(mode, Result { try Self.run(load, mode) })
                group.leave()
            }
        }
        group.wait()
        for (mode, outcome) in outcomes.all { try Self.judge(load, mode, outcome.get()) }
    }

    private struct Outcome {
        let result: BenchRun
        /// How many messages were tampered with; nil if none was.
        let count: Int?
    }

    /// What the threads of a load's runs have found out.
    private final class Outcomes: @unchecked Sendable {
        private let lock = NSLock()
        private(set) var all: [(mode: String, outcome: Result<Outcome, any Error>)] = []

        func add(_ mode: String, _ outcome: Result<Outcome, any Error>) {
            lock.withLock { all.append((mode, outcome)) }
        }
    }

    private static func run(_ load: Load, _ mode: String) throws -> Outcome {
        let server = try BenchedServer(
            [BuildProducts.path(load.server[0])] + load.server.dropFirst())
        let counts = FileManager.default.temporaryDirectory
            .appendingPathComponent("tampered-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: counts) }
        let cheat = "python3 \(script) {port} \(server.port) \(mode) \(counts.path)"
        let result = try BenchRun(
            load.arguments + [
                "--drain", losing.contains(mode) ? "0.3" : "20", "--as-built", "--json", "JSON",
                "--server", cheat,
            ])
        let count = (try? String(contentsOf: counts, encoding: .utf8)).flatMap { Int($0) }
        return Outcome(result: result, count: count)
    }

    private static func judge(_ load: Load, _ mode: String, _ outcome: Outcome) throws {
        let result = outcome.result
        let failures = (result.file?.reports ?? []).flatMap(\.runs).flatMap(\.failures)
        let found = failures.map(\.value).reduce(0, +)
        let said = "\(mode): \(failures) \(result.output)\(result.errors)"
        guard mode != "honest" else {
            #expect(result.status == 0 && found == 0, "\(said)")
            return
        }
        let count = try #require(outcome.count, "\(said)")
        let least = load.cutsConnections ? count / 4 : count
        #expect(count > 0 && found >= least, "\(count) by \(said)")
        #expect(result.status == 1, "\(said)")
    }

    private static let script = BuildProducts.packageRoot
        .appendingPathComponent("Tests/Support/python/tamper.py").path
}
