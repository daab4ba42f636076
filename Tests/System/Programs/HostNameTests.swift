// The names of a server, and files that must not be open to everybody, as the program has them.
import Foundation
import TestSupport
import Testing

@Suite struct HostNameTests {
    private func status(_ host: String, _ path: String, port: UInt16) -> (String, String) {
        let client = Client(port: port)
        client.send("GET \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
        let answer = client.response()
        return (String(answer?.head.dropFirst(9).prefix(3) ?? ""), answer?.body ?? "")
    }

    @Test func `By default only this machine's own names and addresses are served`() throws {
        let run = try Run(command("roost", port: "0", "--control", "off"))
        let port = TestSupport.port(of: try #require(run.address()))
        for host in ["localhost:1", "127.0.0.1", "[::1]:80"] {
            #expect(status(host, "/", port: port).0 == "200", "\(host)")
        }
        let refused = status("evil.example", "/rooms/lobby/messages", port: port)
        #expect(refused.0 == "421")
        #expect(refused.1.contains("list it with --host-name."))
        for path in ["/healthz", "/readyz"] {
            #expect(status("evil.example", path, port: port).0 == "200")
        }
    }

    @Test(arguments: [
        ["--host-name", "chat.example", "--host-name", "talk.example"],
        ["--origin", "chat.example,https://talk.example:8443,capacitor://localhost"],
    ])
    func `Names come from the flag, or from a list of pages`(flags: [String]) throws {
        let run = try Run(command("roost", port: "0", "--control", "off") + flags)
        let port = TestSupport.port(of: try #require(run.address()))
        for (host, expected) in [
            ("chat.example", "200"), ("TALK.example:9", "200"), ("localhost", "200"),
            ("other.example", "421"),
        ] {
            #expect(status(host, "/", port: port).0 == expected, "\(host)")
        }
    }

    @Test func `A name that cannot be one is refused at the start`() throws {
        for flag in ["--host-name", "--metrics-host-name"] {
            let end = try Run(command("roost", port: "0", flag, "chat.example:8080")).end()
            #expect(end.status == 64)
            #expect(end.errors.contains("\(flag): \"chat.example:8080\" is no host."))
        }
    }

    @Test func `A token file that every user may read stops the start, with the remedy`() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(
            "roost-\(UUID().uuidString).tokens")
        try "0123456789abcdef\n".write(to: file, atomically: false, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        for (mode, isRefused) in [(0o644, true), (0o640, false)] {
            try FileManager.default.setAttributes(
                [.posixPermissions: mode], ofItemAtPath: file.path)
            let flags = ["--control", "off", "--publish-token-file", file.path]
            let run = try Run(command("roost", port: "0") + flags)
            if isRefused {
                let end = run.end()
                #expect(end.status != 0 && end.errors.contains("chmod o= \(file.path)"))
            } else {
                #expect(run.address() != nil)
            }
        }
    }
}
