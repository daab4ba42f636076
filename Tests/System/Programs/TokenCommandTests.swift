// `roost token` and `roost serve --auth token`: who gets in, who reads, and for how long.
import Foundation
import TestSupport
import Testing

@Suite struct TokenCommandTests {
    private typealias Done = (status: Int32, output: String, errors: String)

    /// A folder with a key, which goes with the test.
    private final class Folder {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "roost-\(UUID().uuidString.prefix(8))")
        var key: String { url.appendingPathComponent("key").path }

        init() throws {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            #expect(try Self.roost("token", "--new-key", key).status == 0)
        }
        deinit { try? FileManager.default.removeItem(at: url) }

        static func roost(_ words: String...) throws -> Done {
            try Run([BuildProducts.path("roost")] + words).end()
        }

        func token(_ name: String, _ more: String...) throws -> String {
            let done = try Run(
                [BuildProducts.path("roost"), "token", name, "--key", key] + more
            ).end()
            #expect(done.status == 0 && done.errors == "", "\(done)")
            return String(done.output.dropLast())
        }
    }

    private func enter(_ roost: OperatedRoost, _ fields: String) -> (client: Client, String) {
        let client = Client(port: roost.port)
        #expect(client.upgrade(path: "/chat") != nil)
        client.sendText(#"{"type":"login",\#(fields)}"#)
        return (client, client.text() ?? "")
    }

    private func read(_ roost: OperatedRoost, _ token: String?) -> String {
        let client = Client(port: roost.port)
        let field = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        client.send(
            "GET /rooms/lobby/messages HTTP/1.1\r\nHost: localhost\r\n\(field)"
                + "Connection: close\r\n\r\n")
        return client.response()?.body ?? "no answer"
    }

    @Test func `With tokens, a token is needed, and its name is the name`() throws {
        let folder = try Folder()
        let roost = try OperatedRoost(["--auth", "token", "--auth-key", folder.key])
        #expect(enter(roost, #""user":"ann""#).1.contains("bad_token"))
        let ann = try folder.token("ann", "--moderator")
        let (client, welcome) = enter(roost, #""token":"\#(ann)""#)
        #expect(welcome.contains(#""user":"ann""#) && welcome.contains(#""moderator":true"#))
        #expect(enter(roost, #""token":"\#(ann.dropLast())""#).1.contains("bad_token"))
        let team = try folder.token("bob", "--rooms", "team-*", "--rooms", "x")
        let bob = enter(roost, #""token":"\#(team)""#)
        #expect(bob.1.contains(#""user":"bob""#))
        #expect(bob.client.text()?.contains("Your token is not for this room.") == true)

        #expect(read(roost, nil).contains("bad_token"))
        #expect(read(roost, "x").contains("bad_token"))
        #expect(read(roost, team).contains("forbidden"))
        #expect(read(roost, ann).contains(#""type":"history""#))
        // At the control socket the kernel says who asks.
        #expect(roost.ask("GET /rooms/lobby/messages").contains("history"))
        #expect(client.text() != nil)
    }

    /// base64url of some bytes.
    private func coded(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    @Test(.enabled(if: Tools.has("openssl")))
    func `Tokens of somebody else come in by their public key`() throws {
        let folder = try Folder()
        func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }
        func openssl(_ words: String...) throws {
            let done = try Run(["/usr/bin/openssl"] + words).end()
            #expect(done.status == 0, "\(done)")
        }
        try openssl("genpkey", "-algorithm", "ed25519", "-out", path("private"))
        try openssl("pkey", "-in", path("private"), "-pubout", "-out", path("public"))
        func token(_ claims: String) throws -> String {
            let header = coded(Data(#"{"alg":"EdDSA"}"#.utf8))
            let text = Data("\(header).\(coded(Data(claims.utf8)))".utf8)
            try text.write(to: folder.url.appendingPathComponent("text"))
            try openssl(
                "pkeyutl", "-sign", "-rawin", "-inkey", path("private"), "-in", path("text"),
                "-out", path("signature"))
            let signature = try Data(contentsOf: folder.url.appendingPathComponent("signature"))
            return String(decoding: text, as: UTF8.self) + "." + coded(signature)
        }
        let refused = try Folder.roost(
            "serve", "--port", "0", "--auth", "jwt", "--auth-key", path("private"))
        #expect(refused.status != 0 && refused.errors.contains("has a private key"))
        let roost = try OperatedRoost(["--auth", "jwt", "--auth-key", path("public")])
        let end = Int(Date().timeIntervalSince1970) + 600
        let good = try token(#"{"sub":"ann","exp":\#(end),"rooms":["lobby"],"mod":true}"#)
        let welcome = enter(roost, #""token":"\#(good)""#).1
        #expect(welcome.contains(#""user":"ann""#) && welcome.contains(#""moderator":true"#))
        #expect(read(roost, good).contains(#""type":"history""#))
        let old = try token(#"{"sub":"ann","exp":\#(end - 1200)}"#)
        #expect(enter(roost, #""token":"\#(old)""#).1.contains("has expired"))
        // What the operator's own key has signed is nothing here.
        #expect(enter(roost, #""token":"\#(try folder.token("ann"))""#).1.contains("no key"))
    }

    @Test func `A token ends, and so does its connection`() throws {
        let folder = try Folder()
        let roost = try OperatedRoost(["--auth", "token", "--auth-key", folder.key])
        let token = try folder.token("ann", "--expires", "2s")
        let (client, welcome) = enter(roost, #""token":"\#(token)""#)
        #expect(welcome.contains("welcome"))
        var code: Int?
        while code == nil, let frame = client.frame() {
            if frame.opcode == 8 { code = frame.payload.prefix(2).reduce(0) { $0 << 8 | Int($1) } }
        }
        #expect(code == 4005)
        #expect(enter(roost, #""token":"\#(token)""#).1.contains("has expired"))
    }

    @Test func `Without tokens reading can be for members only`() throws {
        let roost = try OperatedRoost(["--public-read", "off"])
        #expect(read(roost, nil).contains("shows its rooms to their members only"))
        #expect(roost.ask("GET /rooms/lobby/messages").contains("history"))
        #expect(enter(roost, #""user":"ann""#).1.contains("welcome"))
    }

    @Test func `A mistake says what is wrong`() throws {
        let folder = try Folder()
        let open = folder.url.appendingPathComponent("open").path
        let short = folder.url.appendingPathComponent("short").path
        let manager = FileManager.default
        _ = manager.createFile(
            atPath: open, contents: manager.contents(atPath: folder.key),
            attributes: [.posixPermissions: 0o644])
        _ = manager.createFile(
            atPath: short, contents: Data("AAAA\n".utf8), attributes: [.posixPermissions: 0o600])
        let mistakes: [([String], Int32, String)] = [
            (["token"], 64, "Say whom the token is for"),
            (["token", "ann"], 64, "Name the file with the server's key"),
            (["token", "no name", "--key", folder.key], 64, "A name has no blanks."),
            (["token", "ann", "--key", folder.key, "--expires", "soon"], 64, "--expires"),
            (["token", "ann", "--key", "/nowhere"], 1, "/nowhere"),
            (["token", "ann", "--key", open], 64, "chmod o= "),
            (["token", "ann", "--key", short], 64, "has no key"),
            (["token", "--new-key", folder.key], 1, "exists"),
            (["token", "ann", "--new-key", folder.key], 64, "--new-key makes a key"),
            (["serve", "--port", "0", "--auth", "token"], 64, "--auth token needs a key"),
            (["serve", "--port", "0", "--auth", "token", "--auth-key", short], 64, "has no key"),
            (["serve", "--port", "0", "--auth", "magic"], 64, "--auth"),
        ]
        for (words, status, sentence) in mistakes {
            let done = try Run([BuildProducts.path("roost")] + words).end()
            #expect(done.status == status && done.output == "", "\(words): \(done)")
            #expect(done.errors.contains(sentence), "\(words): \(done)")
        }
    }
}
