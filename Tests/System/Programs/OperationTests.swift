// Running a server from a shell: status, publish, stop; metrics for Prometheus.
import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct OperationTests {
    @Test func `A shell publishes, sees it in the status, and stops the server`() throws {
        let roost = try OperatedRoost()
        let member = Client(port: roost.port)
        #expect(member.upgrade(path: "/chat") != nil)
        member.sendText(#"{"type":"login","user":"ann"}"#)
        _ = (member.text(), member.text())
        let said = try roost.shell("publish", "lobby", "It's \"done\" \\ é").end()
        #expect(said.status == 0 && said.output == "" && said.errors == "")
        #expect(member.text()?.contains(#""text":"It's \"done\" \\ é""#) == true)
        let piped = try roost.shell(
            "publish", "lobby", "--user", "disk", input: "line 1\nline 2\n\n"
        ).end()
        #expect(piped.status == 0)
        #expect(member.text()?.contains(#""user":"disk","text":"line 1\nline 2""#) == true)

        let screen = try roost.shell("status").end()
        #expect(screen.status == 0)
        #expect(screen.output.contains("1 of at most"))
        #expect(screen.output.contains("1 user in 1 room"))
        #expect(screen.output.contains("lobby 1"))
        let json = try roost.shell("status", "--json").end()
        let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
        #expect((object as? [String: Any])?["messages"] as? Int == 2)
        #expect(
            (object as? [String: Any])?["process"] as? Int
                == Int(roost.run.process.processIdentifier))

        #expect(
            screen.output.hasPrefix("roost \((object as? [String: Any])?["version"] ?? "?") is"))

        let doctor = try roost.shell("doctor").end()
        #expect(doctor.status == 0, "\(doctor)")
        let few = try roost.shell("doctor", "--connections", "10000000", "--json").end()
        #expect(few.status == 1)
        let found = try JSONSerialization.jsonObject(with: Data(few.output.utf8))
        #expect((found as? [String: Any])?["state"] as? String == "mend")
        #expect((found as? [String: Any])?["wanted"] as? Int == 10_000_000)
        #expect((found as? [String: Any])?["bounds"] is [[String: Any]])
        #expect(doctor.output.hasPrefix("This machine can hold "))
        #expect(doctor.output.contains("answers at its control socket: process"))
        #expect(try roost.shell("stop").end().output == "The server is stopping.\n")
        member.sendFrame(8, [0x03, 0xE9])
        #expect(roost.run.end().status == 0)
    }

    @Test func `A server without a file stops in order when its terminal goes away`() throws {
        let roost = try OperatedRoost()
        let client = Client(port: roost.port)
        #expect(client.upgrade(path: "/chat") != nil)
        kill(roost.run.process.processIdentifier, SIGHUP)
        #expect(client.frame()?.payload.prefix(2) == [0x03, 0xE9])
        client.sendFrame(8, [0x03, 0xE9])
        #expect(client.rest() == [])
        #expect(roost.run.end().status == 0)
        #expect(!FileManager.default.fileExists(atPath: roost.control))
    }

    @Test func `The start of the process never changes in the metrics`() throws {
        let roost = try OperatedRoost()
        let starts = (0..<20).map { _ in
            roost.ask("GET /metrics").firstMatch(of: /\nprocess_start_time_seconds (\S+)/)?.1 ?? "?"
        }
        #expect(Set(starts).count == 1 && (Double(starts[0]) ?? 0) > 1.7e9, "\(starts)")
    }

    /// As systemd runs ExecReload= of a copied unit.
    @Test func `A reload that reaches another server's process is refused`() throws {
        let roost = try OperatedRoost()
        for (process, words) in [("1", "the unit's is 1: give"), ("", "configuration")] {
            let main = process.isEmpty ? "\(roost.run.process.processIdentifier)" : process
            let reload = try Run(
                [BuildProducts.path("roost"), "reload", "--control", roost.control],
                environment: ["MAINPID": main]
            ).end()
            #expect(reload.status == 1 && reload.errors.contains(words), "\(reload)")
        }
    }

    /// A listener on [::] sees IPv4 clients as ::ffff:a.b.c.d.
    @Test(.enabled(if: access("/proc/net/if_inet6", F_OK) == 0, "there is no IPv6 here"))
    func `An IPv4 client of an IPv6 listener has its IPv4 address in the log`() throws {
        let roost = try OperatedRoost(["--host", "::", "--log-level", "debug"])
        let client = Client(port: roost.port)
        #expect(client.upgrade(path: "/nothing")?.head.hasPrefix("HTTP/1.1 404 ") == true)
        #expect(Client(port: roost.port).upgrade(path: "/chat") != nil)
        kill(roost.run.process.processIdentifier, SIGTERM)
        let log = roost.run.end().errors
        #expect(
            log.contains("Refused 127.0.0.1 with HTTP 404: ") && log.contains("peer=127.0.0.1 "))
        #expect(log.contains(" from 127.0.0.1 is open. ") && !log.contains("::ffff"), "\(log)")
    }

    @Test func `Text from other systems is published as lines`() throws {
        let roost = try OperatedRoost()
        let said = try roost.shell(
            "publish", "lobby", "-", input: "\u{FEFF}line 1\r\nline 2\r\n\r\n"
        ).end()
        #expect(said.status == 0, "\(said)")
        let messages = roost.ask("GET /rooms/lobby/messages")
        #expect(messages.contains(#""text":"line 1\nline 2""#), "\(messages)")
    }

    @Test func `A failure is one sentence that says what to do`() throws {
        let folder = FileManager.default.temporaryDirectory.path
        let nowhere = try Run(
            [BuildProducts.path("roost"), "status", "--control", "\(folder)/no-such.sock"]
        ).end()
        #expect(nowhere.status == 3)
        #expect(nowhere.errors.contains("The server is not running"))
        let doctor = try Run(
            [BuildProducts.path("roost"), "doctor", "--control", "\(folder)/no-such.sock"]
        ).end()
        #expect(doctor.status == 1, "the server that was named does not answer")
        let nobody = try Run(
            [BuildProducts.path("roost"), "doctor"], environment: ["XDG_RUNTIME_DIR": folder]
        ).end()
        #expect(nobody.status == 0, "no server need be there: \(nobody.output)")
        let roost = try OperatedRoost()
        let name = try roost.shell("publish", "no/room", "x").end()
        #expect(name.status == 1 && name.errors.contains("A name has only"), "\(name.errors)")
        let empty = try roost.shell("publish", "lobby", "").end()
        #expect(empty.status == 1 && empty.errors.contains("is empty"))
        let reload = try roost.shell("reload").end()
        #expect(reload.status == 1 && reload.errors.contains("configuration"))
        // A killed server leaves its socket behind; the next server replaces it.
        kill(roost.run.process.processIdentifier, SIGKILL)
        _ = roost.run.end()
        let dead = try roost.shell("status").end()
        #expect(dead.status == 3 && dead.errors.contains("start it again"))
        let next = try Run(command("roost", port: "0", "--control", roost.control))
        #expect(next.address() != nil)
        #expect(try roost.shell("status").end().status == 0)
        #expect(next.stop(SIGTERM) == 0)
    }

    /// A Python that every user may run; the one in PATH may lie in root's own folder.
    private static let python = "/usr/bin/python3"

    @Test(
        .enabled(
            if: geteuid() == 0 && Tools.has("setpriv")
                && FileManager.default.isExecutableFile(atPath: python),
            "needs root, setpriv and /usr/bin/python3"))
    func `A user outside the group is refused by the file's mode, and by the server`() throws {
        let roost = try OperatedRoost()
        chmod(roost.folder.path, 0o755)
        // Through a path that other users can read: the program may lie in root's own folder.
        let stranger = ["setpriv", "--reuid", "65533", "--regid", "65533", "--clear-groups"]
        let ask = """
            import socket, sys
            s = socket.socket(socket.AF_UNIX)
            try: s.connect(sys.argv[1])
            except PermissionError: sys.exit("no permission")
            s.sendall(b"POST /rooms/lobby/messages HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: 12\\r\\n\\r\\n{\\"text\\":\\"x\\"}")
            print(s.recv(65536).decode())
            """
        let file = try Run(stranger + [Self.python, "-c", ask, roost.control]).end()
        #expect(file.errors.contains("no permission"))
        chmod(roost.control, 0o666)
        let server = try Run(stranger + [Self.python, "-c", ask, roost.control]).end()
        #expect(server.output.contains("HTTP/1.1 403 ") && server.output.contains("forbidden"))
    }

    @Test func `Metrics are at the control socket and their own address, not at the public one`()
        throws
    {
        let port = Tools.freePort()
        let roost = try OperatedRoost(["--metrics", "127.0.0.1:\(port)"])
        #expect(roost.ask("GET /metrics").contains("\nroost_connections 0\n"))
        let own = exchange(
            "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", port: port,
            until: "process_start_time_seconds ")
        #expect(own.contains("Content-Type: text/plain; version=0.0.4"))
        for path in ["/", "/status", "/rooms/lobby/messages", "/chat"] {
            let other = exchange(
                "GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", port: port,
                until: "\r\n\r\n")
            #expect(other.hasPrefix("HTTP/1.1 404 "), "\(path)")
        }
        for path in ["/metrics", "/status"] {
            let atPublicPort = exchange(
                "GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                port: roost.port,
                until: "\r\n\r\n")
            #expect(atPublicPort.hasPrefix("HTTP/1.1 404 "), "\(path)")
        }
    }

    @Test(.enabled(if: Tools.has("promtool"), "there is no promtool here"))
    func `promtool finds nothing wrong with the metrics and the rules`() throws {
        let roost = try OperatedRoost()
        let client = Client(port: roost.port)
        _ = client.upgrade(path: "/chat")
        client.sendFrame(8, [0x03, 0xE8])
        _ = client.rest()
        let text = roost.ask("GET /metrics")
        for words in [
            "roost_build_info{version=\"", "roost_configuration_error 0", "process_open_fds ",
            "roost_last_reload_success 1", "roost_last_reload_timestamp_seconds 1",
            "process_max_fds ",
        ] {
            #expect(text.contains("\n\(words)"), "\(words)")
        }
        #expect(
            text.contains(#"roost_connections_closed_total{cause="peer_closed",code="1000"} 1"#))
        let encrypted = try OperatedRoost(["--tls-self-signed"]).ask("GET /metrics")
        for metrics in [text, encrypted] {
            let check = try Run(["promtool", "check", "metrics"], input: metrics).end()
            #expect(check.status == 0, "\(check.output)\(check.errors)")
            #expect(check.output + check.errors == "")
        }
        let rules = BuildProducts.packageRoot.appendingPathComponent(
            "deploy/prometheus/roost.rules.yml")
        let checked = try Run(["promtool", "check", "rules", rules.path]).end()
        #expect(checked.status == 0, "\(checked.output)\(checked.errors)")
        // The metrics in the rules exist.
        let words = try String(contentsOf: rules, encoding: .utf8)
            .split { !($0.isLetter || $0.isNumber || $0 == "_") }
        for name in Set(words) where name.hasPrefix("roost_") {
            #expect(text.contains(name) || encrypted.contains(name), "\(name)")
        }
    }
}
