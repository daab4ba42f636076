// What the chat answers over HTTP whatever the route: methods, paths, the fields of all answers.
import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct AnswerTests {
    private func ask(
        _ roost: OperatedRoost, _ line: String, _ fields: String = "Host: localhost\r\n",
        atControl: Bool = false
    ) -> (head: String, body: String) {
        let client = atControl ? Client(path: roost.control)! : Client(port: roost.port)
        client.send("\(line)\r\n\(fields)\r\n")
        let hasBody = !line.hasPrefix("HEAD")
        return client.response(hasBody: hasBody) ?? ("no answer", "")
    }

    /// Pages, JSON, metrics, refusals of the chat and of the server.
    @Test func `Every answer guards its content`() throws {
        let roost = try OperatedRoost()
        let page = ask(roost, "GET / HTTP/1.1")
        let tag = page.head.split(separator: "\r\n").first { $0.hasPrefix("ETag: ") }
        let host = "Host: localhost\r\n"
        let requests: [(String, String, Int)] = [
            ("GET / HTTP/1.1", host, 200), ("HEAD / HTTP/1.1", host, 200),
            ("GET / HTTP/1.1", host + "If-None-Match: \(tag?.dropFirst(6) ?? "")\r\n", 304),
            ("GET /healthz HTTP/1.1", host, 200), ("GET /readyz HTTP/1.1", host, 200),
            ("GET /nothing HTTP/1.1", host, 404), ("PUT /nothing HTTP/1.1", host, 404),
            ("GET /chat HTTP/1.1", host, 426), ("HEAD /chat HTTP/1.1", host, 426),
            ("GET /rooms/nobody/messages HTTP/1.1", host, 404),
            ("POST /rooms/lobby/messages HTTP/1.1", host + "Content-Length: 0\r\n", 403),
            ("PUT / HTTP/1.1", host, 405), ("BREW / HTTP/1.1", host, 501),
            ("OPTIONS / HTTP/1.0", "", 204), ("OPTIONS * HTTP/1.1", host, 204),
            ("GET / HTTP/1.1", "", 400), ("GET /%zz HTTP/1.1", host, 400),
            ("GET / HTTP/1.1", host + "X: \(String(repeating: "x", count: 17_000))\r\n", 431),
            ("CONNECT a:443 HTTP/1.1", host, 501),
        ]
        let answers =
            requests.map { ($0, ask(roost, $0.0, $0.1)) }
            + [("/status", 200), ("/metrics", 200), ("/nothing", 404), ("/stop", 405)].map {
                (
                    ("GET \($0.0) HTTP/1.1", "control", $0.1),
                    ask(roost, "GET \($0.0) HTTP/1.1", atControl: true)
                )
            }
        for ((line, _, status), answer) in answers {
            #expect(answer.head.hasPrefix("HTTP/1.1 \(status) "), "\(line): \(answer.head)")
            for field in [
                "X-Content-Type-Options: nosniff", "Cross-Origin-Resource-Policy: same-origin",
            ] {
                #expect(answer.head.ranges(of: "\r\n\(field)\r\n").count == 1, "\(line): \(field)")
            }
        }
        #expect(roost.run.stop(SIGTERM) == 0)
    }

    @Test func `A path has the methods that it lists`() throws {
        let roost = try OperatedRoost()
        for (path, allowed) in [
            ("/", "GET, HEAD"), ("/healthz", "GET, HEAD"), ("/chat", "GET"),
            ("/rooms/lobby/messages", "GET, HEAD, POST"), ("*", "GET, HEAD"),
        ] {
            let options = ask(roost, "OPTIONS \(path) HTTP/1.1").head
            #expect(options.hasPrefix("HTTP/1.1 204 "))
            #expect(options.contains("\r\nAllow: \(allowed), OPTIONS\r\n"), "\(options)")
            if path == "*" { continue }
            for (method, status) in [("DELETE", 405), ("TRACE", 405), ("MKCOL", 501)] {
                let answer = ask(roost, "\(method) \(path) HTTP/1.1")
                #expect(answer.head.hasPrefix("HTTP/1.1 \(status) "))
                #expect(answer.head.contains("\r\nAllow: \(allowed), OPTIONS\r\n"))
                #expect(answer.body == "Only \(allowed) can be used here.\n")
            }
        }
        #expect(roost.run.stop(SIGTERM) == 0)
    }

    @Test func `Paths are compared in their normal form`() throws {
        let roost = try OperatedRoost()
        for path in ["/chat", "/%63hat", "/./chat", "/rooms/../%63h%61t", "/chat?%zz"] {
            let client = Client(port: roost.port)
            #expect(client.upgrade(path: path)?.head.hasPrefix("HTTP/1.1 101 ") == true, "\(path)")
        }
        for path in ["/chat/", "//chat", "/CHAT", "/%2Fchat", "/chat%20"] {
            let client = Client(port: roost.port)
            #expect(client.upgrade(path: path)?.head.hasPrefix("HTTP/1.1 404 ") == true, "\(path)")
        }
        #expect(ask(roost, "GET /%68ealthz HTTP/1.1").head.hasPrefix("HTTP/1.1 200 "))
        let bad = ask(roost, "GET /rooms/lobby/messages?after=%zz HTTP/1.1")
        #expect(bad.head.hasPrefix("HTTP/1.1 400 ") && bad.body.contains("percent-encoded"))
        #expect(roost.run.stop(SIGTERM) == 0)
    }

    /// What nginx sends with its defaults: HTTP/1.0, and neither Upgrade nor its Connection.
    @Test func `Behind a proxy that passes no upgrade on, log and client say so`() throws {
        let roost = try OperatedRoost(["--log", "text"])
        let answer = ask(
            roost, "GET /chat HTTP/1.0",
            "Host: localhost\r\nConnection: close\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
        #expect(answer.head.hasPrefix("HTTP/1.1 426 "))
        #expect(answer.body.contains("proxy_http_version 1.1"))
        kill(roost.run.process.processIdentifier, SIGTERM)
        let end = roost.run.end()
        #expect(end.status == 0)
        #expect(end.errors.contains("with HTTP 426: A WebSocket is here"))
    }
}
