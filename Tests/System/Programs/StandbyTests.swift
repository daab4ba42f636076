// Sockets from systemd and a configuration that cannot be used: the server stays, and is mended.
import Foundation
import Glibc
import TestSupport
import Testing
import WebSocketServer

@Suite struct StandbyTests {
    /// A server with a public and a control socket that this test has opened, as if systemd had.
    private final class Passed {
        let folder: URL
        let run: Run
        let port: UInt16
        var control: String { folder.appendingPathComponent("control.sock").path }
        var file: String { folder.appendingPathComponent("roost.conf").path }

        private static let opener = """
            import os, socket, sys
            s = socket.create_server(("127.0.0.1", 0))
            c = socket.socket(socket.AF_UNIX)
            c.bind(sys.argv[1])
            c.listen()
            a, b = os.dup(s.fileno()), os.dup(c.fileno())
            os.dup2(a, 3)
            os.dup2(b, 4)
            os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2")
            os.environ["LISTEN_FDNAMES"] = os.environ.get("NAMES", "open:control")
            print(f"Listening on http://127.0.0.1:{s.getsockname()[1]}", flush=True)
            os.execv(sys.argv[2], sys.argv[2:])
            """

        init(
            _ text: String, _ more: [String] = [], manager: DatagramReceiver? = nil,
            names: String = "open:control"
        ) throws {
            folder = FileManager.default.temporaryDirectory.appendingPathComponent(
                "roost-\(UUID().uuidString.prefix(8))")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let file = folder.appendingPathComponent("roost.conf").path
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            run = try Run(
                [
                    "python3", "-c", Self.opener,
                    folder.appendingPathComponent("control.sock").path,
                    BuildProducts.path("roost"), "serve", "--history", "memory", "--config", file,
                ] + more,
                environment: ["NAMES": names].merging(
                    manager.map { ["NOTIFY_SOCKET": $0.path] } ?? [:]
                ) { $1 })
            port = TestSupport.port(of: try #require(run.address()))
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        func write(_ text: String) throws {
            try text.write(toFile: file, atomically: true, encoding: .utf8)
        }

        func roost(_ words: String...) throws -> (status: Int32, output: String, errors: String) {
            try Run([BuildProducts.path("roost")] + words + ["--control", control]).end()
        }

        func get(_ path: String) -> String {
            exchange(
                "GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", port: port,
                until: "\r\n\r\n")
        }
    }

    private static let hasPython = Tools.has("python3")

    @Test(.enabled(if: hasPython, "needs python3"))
    func `A bad file is said everywhere, and mended without a restart`() throws {
        let manager = DatagramReceiver()
        let passed = try Passed("no-limits = perhaps\r\n", manager: manager)
        let sentence = "\(passed.file):1: 'no-limits' takes yes or no, not 'perhaps'."
        let ready = try #require(manager.texts { $0.hasPrefix("READY=1") })
        #expect(ready == ["READY=1\nSTATUS=Not serving: \(sentence)"])
        #expect(passed.get("/").hasPrefix("HTTP/1.1 503 "))
        #expect(passed.get("/readyz").hasPrefix("HTTP/1.1 503 "))
        #expect(passed.get("/healthz").hasPrefix("HTTP/1.1 200 "))
        let client = Client(port: passed.port)
        // A browser that is granted none of what it offers never sees the close code.
        let offer = "Sec-WebSocket-Protocol: roost.v1"
        let head = client.upgrade(path: "/chat", fields: [offer])?.head ?? ""
        #expect(head.hasPrefix("HTTP/1.1 101 ") && head.contains("\r\n\(offer)\r\n"), "\(head)")
        #expect(client.frame()?.payload.starts(with: [0x03, 0xF5]) == true, "1013")
        client.sendFrame(8, [0x03, 0xF5])
        let status = try passed.roost("status")
        #expect(status.status == 0 && status.output.contains(" is not serving, process "))
        #expect(status.output.contains(sentence))
        let doctor = try passed.roost("doctor", "--json")
        #expect(doctor.status == 1 && doctor.output.hasPrefix(#"{"state":"mend","#))
        let refused = try passed.roost("reload")
        #expect(refused.status == 1 && refused.errors == "\(sentence)\n")
        #expect(try passed.roost("publish", "lobby", "x").status == 1)

        // A client that does not answer its Close; the next client comes in the middle.
        let silent = Client(port: passed.port)
        #expect(silent.upgrade(path: "/chat") != nil)
        try passed.write("max-message = 10\r\n")
        let mended = try passed.roost("reload")
        #expect(mended.status == 0 && mended.output.contains("serves"))
        let next = Client(port: passed.port)
        #expect(next.upgrade(path: "/chat")?.head.hasPrefix("HTTP/1.1 101 ") == true)
        next.sendText(#"{"type":"login","user":"a"}"#)
        #expect(next.frame()?.payload.starts(with: [0x03, 0xF1]) == true, "1009: the new limit")
        #expect(passed.get("/readyz").hasPrefix("HTTP/1.1 200 "))
        let told = try #require(manager.texts { $0.hasPrefix("READY=1\nSTATUS=Serving") })
        #expect(!told.contains { $0.contains("STOPPING") })
        // The server that serves now reloads as any other.
        try passed.write("max-message = 20K\n")
        let again = try passed.roost("reload")
        #expect(again.output.contains("changes to max-message apply from now on."))
        #expect(try passed.roost("status", "--json").output.contains(#""state":"serving""#))
        next.sendFrame(8, [0x03, 0xF1])
        #expect(passed.run.stop(SIGTERM) == 0)
    }

    /// What the start needs besides the file: secrets, groups, addresses; and the command line.
    @Test(
        .enabled(if: hasPython, "needs python3"),
        arguments: [
            ("publish-token-file = /nonexistent\n", [], "Cannot read /nonexistent"),
            ("admin-group = no-such-group\n", [], "there is no group 'no-such-group'"),
            ("metrics = 192.0.2.1:1\n", [], "Cannot listen on 192.0.2.1:1"),
            ("", ["--max-connections", "0"], "--max-connections must be at least 1."),
            ("", ["--no-such-flag"], "Unknown option '--no-such-flag'"),
        ] as [(String, [String], String)])
    func `Other reasons keep the sockets open, too`(
        text: String, flags: [String], sentence: String
    ) throws {
        let passed = try Passed(text, flags)
        #expect(passed.get("/readyz").hasPrefix("HTTP/1.1 503 "))
        let status = try passed.roost("status", "--json")
        #expect(status.output.contains(sentence), "\(status)")
        try passed.write("")
        let reload = try passed.roost("reload")
        #expect(reload.status == (flags.isEmpty ? 0 : 1), "\(reload)")
        #expect(passed.get("/readyz").hasPrefix(flags.isEmpty ? "HTTP/1.1 200 " : "HTTP/1.1 503 "))
        #expect(try passed.roost("stop").status == 0)
        #expect(passed.run.end().status == 0)
    }

    /// A socket of TLS stays open without a certificate, and speaks TLS as soon as there is one.
    @Test(.enabled(if: Tools.has("curl"), "there is no curl here"))
    func `A certificate that is missing is mended by a reload`() throws {
        let passed = try Passed("", names: "tls:control")
        #expect(passed.get("/readyz").hasPrefix("HTTP/1.1 503 "))
        #expect(try passed.roost("status").output.contains("There is no certificate"))
        let made = try TLS.selfSigned(names: ["localhost"])
        let (chain, key) = ("\(passed.file).crt", "\(passed.file).key")
        try Data(made.chain).write(to: URL(fileURLWithPath: chain))
        try Data(made.privateKey).write(to: URL(fileURLWithPath: key))
        try passed.write("tls-certificate = \(chain)\ntls-key = \(key)\n")
        let mended = try passed.roost("reload")
        #expect(mended.status == 0, "\(mended)")
        let page = try Run([
            "curl", "-s", "--cacert", chain, "https://localhost:\(passed.port)/readyz",
        ]).end()
        #expect(page.output.hasPrefix(#"{"status":"ok"}"#), "\(page)")
    }
}
