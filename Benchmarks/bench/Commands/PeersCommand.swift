// `bench peers`: the same loads against other WebSocket servers.
import ArgumentParser
import Foundation

struct PeersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peers",
        abstract: "The same loads against the other WebSocket servers that are installed.",
        discussion: """
            The servers are the small programs in Benchmarks/peers; `make bench-peers` installs what \
            they need first. Each load is run against one after the other, and all of it --runs \
            times, so that what the machine does besides falls on all alike. With --tls all of \
            them speak TLS, with the same certificate.
            """)

    @Option(help: "Write the table to this file too, as Markdown.")
    var markdown: String?

    @Option(help: "Only those whose names contain this: --only nio --only gorilla (repeatable).")
    var only: [String] = []

    @OptionGroup var load: LoadOptions
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    /// An installed server, and the loads to run against it.
    private struct Contestant {
        let name: String
        let version: String
        let echo: ServerProcess.Command
        let broadcast: ServerProcess.Command
    }

    func validate() throws {
        guard target.url.isEmpty, target.server == nil else {
            throw ValidationError(
                "The servers are those of Benchmarks/peers: no --url or --server.")
        }
        guard only.isEmpty || Peer.all.contains(where: { isWanted($0.name) }) else {
            let names = Peer.all.map(\.name).joined(separator: ", ")
            throw ValidationError("--only matches no server; there are \(names).")
        }
    }

    func run() throws {
        var once = load
        once.runs = 1
        var runner = try JobRunner(target, once, output)
        let files = target.tls ? try CertificateFiles() : nil
        let contestants = try gather(files)
        let loads = try Self.loads(once, isEncrypted: files != nil)
        var results = PeersTable(
            names: contestants.map(\.name), loads: loads.map(\.name),
            versions: contestants.map(\.version))
        do {
            for round in 1...load.runs {
                for (row, load) in loads.enumerated() {
                    for (column, contestant) in contestants.enumerated() {
                        var job = load.job
                        job.serverCommand =
                            load.mode == .echo ? contestant.echo : contestant.broadcast
                        Self.say(
                            "round \(round) of \(self.load.runs): \(load.name), "
                                + contestant.name)
                        results.add(try runner.measure(job), row: row, column: column)
                    }
                }
            }
        } catch is Interrupted {
            // Print a table of what was measured before Ctrl-C.
        }
        for report in results.reports where !report.hasResumedNothing { runner.add(report) }
        let table = results.markdown(
            "Medians of \(Words.plural(load.runs, "run")) of \(Words.seconds(load.seconds)) on "
                + "\(runner.file.machine), loopback; the server on a processor of its own."
                + (files == nil ? "" : Self.wordsOfTLS))
        print(table)
        if let markdown { try table.write(toFile: markdown, atomically: true, encoding: .utf8) }
        try runner.finish()
    }

    private static let wordsOfTLS =
        " All over TLS, with one ECDSA certificate (P-256); – where a server resumes no session."

    /// Ours first. Peers that are not installed are named, with a hint how to install them.
    private func gather(_ files: CertificateFiles?) throws -> [Contestant] {
        guard let root = Products.packageRoot else {
            throw ValidationError(
                "The peers' programs lie beside the sources: run this in the source folder.")
        }
        let (folder, built) = ("\(root)/Benchmarks/peers", "\(root)/.build/peers")
        try FileManager.default.createDirectory(atPath: built, withIntermediateDirectories: true)
        func own(_ command: ServerProcess.Command) -> ServerProcess.Command {
            files.map(command.encrypted) ?? command
        }
        var contestants = [
            Contestant(
                name: "Roost", version: "", echo: own(try .echo()),
                broadcast: own(try .broadcast(rooms: 1, "--no-limits")))
        ]
        for peer in Peer.all where isWanted(peer.name) {
            Self.say("preparing \(peer.name)")
            do {
                let (command, version) = try peer.prepare(folder, built)
                contestants.append(
                    Contestant(
                        name: peer.name, version: version,
                        echo: peer.command(.echo, command, files),
                        broadcast: peer.command(.broadcast, command, files)))
            } catch {
                Self.say("  skipped, it is not installed: \(error)\n  To install it: \(peer.hint)")
            }
        }
        return contestants
    }

    private func isWanted(_ name: String) -> Bool {
        only.isEmpty || only.contains { name.localizedCaseInsensitiveContains($0) }
    }

    private static func loads(
        _ load: LoadOptions, isEncrypted: Bool
    ) throws -> [(name: String, mode: Peer.Mode, job: Job)] {
        func message(_ size: Int, depth: Int) throws -> MessageOptions {
            try MessageOptions.parse(["--size", "\(size)", "--depth", "\(depth)"])
        }
        let room = try RoomOptions.parse([])
        let resuming = try ChurnCommand.job(64, resumes: true, load)
        let resumed = (name: "resumed", mode: Peer.Mode.echo, job: resuming)
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
        ] + (isEncrypted ? [resumed] : []) + [
            ("bytes per idle connection", .echo, try IdleCommand.job(10_000, load))
        ]
    }

    private static func say(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
