// Rooms over plain HTTP, at the public port and at the control socket.
import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct RoomRouteTests {
    /// A server with a control socket, and its clients.
    private final class Roost {
        let run: Run
        let port: UInt16
        let folder: URL
        var control: String { folder.appendingPathComponent("control.sock").path }

        init(_ more: [String] = []) throws {
            folder = FileManager.default.temporaryDirectory.appendingPathComponent(
                "roost-\(UUID().uuidString.prefix(8))")
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true)
            let control = folder.appendingPathComponent("control.sock").path
            run = try Run(command("roost", port: "0", "--control", control) + more)
            port = TestSupport.port(of: try #require(run.address()))
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        /// One request on a connection of its own: the head and the body.
        func ask(
            _ request: String, _ body: String? = nil, fields: String = "", atControl: Bool = false
        ) -> (head: String, body: String) {
            let client = atControl ? Client(path: control)! : Client(port: port)
            let length = body.map { "Content-Length: \($0.utf8.count)\r\n" } ?? ""
            client.send(
                "\(request) HTTP/1.1\r\nHost: localhost\r\n\(fields)\(length)\r\n\(body ?? "")")
            return client.response() ?? ("no answer", "")
        }

        func publish(_ text: String, room: String = "lobby") -> String {
            ask("POST /rooms/\(room)/messages", #"{"text":"\#(text)"}"#, atControl: true).head
        }
    }

    private func offset(_ body: String) -> Int? { object(body)["offset"] as? Int }

    private func texts(_ body: String) -> [String] {
        (object(body)["messages"] as? [[String: Any]] ?? []).compactMap { $0["text"] as? String }
    }

    private func object(_ body: String) -> [String: Any] {
        let object = try? JSONSerialization.jsonObject(with: Data(body.utf8))
        return object as? [String: Any] ?? [:]
    }

    @Test func `What is published at the control socket reaches members and readers`() throws {
        let roost = try Roost()
        let member = Client(port: roost.port)
        #expect(member.upgrade(path: "/chat") != nil)
        member.sendText(#"{"type":"login","user":"ann"}"#)
        #expect(member.text()?.contains("welcome") == true)
        #expect(member.text()?.contains("joined") == true)
        let reply = roost.ask(
            "POST /rooms/lobby/messages", #"{"text":"héllo","user":"cron","id":"1"}"#,
            atControl: true)
        #expect(reply.head.hasPrefix("HTTP/1.1 201 "))
        #expect(offset(reply.body) == 1)
        let push = try #require(member.text())
        #expect(push.contains(#""user":"cron","text":"héllo""#))
        let retry = roost.ask(
            "POST /rooms/lobby/messages", #"{"text":"héllo","user":"cron","id":"1"}"#,
            atControl: true)
        #expect(retry.head.hasPrefix("HTTP/1.1 200 ") && offset(retry.body) == 1)
        #expect(texts(roost.ask("GET /rooms/LOBBY/messages").body) == ["héllo"])
        #expect(roost.run.stop(SIGTERM) == 0)
        #expect(!FileManager.default.fileExists(atPath: roost.control))
    }

    @Test func `A waiting reader gets the next message`() throws {
        let roost = try Roost()
        #expect(roost.publish("first").hasPrefix("HTTP/1.1 201 "))
        let waiting = Client(port: roost.port)
        waiting.send(
            "GET /rooms/lobby/messages?after=1&wait=30 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        // Answered after the waiting request, which has therefore been read.
        #expect(roost.ask("GET /healthz").head.hasPrefix("HTTP/1.1 200 "))
        #expect(roost.publish("elsewhere", room: "other").hasPrefix("HTTP/1.1 201 "))
        #expect(roost.publish("second").hasPrefix("HTTP/1.1 201 "))
        let answer = try #require(waiting.response())
        #expect(texts(answer.body) == ["second"])
        // The connection is used again, and existing messages come without waiting.
        waiting.send(
            "GET /rooms/lobby/messages?after=1&wait=30 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(texts(try #require(waiting.response()).body) == ["second"])
        #expect(roost.run.stop(SIGTERM) == 0)
    }

    @Test func `A waiting reader gets an empty answer at the timeout, and at the stop`() throws {
        let roost = try Roost()
        #expect(roost.publish("first").hasPrefix("HTTP/1.1 201 "))
        let short = roost.ask("GET /rooms/lobby/messages?after=1&wait=0.2")
        #expect(short.head.hasPrefix("HTTP/1.1 200 ") && texts(short.body) == [])
        let long = Client(port: roost.port)
        long.send("GET /rooms/lobby/messages?after=1&wait=60 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(roost.ask("GET /healthz").head.hasPrefix("HTTP/1.1 200 "))
        kill(roost.run.process.processIdentifier, SIGTERM)
        let last = try #require(long.response())
        #expect(last.head.contains("Connection: close") && offset(last.body) == 1)
        #expect(roost.run.end().status == 0)
    }

    @Test(arguments: [
        ("GET /rooms/nobody/messages", nil, "404", "not_found"),
        ("GET /rooms/a%2Fb/messages", nil, "400", "bad_name"),
        ("GET /rooms/lobby/messages?after=x", nil, "400", "bad_request"),
        ("GET /rooms/lobby/messages?after=1&before=2", nil, "400", "bad_request"),
        ("GET /rooms/lobby/messages?wait=1", nil, "400", "bad_request"),
        ("GET /rooms/lobby/messages?after=1&wait=soon", nil, "400", "bad_request"),
        ("POST /rooms/lobby/messages", #"{"text":"x"}"#, "401", "bad_token"),
    ])
    func `Invalid requests are refused in JSON`(
        request: String, body: String?, status: String, code: String
    ) throws {
        let file = try tokenFile()
        defer { try? FileManager.default.removeItem(at: file) }
        let roost = try Roost(["--publish-token-file", file.path])
        let answer = roost.ask(request, body)
        #expect(answer.head.hasPrefix("HTTP/1.1 \(status) "))
        #expect(object(answer.body)["code"] as? String == code)
        #expect((object(answer.body)["text"] as? String)?.isEmpty == false)
    }

    /// A file with one token, which only its owner may read.
    private func tokenFile() throws -> URL {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(
            "roost-\(UUID().uuidString).tokens")
        try "0123456789abcdef\n".write(to: file, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        return file
    }

    @Test func `A token publishes over the network; without a file nothing does`() throws {
        let file = try tokenFile()
        defer { try? FileManager.default.removeItem(at: file) }
        let token = "Authorization: Bearer 0123456789abcdef\r\n"
        let open = try Roost(["--publish-token-file", file.path])
        let done = open.ask("POST /rooms/lobby/messages", #"{"text":"x"}"#, fields: token)
        #expect(done.head.hasPrefix("HTTP/1.1 201 "))
        let wrong = open.ask(
            "POST /rooms/lobby/messages", #"{"text":"x"}"#,
            fields: "Authorization: Bearer 0123456789abcdeX\r\n")
        #expect(wrong.head.hasPrefix("HTTP/1.1 401 "))
        #expect(wrong.head.contains("WWW-Authenticate: Bearer"))
        let closed = try Roost()
        let refused = closed.ask("POST /rooms/lobby/messages", #"{"text":"x"}"#, fields: token)
        #expect(refused.head.hasPrefix("HTTP/1.1 403 "))
        let unknown = open.ask("PUT /rooms/lobby/messages", "x")
        #expect(unknown.head.contains("Allow: GET, HEAD, POST"))
    }

    @Test func `Operations are at the control socket only`() throws {
        let roost = try Roost()
        #expect(roost.ask("POST /stop", "").head.hasPrefix("HTTP/1.1 404 "))
        #expect(roost.ask("GET /stop", atControl: true).head.contains("Allow: POST"))
        #expect(roost.ask("POST /reload", "", atControl: true).head.hasPrefix("HTTP/1.1 409 "))
        #expect(roost.ask("POST /stop", "", atControl: true).head.hasPrefix("HTTP/1.1 202 "))
        #expect(roost.run.end().status == 0)
    }

    @Test func `A control socket that cannot be made is one clear sentence`() throws {
        let end = try Run(command("roost", port: "0", "--control", "/no/such/folder/c.sock")).end()
        #expect(end.status != 0)
        #expect(end.errors.contains("Make the folder /no/such/folder first."))
    }
}
