// The programs from a user's view: their messages at the start, at the stop, and on failure.
import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct ProgramTests {
    private static let programs = ["roost", "echo-server", "async-echo", "broadcast-server"]

    @Test(arguments: programs, [SIGTERM, SIGINT])
    func `Says where it listens, serves, and stops with status 0`(
        program: String, signal: Int32
    ) throws {
        let run = try Run(command(program, port: "0"))
        let address = try #require(run.address())
        #expect(address.hasPrefix(program == "roost" ? "http://127.0.0.1:" : "ws://127.0.0.1:"))
        let answer = exchange(
            "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", port: port(of: address),
            until: "\r\n\r\n")
        #expect(answer.hasPrefix(program == "roost" ? "HTTP/1.1 200 " : "HTTP/1.1 426 "))
        #expect(run.stop(signal) == 0)
    }

    @Test(arguments: programs, [SIGTERM, SIGINT])
    func `Connected clients get 1001 when it stops`(program: String, signal: Int32) throws {
        let run = try Run(command(program, port: "0"))
        let port = port(of: try #require(run.address()))
        let clients = (0..<3).map { _ in Client(port: port) }
        for client in clients {
            #expect(client.upgrade()?.head.hasPrefix("HTTP/1.1 101 ") == true)
        }
        kill(run.process.processIdentifier, signal)
        for client in clients {
            let close = client.frame()
            #expect(close?.opcode == 8)
            #expect(close?.payload.starts(with: [0x03, 0xE9]) == true)
            client.sendFrame(8, [0x03, 0xE9])
            #expect(client.rest() == [])
        }
        #expect(run.end().status == 0)
    }

    /// The close deadline is 5 s.
    @Test func `A client that does not answer the stop is cut off`() throws {
        let run = try Run(command("echo-server", port: "0"))
        let port = port(of: try #require(run.address()))
        let (silent, half) = (Client(port: port), Client(port: port))
        #expect(silent.upgrade() != nil)
        half.send("GET / HT")
        kill(run.process.processIdentifier, SIGTERM)
        #expect(silent.frame()?.opcode == 8)
        #expect(run.end().status == 0)
        #expect(silent.rest() == [])
    }

    @Test(arguments: [("::1", "[::1]:"), ("localhost", ":"), ("0.0.0.0", "0.0.0.0:")])
    func `Listens on the given host`(host: String, said: String) throws {
        let run = try Run(command("roost", port: "0", "--host", host))
        #expect(try #require(run.address()).contains(said))
        #expect(run.stop(SIGTERM) == 0)
    }

    @Test(arguments: ["192.0.2.1", "no-such-host.invalid", "256.1.1.1"])
    func `A host that is not this machine's is one clear sentence`(host: String) throws {
        let end = try Run(command("roost", port: "0", "--host", host)).end()
        #expect(end.status != 0)
        #expect(end.errors.hasPrefix("Error: Cannot listen on \(host):0: "))
        #expect(end.errors.split(separator: "\n").count == 1)
    }

    /// Its output is not read: `roost serve | true`.
    @Test func `Serves although its output is closed`() throws {
        let probe = try Run(command("echo-server", port: "0"))
        let free = port(of: try #require(probe.address()))
        #expect(probe.stop(SIGTERM) == 0)
        let run = try Run(
            ["sh", "-c", "exec \"$0\" \"$@\" >&-"] + command("roost", port: "\(free)"))
        var answer = ""
        for _ in 0..<1000 where !answer.hasPrefix("HTTP/1.1 200") {
            answer = exchange(
                "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", port: free, until: "}")
            if answer == "no connection" { usleep(10_000) }
        }
        #expect(answer.hasPrefix("HTTP/1.1 200"))
        #expect(run.stop(SIGTERM) == 0)
    }

    @Test(arguments: programs)
    func `A busy port is one clear sentence and a status`(program: String) throws {
        let first = try Run(command(program, port: "0"))
        let address = try #require(first.address())
        let second = try Run(command(program, port: "\(port(of: address))"))
        let end = second.end()
        #expect(end.status != 0)
        #expect(end.output == "")
        #expect(end.errors.hasPrefix("Error: Cannot listen on 127.0.0.1:\(port(of: address)): "))
        #expect(end.errors.split(separator: "\n").count == 1)
        #expect(first.stop(SIGTERM) == 0)
    }

    @Test(arguments: [
        (["--nonsense"], "--nonsense"), (["--port", "99999"], "99999"),
        (["--max-message", "12q"], "12q"), (["--per-address", "0"], "per-address"),
        (["--origin", "http://a.org/page"], "origin"), (["--max-connections", "0"], "at least 1"),
        (["--max-head", "2M"], "between 1K and 1M"),
        (["--handshake-timeout", "0"], "handshake-timeout"),
    ])
    func `A bad flag is named, with its usage`(flags: [String], word: String) throws {
        let end = try Run(
            [BuildProducts.path("roost"), "serve", "--history", "memory"] + flags
        ).end()
        #expect(end.status != 0)
        #expect(end.errors.hasPrefix("Error: "))
        #expect(end.errors.contains(word))
        #expect(end.errors.contains("Usage: "))
    }

    @Test func `An unknown command is refused`() throws {
        let end = try Run([BuildProducts.path("roost"), "dance"]).end()
        #expect(end.status != 0)
        #expect(end.errors.hasPrefix("Error: "))
    }

    @Test(arguments: programs)
    func `Help lists the flags`(program: String) throws {
        let path = BuildProducts.path(program)
        let end = try Run(program == "roost" ? [path, "serve", "--help"] : [path, "--help"]).end()
        #expect(end.status == 0)
        for flag in [
            "--host", "--max-message", "--max-connections", "--per-address", "--rate-limit",
            "--outbox", "--topic-log", "--origin", "--reuse-port", "--no-limits",
        ] {
            #expect(end.output.contains(flag))
        }
    }

    private static let canChangeUser =
        geteuid() == 0 && access("/usr/bin/setpriv", X_OK) == 0
        && ((try? String(
            contentsOfFile: "/proc/sys/net/ipv4/ip_unprivileged_port_start", encoding: .utf8))
            .flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? 1024) > 80

    @Test(.enabled(if: canChangeUser, "needs root and setpriv"))
    func `A port that needs a privilege is explained`() throws {
        // Another user may not read the build folder, so a copy is run.
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("roost-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755])
        defer { try? FileManager.default.removeItem(at: folder) }
        let copy = folder.appendingPathComponent("roost").path
        try FileManager.default.copyItem(atPath: BuildProducts.path("roost"), toPath: copy)
        let end = try Run(
            [
                "setpriv", "--reuid", "65534", "--clear-groups", copy, "serve", "--port", "80",
                "--history", "memory",
            ]
        ).end()
        #expect(end.status != 0)
        #expect(end.errors.contains("Permission denied"))
        #expect(end.errors.contains("1024"))
    }

    private static let canActivate = access("/usr/bin/systemd-socket-activate", X_OK) == 0

    @Test(.enabled(if: canActivate, "needs systemd-socket-activate"))
    func `Takes the sockets that systemd passes`() throws {
        // A port that was free just now: systemd-socket-activate does not print the port it took.
        let probe = try Run(command("echo-server", port: "0"))
        let free = port(of: try #require(probe.address()))
        #expect(probe.stop(SIGTERM) == 0)
        let run = try Run([
            "systemd-socket-activate", "-l", "127.0.0.1:\(free)",
            BuildProducts.path("roost"), "serve", "--port", "1", "--history", "memory",
        ])
        // The first connection starts the server, and is not lost.
        var answer = ""
        for _ in 0..<1000 where !answer.contains("200") {
            answer = exchange(
                "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n", port: free, until: "}")
            if answer.hasPrefix("no connection") { usleep(10_000) }
        }
        #expect(answer.contains(#"{"status":"ok"}"#))
        kill(run.process.processIdentifier, SIGTERM)
        let end = run.end()
        #expect(end.status == 0)
        // A --port is useless here, and there is a warning.
        let warnings = end.errors.split(separator: "\n").filter {
            $0.contains("[event=setting-ignored]")
        }
        #expect(warnings.count == 1 && warnings[0].contains("port has no effect"))
    }
}
