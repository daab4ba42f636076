// Passed sockets that cannot be used: one sentence, and no service on only a part of them.
import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct ActivationTests {
    /// Starts the server with descriptors that a shell opens, as if systemd had passed them.
    private func start(passing count: Int, _ redirections: String) throws -> Run {
        try Run([
            "bash", "-c",
            "export LISTEN_PID=$$ LISTEN_FDS=\(count); exec \"$0\" \"$@\" \(redirections)",
            BuildProducts.path("roost"), "serve", "--port", "0", "--history", "memory", "--control",
            "off",
        ])
    }

    @Test(arguments: [
        (1, "3</dev/null", "descriptor 3 as a listening socket"),
        (1, "3<>/dev/udp/127.0.0.1/9", "descriptor 3 as a listening socket"),
        (1, "3<&-", "sockets of systemd"),
        (2, "3</dev/null 4<&-", "sockets of systemd"),
    ])
    func `A descriptor that is not a listening socket is one sentence`(
        count: Int, redirections: String, words: String
    ) throws {
        let end = try start(passing: count, redirections).end()
        #expect(end.status != 0)
        #expect(end.output == "")
        #expect(end.errors.hasPrefix("Error: Cannot "))
        #expect(end.errors.contains(words))
        #expect(end.errors.split(separator: "\n").count == 1)
    }

    /// Variables that are meant for a parent process are ignored.
    @Test func `Sockets for another process are ignored`() throws {
        let run = try Run(
            command("roost", port: "0") + ["--control", "off"],
            environment: ["LISTEN_PID": "1", "LISTEN_FDS": "3"])
        #expect(run.address()?.hasPrefix("http://127.0.0.1:") == true)
        #expect(run.stop(SIGTERM) == 0)
    }

    private static let canActivate = access("/usr/bin/systemd-socket-activate", X_OK) == 0

    @Test(.enabled(if: canActivate, "needs systemd-socket-activate"))
    func `Ends without clients, and loses none`() throws {
        let path = "/tmp/roost-\(UInt64.random(in: .min ... .max)).sock"
        defer { unlink(path) }
        let run = try Run([
            "systemd-socket-activate", "-l", path, BuildProducts.path("roost"), "serve",
            "--history", "memory",
            "--control", "off", "--idle-exit", "2s",
        ])
        // Not by another process: systemd-socket-activate closes the descriptor by which Foundation
        // notices a child's end, and until it ends no end of a child is noticed.
        var client: Client?
        #expect(
            Tools.eventually {
                client = Client(path: path)
                return client != nil
            })
        client?.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        #expect(client?.response()?.head.hasPrefix("HTTP/1.1 200 ") == true)
        client = nil
        let end = run.end()
        #expect(end.status == 0)
        #expect(end.errors.contains("event=idle-exit"))
    }

    @Test func `Without sockets from systemd it does not end by itself`() throws {
        let run = try Run(command("roost", port: "0", "--control", "off", "--idle-exit", "1s"))
        let port = port(of: try #require(run.address()))
        usleep(2_500_000)
        let answer = exchange(
            "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", port: port, until: "}")
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
        kill(run.process.processIdentifier, SIGTERM)
        #expect(run.end().errors.contains("--idle-exit"))
    }
}
