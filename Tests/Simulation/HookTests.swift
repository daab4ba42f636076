// Hooks: what operators do with them at the control socket, and what programs get at the public
// listener.
import ChatRooms
import Foundation
import LinuxReactor
import Testing
import WebSocketServer

@testable import SimulationKit
@testable import roost

@Suite struct HookTests {
    /// The path of a new hook.
    private func add(_ chat: inout OperatedChat, _ body: String = #"{"room":"ops"}"#) throws
        -> String
    {
        try #require(try chat.json("POST", "/add-hook", body)["path"]?.string)
    }

    /// The whole answer to a request of a program from this host.
    private func ask(
        _ chat: inout OperatedChat, _ request: String, _ body: String = "hello",
        from host: UInt8 = 7, length: Int? = nil
    ) -> String {
        let socket = chat.simulation.network.connect(from: .ipv4(203, 0, 113, host, port: 9))
        let head =
            "\(request) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
            + "Content-Length: \(length ?? body.utf8.count)\r\n\r\n"
        chat.simulation.network.send(Array((head + body).utf8), on: socket)
        chat.simulation.settle()
        let answer = String(
            decoding: chat.simulation.network.receive(on: socket), as: UTF8.self)
        chat.simulation.network.sockets[socket]!.clientHasEnded = true
        chat.simulation.settle()
        return answer
    }

    private func status(_ answer: String) -> Int { Int(answer.dropFirst(9).prefix(3)) ?? 0 }

    @Test func `An operator adds a hook, sees it, and ends it; its token is nowhere else`() throws {
        var chat = try OperatedChat(limits: withoutAddressLimits())
        let ann = chat.enter("ann", room: "Ops")
        _ = ann.takeTexts()
        let made = try chat.json("POST", "/add-hook", #"{"room":"Ops","name":"deploy"}"#)
        let path = try #require(made["path"]?.string)
        #expect(made["number"]?.int == 1 && path.hasPrefix("/hooks/") && path.utf8.count == 29)
        #expect(made["lasting"]?.isTrue == false)
        #expect(status(ask(&chat, "POST \(path)")) == 201)
        #expect(ann.takeTexts().first?.contains(#""user":"deploy","text":"hello""#) == true)
        let list = chat.request("GET", "/hooks")
        let row = try #require(JSONTree(list.text)?["hooks"]?.elements.first)
        #expect(row["number"]?.int == 1 && row["room"]?.string == "Ops")
        #expect(row["name"]?.string == "deploy" && row["since"]?.string?.hasSuffix("Z") == true)
        #expect(chat.request("GET", "/metrics").text.contains("roost_hooks 1\n"))
        _ = try chat.json("POST", "/delete-hook", #"{"number":1}"#)
        #expect(chat.request("POST", "/delete-hook", #"{"number":1}"#).status == 404)
        #expect(status(ask(&chat, "POST \(path)")) == 404)
        #expect(try chat.json("GET", "/hooks")["total"]?.int == 0)
        let records = chat.records(.hookChanged)
        #expect(records.count == 2)
        #expect(records[0].contains("User 0 added hook 1, which posts as deploy in the room Ops."))
        for field in ["ROOST_ACTION=deleted\n", "ROOST_HOOK=1\n", "ROOST_ROOM=Ops\n"] {
            #expect(records[1].contains(field), "\(records[1])")
        }
        let token = path.dropFirst(7)
        let told =
            list.text + chat.request("GET", "/metrics").text + chat.request("GET", "/status").text
            + chat.request("GET", "/ends?address=203.0.113.7").text + records.joined()
        #expect(!told.contains(token))
    }

    @Test func `No record of a refusal has the path`() throws {
        var chat = try OperatedChat(limits: withoutAddressLimits())
        for number in 0..<12 { _ = ask(&chat, "POST /hooks/secret\(number)") }
        let guessed = chat.records(.tokensGuessed)
        #expect(guessed.count == 1 && !guessed[0].contains("secret"))
        _ = ask(&chat, "POST /hooks/secret", from: 8, length: 5_000_000)
        #expect(!chat.records(.requestRefused).joined().contains("secret"))
        #expect(!chat.request("GET", "/ends?address=203.0.113.7").text.contains("secret"))
    }

    @Test(arguments: [
        ("", 400), ("[]", 400), ("{}", 400), (#"{"room":7}"#, 400), (#"{"room":""}"#, 400),
        (#"{"room":"a/b"}"#, 400), (#"{"room":"@ann,bob"}"#, 404),
        (#"{"room":"ops","name":7}"#, 400), (#"{"room":"ops","name":"a b"}"#, 400),
        (#"{"room":"ops","name":"ANN"}"#, 409),
    ])
    func `A hook that cannot be meant is not added`(_ body: String, _ status: Int) throws {
        var chat = try OperatedChat(limits: withoutAddressLimits())
        _ = chat.enter("ann")
        #expect(chat.request("POST", "/add-hook", body).status == status)
        #expect(chat.request("POST", "/add-hook", #"{"room":"ops"}"#, user: 5).status == 403)
        #expect(chat.request("POST", "/delete-hook", #"{"number":"x"}"#).status == 400)
        #expect(chat.request("GET", "/hooks?after=x").status == 400)
        #expect(try chat.json("GET", "/hooks")["total"]?.int == 0)
    }

    @Test func `Only POST says whether there is a hook`() throws {
        var chat = try OperatedChat(limits: withoutAddressLimits())
        let path = try add(&chat)
        for target in [path, "/hooks/nothing"] {
            for method in ["GET", "HEAD", "PUT", "DELETE"] {
                let answer = ask(&chat, "\(method) \(target)", "")
                #expect(status(answer) == 405 && answer.contains("Allow: POST, OPTIONS\r\n"))
            }
            #expect(status(ask(&chat, "OPTIONS \(target)", "")) == 204)
        }
        for target in ["/hooks", "/hooks/", "\(path)/", "\(path)/x"] {
            #expect(status(ask(&chat, "POST \(target)")) == 404)
        }
        // None of these was a guess, and the paths of hooks are nothing at the control socket.
        #expect(chat.simulation.handler.guesses.wrongCount == 0)
        #expect(chat.request("POST", path, "hello").status == 404)
    }

    @Test func `Ten wrong tokens, then 429 for that address alone`() throws {
        var chat = try OperatedChat(limits: withoutAddressLimits())
        let path = try add(&chat)
        // The body is not waited for.
        let answers = (0..<12).map { _ in ask(&chat, "POST /hooks/wrong", "", length: 5) }
        #expect(answers.map(status) == Array(repeating: 404, count: 10) + [429, 429])
        #expect(answers[0].contains(#""code":"not_found""#) && !answers[0].contains("wrong"))
        #expect(answers[10].contains("Retry-After: 6\r\n"))
        #expect(status(ask(&chat, "POST \(path)")) == 429)
        #expect(status(ask(&chat, "POST \(path)", from: 8)) == 201)
        chat.simulation.run(for: .seconds(7))
        #expect(status(ask(&chat, "POST \(path)")) == 201)
        // They are the same guesses as those of publishers.
        for _ in 0..<10 {
            _ = ask(&chat, "POST /hooks/wrong", from: 9)
        }
        let publish = "POST /rooms/ops/messages HTTP/1.1\r\nAuthorization: Bearer x\r\nX: y"
        #expect(status(ask(&chat, publish, from: 9)) == 429)
    }

    @Test func `Long and odd tokens are wrong ones; percent-encoding makes no difference`() throws {
        var chat = try OperatedChat(limits: withoutAddressLimits())
        let path = try add(&chat)
        let odd = [
            String(repeating: "A", count: 4000), "%00", "%FF", "%2F", "..%2F", "?", "\(path)%20",
            "é",
        ]
        for (number, token) in odd.enumerated() {
            let answer = ask(&chat, "POST /hooks/\(token)", from: UInt8(100 + number))
            #expect((400..<415).contains(status(answer)), "\(token): \(answer)")
        }
        let first = path.utf8[path.utf8.index(path.utf8.startIndex, offsetBy: 7)]
        let encoded = "/hooks/%" + String(first, radix: 16) + path.dropFirst(8)
        #expect(status(ask(&chat, "POST \(encoded)")) == 201)
        #expect(status(ask(&chat, "POST \(path)?x=y")) == 201)
    }

    @Test func `Too much, too long and too fast`() throws {
        var chat = try OperatedChat(limits: withoutAddressLimits())
        let path = try add(&chat)
        #expect(status(ask(&chat, "POST \(path)", "x", length: 5_000_000)) == 413)
        let text = String(repeating: "é", count: 4001)
        let long = ask(&chat, "POST \(path)", text)
        #expect(status(long) == 400 && long.contains("too_long"))
        #expect(status(ask(&chat, "POST \(path)", "")) == 400)
        #expect(status(ask(&chat, "POST \(path)", #"{"text":"#)) == 400)
        let answers = (0..<100).map { _ in ask(&chat, "POST \(path)") }
        let refusal = try #require(answers.first { status($0) == 429 })
        #expect(refusal.contains("Retry-After: 1\r\n") && refusal.contains("rate_limited"))
        #expect((70...85).contains(answers.filter { status($0) == 201 }.count))
    }
}
