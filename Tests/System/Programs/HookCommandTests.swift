// `roost hook` as an operator types it, and the line that it prints as a program runs it.
import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct HookCommandTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "roost-\(UUID().uuidString.prefix(8))")

    private func server() throws -> OperatedRoost {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return try OperatedRoost(["--history", folder.appendingPathComponent("roost.db").path])
    }

    /// What a program gets that posts this.
    private func post(
        _ roost: OperatedRoost, _ path: String, _ body: String, type: String = "text/plain"
    ) -> (head: String, body: String) {
        let client = Client(port: roost.port)
        client.send(
            "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(type)\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        return client.response() ?? ("no answer", "")
    }

    private func texts(_ roost: OperatedRoost, _ room: String) -> [String] {
        let client = Client(port: roost.port)
        client.send("GET /rooms/\(room)/messages HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let body = Data((client.response()?.body ?? "").utf8)
        let page = try? JSONSerialization.jsonObject(with: body) as? [String: Any]
        return (page?["messages"] as? [[String: Any]] ?? []).map {
            "\($0["user"] ?? ""): \($0["text"] ?? "")"
        }
    }

    @Test func `What a hook was answered outlives a kill, and so does the hook`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var roost = try server()
        #expect(try roost.shell("hook").end() == (0, "There are no hooks.\n", ""))
        let made = try roost.shell("hook", "add", "ops", "--name", "deploy").end()
        #expect(made.status == 0 && made.errors == "")
        #expect(made.output.hasPrefix("Hook 1 posts as deploy in the room ops."))
        #expect(!made.output.contains("lasts until"))
        let path = String(try #require(made.output.firstMatch(of: /\/hooks\/[\w-]{22}/)).0)
        let slack = #"{"text":"two","username":"jenkins","attachments":[]}"#
        for (body, type) in [
            ("one\n", "application/x-www-form-urlencoded"), (slack, "application/json"),
        ] {
            #expect(post(roost, path, body, type: type).head.hasPrefix("HTTP/1.1 201 "))
        }
        let id = #"{"text":"three","id":"3"}"#
        #expect(post(roost, path, id).head.hasPrefix("HTTP/1.1 201 "))
        #expect(post(roost, path, id, type: "application/json").head.hasPrefix("HTTP/1.1 201 "))

        kill(roost.run.process.processIdentifier, SIGKILL)
        _ = roost.run.end()
        roost = try server()
        let said = ["deploy: one", "deploy: two", #"deploy: {"text":"three","id":"3"}"#]
        #expect(texts(roost, "ops") == said + ["deploy: three"])
        // The room still has it, so that a retry after the crash is none.
        let again = post(roost, path, id, type: "application/json")
        #expect(again.head.hasPrefix("HTTP/1.1 200 ") && again.body.contains(#""offset":4"#))
        let client = Client(port: roost.port)
        #expect(client.upgrade(path: "/chat") != nil)
        client.sendText(#"{"type":"login","user":"deploy"}"#)
        #expect(client.text()?.contains("name_taken") == true)
        let list = try roost.shell("hook", "list").end().output.split(separator: "\n").map {
            $0.split(separator: " ").map(String.init)
        }
        #expect(list.count == 2 && list[0] == ["NUMBER", "ROOM", "NAME", "SINCE"])
        #expect(list[1].dropLast() == ["1", "ops", "deploy"])
        #expect(try roost.shell("hook", "delete", "1").end() == (0, "Hook 1 is deleted.\n", ""))

        kill(roost.run.process.processIdentifier, SIGKILL)
        let last = roost.run.end()
        roost = try server()
        #expect(post(roost, path, "four").head.hasPrefix("HTTP/1.1 404 "))
        #expect(try roost.shell("hook", "list", "--json").end().output.contains(#""count":0"#))
        // Neither the log nor the database has the token.
        let token = String(path.dropFirst(7))
        #expect(!(last.output + last.errors).contains(token))
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let bytes = try Data(contentsOf: folder.appendingPathComponent(name))
            #expect(bytes.range(of: Data(token.utf8)) == nil, "\(name)")
        }
    }

    @Test(.enabled(if: Tools.has("curl"))) func `The printed line can be run as it is`() throws {
        let roost = try OperatedRoost(["--history", "memory"])
        let note = "The server keeps nothing on a disk: the hook lasts until it stops."
        let made = try roost.shell("hook", "add", "lobby").end().output
        #expect(made.hasSuffix("\n\n\(note)\n"))
        let line = try #require(made.split(separator: "\n").first { $0.contains("curl") })
        let done = try Run(["/bin/sh", "-c", line + " -s --fail"]).end()
        #expect(done.status == 0 && done.output.contains(#""room":"lobby""#), "\(done)")
        #expect(texts(roost, "lobby") == ["hook: Hello!"])
        // A form, as the programs that know Slack send it.
        let form = line.replacing("-d 'Hello!'", with: #"-F 'payload={"text":"Form!"}'"#)
        #expect(try Run(["/bin/sh", "-c", form + " -s --fail"]).end().status == 0)
        #expect(texts(roost, "lobby") == ["hook: Hello!", "hook: Form!"])
        let named = try roost.shell("hook", "add", "lobby", "--url", "https://a.example/").end()
        #expect(named.output.contains(" https://a.example/hooks/"))
    }

    @Test func `A server that listens on all addresses is found on loopback`() throws {
        let roost = try OperatedRoost(["--history", "memory", "--host", "0.0.0.0"])
        let made = try roost.shell("hook", "add", "lobby").end().output
        #expect(made.contains("curl -d 'Hello!' http://127.0.0.1:\(roost.port)/hooks/"), "\(made)")
    }

    /// Arguments, exit status, and what the error says.
    static let mistakes: [([String], Int32, String)] = [
        (["delete", "7"], 1, "There is no hook with this number."),
        (["delete", "deploy"], 64, "deploy"), (["delete"], 64, "Missing expected argument"),
        (["add"], 64, "Missing expected argument '<room>'"),
        (["add", "no/room"], 1, "A name"), (["add", "ops", "--name", "a b"], 1, "blanks"),
        (["add", "@ann,bob"], 1, "no such room"), (["list", "--limit", "few"], 64, "--limit"),
    ]

    @Test func `A mistake says what is wrong`() throws {
        let roost = try OperatedRoost()
        for (words, status, sentence) in Self.mistakes {
            let done = try Run(
                [BuildProducts.path("roost"), "hook"] + words + ["--control", roost.control]
            ).end()
            #expect(done.status == status && done.output == "", "\(words): \(done)")
            #expect(done.errors.contains(sentence), "\(words): \(done)")
        }
    }
}
