// `roost ban`, `mute`, `bans` and `mod` as an operator types them, against a running server.
import Foundation
import TestSupport
import Testing

@Suite struct ModerationCommandTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "roost-\(UUID().uuidString.prefix(8))")

    private func server(_ flags: [String] = []) throws -> OperatedRoost {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return try OperatedRoost(
            ["--history", folder.appendingPathComponent("roost.db").path] + flags)
    }

    /// Logs in, and returns the client and what came first.
    private func enter(
        _ roost: OperatedRoost, _ name: String, _ fields: String = ""
    ) -> (client: Client, answer: String) {
        let client = Client(port: roost.port)
        #expect(client.upgrade(path: "/chat") != nil)
        client.sendText(#"{"type":"login","user":"\#(name)"\#(fields)}"#)
        return (client, client.text() ?? "")
    }

    /// Sends a command, and returns its reply.
    private func ask(_ client: Client, _ command: String) -> String {
        client.sendText(String(command.dropLast()) + #","ref":"asked"}"#)
        while let text = client.text() {
            if text.contains(#""ref":"asked""#) { return text }
        }
        return ""
    }

    private func closeCode(of client: Client) -> Int? {
        while let frame = client.frame() {
            if frame.opcode == 8 { return frame.payload.prefix(2).reduce(0) { $0 << 8 | Int($1) } }
        }
        return nil
    }

    @Test func `Bans, mutes and moderators outlive the server`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var roost = try server()
        #expect(try roost.shell("bans").end() == (0, "Nobody is banned or muted.\n", ""))
        #expect(try roost.shell("mod").end() == (0, "There are no moderators.\n", ""))
        let ann = enter(roost, "ann").client
        #expect(try roost.shell("mod", "ann").end().errors.contains("no account with this name"))
        #expect(!ask(ann, #"{"type":"account","password":"correct horse"}"#).contains("error"))
        #expect(try roost.shell("mod", "ann").end() == (0, "ann is a moderator.\n", ""))
        #expect(try roost.shell("mod").end().output == "ann\n")
        let (bob, welcome) = enter(roost, "bob")
        let found = welcome.firstMatch(of: /"session":"([^"]+)"/)
        // Without it, the name is kept for a minute.
        let session = #","session":"\#(try #require(found).1)""#
        let ban = try roost.shell("ban", "bob", "--for", "2h", "--reason", "Too loud.").end()
        // "until" and 19 characters of a time in this time zone.
        #expect(ban.status == 0 && ban.output.hasPrefix("Banned bob until 20"))
        #expect(ban.output.hasSuffix(". 1 connection sent out.\n") && ban.output.count == 61)
        #expect(closeCode(of: bob) == 4004)
        let carl = enter(roost, "carl").client
        let mute = try roost.shell("mute", "carl", "--room", "lobby").end()
        #expect(mute == (0, "Muted carl in the room lobby for good.\n", ""))
        #expect(ask(carl, #"{"type":"message","text":"x"}"#).contains("for good"))
        let list = try roost.shell("bans").end().output.split(separator: "\n").map {
            $0.split(separator: " ").map(String.init)
        }
        #expect(list[0] == ["KIND", "USER", "ROOM", "UNTIL", "BY", "REASON"])
        #expect(
            Set(list.dropFirst().map { $0.prefix(3).joined(separator: " ") })
                == ["ban bob *", "mute carl lobby"])

        #expect(try roost.shell("stop").end().status == 0)
        #expect(roost.run.end().status == 0)
        roost = try server()
        #expect(try roost.shell("mod").end().output == "ann\n")
        #expect(enter(roost, "bob", session).answer.contains("UTC: Too loud."))
        let mod = enter(roost, "ann", #","password":"correct horse""#)
        #expect(mod.answer.contains(#""moderator":true"#))
        #expect(ask(mod.client, #"{"type":"unban","room":"*","user":"bob"}"#).contains("ok"))
        #expect(enter(roost, "bob", session).answer.contains("welcome"))
        let mistyped = try roost.shell("ban", "carl", "--room", "loby").end().output
        #expect(
            mistyped == "Banned carl in the room loby for good. The room loby is not open now: is "
                + "that its name?\n")
        #expect(try roost.shell("unban", "carl", "--room", "loby").end().status == 0)
        let unmute = try roost.shell("unmute", "carl", "--room", "lobby").end()
        #expect(unmute == (0, "The mute of carl in the room lobby has ended.\n", ""))
        #expect(try roost.shell("bans").end().output == "Nobody is banned or muted.\n")
        #expect(try roost.shell("mod", "ann", "--remove").end().status == 0)
        #expect(ask(mod.client, #"{"type":"kick","room":"*","user":"bob"}"#).contains("forbidden"))
    }

    @Test func `The flag names accounts`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var roost = try server()
        let ann = enter(roost, "ann").client
        #expect(!ask(ann, #"{"type":"account","password":"correct horse"}"#).contains("error"))
        #expect(try roost.shell("stop").end().status == 0)
        #expect(roost.run.end().status == 0)
        roost = try server(["--moderator", "ann", "--moderator", "nobody"])
        #expect(try roost.shell("mod").end().output == "ann\n")
        #expect(try roost.shell("stop").end().status == 0)
        let done = roost.run.end()
        #expect((done.output + done.errors).contains("--moderator nobody has no effect"), "\(done)")
        #expect(!(done.output + done.errors).contains("--moderator ann has no effect"))
    }

    /// Arguments, exit status, and what the error says.
    static let mistakes: [([String], Int32, String)] = [
        (["ban", "nobody"], 1, "There is nobody with this name."),
        (["unban", "nobody"], 1, "This user is not banned here."),
        (["unmute", "nobody", "--room", "lobby"], 1, "This user is not muted here."),
        (["mod", "nobody"], 1, "There is no account with this name."),
        (["mod", "--remove"], 64, "Say who moderates no more."),
        (["ban"], 64, "Missing expected argument '<name>'"),
        (["ban", "nobody", "--for", "soon"], 64, "--for"),
        (["mute", "nobody", "--for", "11y"], 64, "--for"),
        (["mute", "nobody", "--for", "4000days"], 64, "ten years at most"),
        (["ban", "nobody", "--room", "no/room"], 1, "room"),
        (["unban", "nobody", "--for", "2h"], 64, "--for"),
    ]

    @Test func `A mistake says what is wrong`() throws {
        let roost = try OperatedRoost()
        for (words, status, sentence) in Self.mistakes {
            let done = try Run(
                [BuildProducts.path("roost")] + words + ["--control", roost.control]
            ).end()
            #expect(done.status == status && done.output == "", "\(words): \(done)")
            #expect(done.errors.contains(sentence), "\(words): \(done)")
        }
    }
}
