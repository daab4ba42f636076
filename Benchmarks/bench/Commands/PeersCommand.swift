// `bench peers`: the same loads against the servers that others have made.
import ArgumentParser
import Foundation

struct PeersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peers",
        abstract: "The same loads against other WebSocket servers, those that are installed.",
        discussion: """
            The servers are the small programs in Benchmarks/peers. Each load is run against one after \
            the other, and all of it --runs times, so that what the machine does besides falls on all \
            alike.
            """)

    @Option(help: "Write the table to this file too, as Markdown.")
    var markdown: String?

    @OptionGroup var load: LoadOptions
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    /// A server that is there, and the loads it is given.
    private struct Contestant {
        let name: String
        let version: String
        let echo: ServerProcess.Command
        let broadcast: ServerProcess.Command
    }

    func run() throws {
        var once = load
        once.runs = 1
        var bout = try Bout(target, once, output)
        let contestants = try gather()
        // By load, then by contestant.
        var reports: [[Report]] = []
        for round in 1...load.runs {
            for (row, load) in try Self.loads(once).enumerated() {
                if reports.count <= row { reports.append([]) }
                for (column, contestant) in contestants.enumerated() {
                    var job = load.job
                    job.serverCommand = load.mode == .echo ? contestant.echo : contestant.broadcast
                    Self.say(
                        "round \(round) of \(self.load.runs): \(load.name), \(contestant.name)")
                    let report = try bout.measure(job)
                    if round == 1 {
                        reports[row].append(report)
                    } else {
                        reports[row][column].runs += report.runs
                    }
                }
            }
        }
        for report in reports.joined() { bout.add(report) }
        let table =
            try Self.table(
                contestants.map(\.name), try Self.loads(once).map(\.name), reports)
            + "\n"
            + contestants.filter { !$0.version.isEmpty }
            .map { "\($0.name): \($0.version)" }.joined(separator: " · ")
            + "\n\n" + bout.file.machine + "\n"
        print(table)
        if let markdown { try table.write(toFile: markdown, atomically: true, encoding: .utf8) }
        try bout.finish()
    }

    /// Ours first. Who is not installed is named, with what would help.
    private func gather() throws -> [Contestant] {
        guard let root = Products.packageRoot else {
            throw ValidationError("The peers' programs lie beside the sources: run this there.")
        }
        let (folder, built) = ("\(root)/Benchmarks/peers", "\(root)/.build/peers")
        try FileManager.default.createDirectory(atPath: built, withIntermediateDirectories: true)
        var contestants = [
            Contestant(
                name: "Roost", version: "", echo: try .echo(),
                broadcast: try .broadcast(rooms: 1, "--no-limits"))
        ]
        for peer in Peer.all {
            Self.say("preparing \(peer.name)")
            guard let (command, version) = try? peer.prepare(folder, built) else {
                Self.say("  skipped: \(peer.name) is not here. To have it: \(peer.hint)")
                continue
            }
            contestants.append(
                Contestant(
                    name: peer.name, version: version, echo: peer.command(.echo, command),
                    broadcast: peer.command(.broadcast, command)))
        }
        return contestants
    }

    private static func loads(
        _ load: LoadOptions
    ) throws -> [(name: String, mode: Peer.Mode, job: Job)] {
        func message(_ size: Int, depth: Int) throws -> MessageOptions {
            try MessageOptions.parse(["--size", "\(size)", "--depth", "\(depth)"])
        }
        let room = try RoomOptions.parse([])
        return [
            (
                "echo 32 B × 100, depth 1", .echo,
                try EchoCommand.job(100, message(32, depth: 1), load)
            ),
            ("depth 16", .echo, try EchoCommand.job(100, message(32, depth: 16), load)),
            (
                "echo 16 KiB × 100, depth 4", .echo,
                try EchoCommand.job(100, message(16384, depth: 4), load)
            ),
            (
                "fan-out 64 B to 1,000, depth 1", .broadcast,
                try FanoutCommand.job(1000, room, message(64, depth: 1), load)
            ),
            (
                "depth 16", .broadcast,
                try FanoutCommand.job(1000, room, message(64, depth: 16), load)
            ),
            ("connect, talk, close", .echo, try ChurnCommand.job(64, load)),
            ("bytes per idle connection", .echo, try IdleCommand.job(10_000, load)),
        ]
    }

    /// A row for each server, a column for each load; what failed says so.
    static func table(_ names: [String], _ loads: [String], _ reports: [[Report]]) throws -> String
    {
        var lines = [
            "| | \(loads.joined(separator: " | ")) |",
            "|---" + String(repeating: "|---:", count: loads.count) + "|",
        ]
        for (column, name) in names.enumerated() {
            let cells = reports.map { row -> String in
                let report = row[column]
                guard report.failures.isEmpty else { return "failed" }
                guard report.load != "idle" else { return Headline(report).value }
                let rate = Statistics.median(report.runs.compactMap(\.perServerSecond))
                return rate >= 100_000 ? Words.count(rate / 1000) : Words.fixed(rate / 1000, 1)
            }
            lines.append("| \(name) | \(cells.joined(separator: " | ")) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func say(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
