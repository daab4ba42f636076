// `roost account` as an operator types it, against a running server with a database.
import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct AccountCommandTests {
    private typealias Done = (status: Int32, output: String, errors: String)
    private let password = "correct horse"

    /// A folder for a database, which outlives the servers on it.
    private final class Folder {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "roost-\(UUID().uuidString.prefix(8))")
        init() throws {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        }
        deinit { try? FileManager.default.removeItem(at: url) }

        func server() throws -> OperatedRoost {
            try OperatedRoost(["--history", url.appendingPathComponent("roost.db").path])
        }
    }

    /// Logs in, perhaps with more fields. Returns the client, and the type or code of the answer.
    private func enter(
        _ roost: OperatedRoost, _ name: String, _ fields: String = ""
    ) -> (client: Client, answer: String) {
        let client = Client(port: roost.port)
        #expect(client.upgrade(path: "/chat") != nil)
        client.sendText(#"{"type":"login","user":"\#(name)"\#(fields)}"#)
        let text = client.text() ?? ""
        let words = ["name_taken", "bad_password", "welcome"]
        return (client, words.first { text.contains(#""\#($0)""#) } ?? text)
    }

    private func makeAccount(_ roost: OperatedRoost, _ name: String) -> Client {
        let (client, answer) = enter(roost, name)
        #expect(answer == "welcome")
        client.sendText(#"{"type":"account","password":"\#(password)","ref":"mine"}"#)
        while let text = client.text() {
            guard text.contains(#""ref":"mine""#) else { continue }
            #expect(!text.contains("error"), "\(text)")
            break
        }
        return client
    }

    private func closeCode(of client: Client) -> Int? {
        while let frame = client.frame() {
            if frame.opcode == 8 { return frame.payload.prefix(2).reduce(0) { $0 << 8 | Int($1) } }
        }
        return nil
    }

    private func rows(_ done: Done) -> [[Substring]] {
        done.output.split(separator: "\n").map { $0.split(separator: " ") }
    }

    @Test func `Accounts are listed, reset and freed, and that outlives the server`() throws {
        let folder = try Folder()
        var roost = try folder.server()
        let none = try roost.shell("account", "list").end()
        #expect(none == (0, "There are no accounts.\n", ""))
        let ann = makeAccount(roost, "ann")
        let bob = makeAccount(roost, "bob")

        let list = try roost.shell("account", "list").end()
        #expect(list.status == 0 && list.errors == "")
        #expect(rows(list)[0] == ["NAME", "SESSIONS", "CONNECTIONS", "LAST", "LOGIN"])
        #expect(rows(list)[1].prefix(3) == ["ann", "1", "1"], "\(list)")
        #expect(rows(list)[2].prefix(3) == ["bob", "1", "1"] && rows(list).count == 3)
        // The list is what comes without a word, too.
        #expect(try roost.shell("account").end().output == list.output)
        let one = try roost.shell("account", "list", "--limit", "1").end()
        #expect(one.output.hasSuffix("… and 1 more: --limit N, or all\n"))
        let json = try roost.shell("account", "list", "--json").end()
        let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
        let accounts = (object as? [String: Any])?["accounts"] as? [[String: Any]] ?? []
        #expect(accounts.map { $0["user"] as? String } == ["ann", "bob"])

        let reset = try roost.shell("account", "reset", "ANN").end()
        let start = "The new password of ANN is "
        #expect(reset.status == 0 && reset.output.hasPrefix(start), "\(reset)")
        let new = reset.output.dropFirst(start.count).dropLast()
        #expect(new.count == 23 && new.split(separator: "-").count == 4)
        #expect(closeCode(of: ann) == 4005)
        #expect(rows(try roost.shell("account").end())[1].prefix(3) == ["ann", "0", "0"])
        #expect(enter(roost, "ann", #","password":"\#(password)""#).answer == "bad_password")
        #expect(enter(roost, "ann", #","password":"\#(new)""#).answer == "welcome")

        let deleted = try roost.shell("account", "delete", "bob").end()
        #expect(deleted == (0, "The name bob is free.\n", ""))
        #expect(closeCode(of: bob) == 4005)

        #expect(try roost.shell("stop").end().status == 0)
        #expect(roost.run.end().status == 0)
        roost = try folder.server()
        #expect(rows(try roost.shell("account").end()).map { $0[0] } == ["NAME", "ann"])
        #expect(enter(roost, "ann").answer == "name_taken")
        #expect(enter(roost, "ann", #","password":"\#(password)""#).answer == "bad_password")
        #expect(enter(roost, "ann", #","password":"\#(new)""#).answer == "welcome")
        #expect(enter(roost, "bob").answer == "welcome", "the name is anybody's")
    }

    /// Arguments, exit status, and what the error says; `ann` is an account, `bob` a guest.
    static let mistakes: [([String], Int32, String)] = [
        (["reset", "nobody"], 1, "There is no account with this name. 'roost account list'"),
        (["delete", "nobody"], 1, "There is no account with this name. 'roost account list'"),
        (["reset", "bob"], 1, "There is no account with this name."),
        (["delete", "bob"], 1, "There is no account with this name."),
        (["delete", ""], 1, "There is no account with this name."),
        (["delete", "a\u{1B}[2Jb"], 1, "There is no account with this name."),
        (["reset"], 64, "Missing expected argument '<name>'"),
        (["delete"], 64, "Missing expected argument '<name>'"),
        (["delete", "ann", "bob"], 64, "Unexpected argument 'bob'"),
        (["list", "--limit", "few"], 64, "--limit"),
        (["forget", "ann"], 64, "forget"),
    ]

    @Test func `A mistake says what is wrong, and changes nothing`() throws {
        let folder = try Folder()
        let roost = try folder.server()
        let clients = [makeAccount(roost, "ann"), enter(roost, "bob").client]
        let before = try roost.shell("account").end()
        for (words, status, sentence) in Self.mistakes {
            let done = try Run(
                [BuildProducts.path("roost"), "account"] + words + ["--control", roost.control]
            ).end()
            #expect(done.status == status && done.output == "", "\(words): \(done)")
            #expect(done.errors.contains(sentence), "\(words): \(done)")
            #expect(!done.errors.contains("\u{1B}"))
        }
        #expect(try roost.shell("account").end().output == before.output)
        #expect(enter(roost, "bob").answer == "name_taken", "its guest is still there")
        #expect(clients.count == 2)
    }

    @Test(arguments: [["list"], ["reset", "ann"], ["delete", "ann"]])
    func `Without a server nothing can be asked`(words: [String]) throws {
        let nowhere = FileManager.default.temporaryDirectory.path + "/no-such.sock"
        let done = try Run(
            [BuildProducts.path("roost"), "account"] + words + ["--control", nowhere]
        ).end()
        #expect(done.status == 3 && done.output == "", "\(done)")
        #expect(done.errors.contains("The server is not running"), "\(done)")
    }

    @Test func `Without a database accounts are as long as the server`() throws {
        var roost = try OperatedRoost()
        let ann = makeAccount(roost, "ann")
        #expect(rows(try roost.shell("account").end())[1].first == "ann")
        #expect(try roost.shell("account", "reset", "ann").end().status == 0)
        #expect(closeCode(of: ann) == 4005)
        #expect(try roost.shell("stop").end().status == 0)
        #expect(roost.run.end().status == 0)
        roost = try OperatedRoost()
        #expect(try roost.shell("account").end().output == "There are no accounts.\n")
    }
}
