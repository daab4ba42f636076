// Plain HTTP beside the upgrade, over real sockets.
import TestSupport
import Testing
import WebSocketServer

@Suite struct RouteTests {
    let server: RunningServer<SiteHandler>

    init() throws { server = try RunningServer(SiteHandler()) }

    private func request(_ line: String, _ fields: String = "", body: String = "") -> String {
        "\(line)\r\nHost: localhost\r\n\(fields)\r\n\(body)"
    }

    @Test(arguments: [
        ("GET /echo HTTP/1.1", "", "", "GET 0\n"),
        ("POST /echo HTTP/1.1", "Content-Length: 5\r\n", "hello", "POST 5\n"),
        (
            "POST /echo HTTP/1.1", "Transfer-Encoding: chunked\r\n",
            "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n", "POST 7\n"
        ),
        ("GET /stream HTTP/1.1", "", "", "one two three"),
        ("GET /twice HTTP/1.1", "", "", "first\n"),
        ("GET /none HTTP/1.1", "", "", "There is nothing here.\n"),
        ("PUT /echo HTTP/1.1", "Content-Length: 0\r\n", "", "PUT 0\n"),
    ])
    func `Is answered, twice on one connection`(
        line: String, fields: String, body: String, answer: String
    ) {
        let client = Client(port: server.port)
        for _ in 0..<2 {
            client.send(request(line, fields, body: body))
            let response = client.response()
            #expect(response?.body == answer)
            #expect(response?.head.contains("Connection: keep-alive") == true)
            #expect(response?.head.contains("\r\nDate: ") == true)
        }
        #expect(server.stop())
    }

    @Test func `Requests sent at once are answered in order`() {
        let client = Client(port: server.port)
        let paths = (0..<50).map { $0 % 3 == 0 ? "/stream" : "/echo" }
        client.send(paths.map { request("GET \($0) HTTP/1.1") }.joined())
        for path in paths {
            #expect(client.response()?.body == (path == "/echo" ? "GET 0\n" : "one two three"))
        }
        #expect(server.stop())
    }

    @Test func `An answer may come later, and delays the answers after it`() {
        let (waiting, other) = (Client(port: server.port), Client(port: server.port))
        waiting.send(request("GET /later HTTP/1.1") + request("GET /echo HTTP/1.1"))
        // The handler has the first request once the second client's answer names no other.
        other.send(request("GET /echo HTTP/1.1"))
        #expect(other.response()?.body == "GET 0\n")
        var isDone = false
        for _ in 0..<100 where !isDone {
            other.send(request("GET /answer HTTP/1.1"))
            #expect(other.response()?.body == "done\n")
            isDone = true
        }
        #expect(waiting.response()?.body == "at last\n")
        #expect(waiting.response()?.body == "GET 0\n")
        #expect(server.stop())
    }

    @Test func `HEAD has only the head, HTTP 1.0 ends with the connection`() {
        let head = Client(port: server.port)
        head.send(request("HEAD /echo HTTP/1.1") + request("GET /echo HTTP/1.1"))
        let first = head.response(hasBody: false)
        #expect(first?.head.contains("Content-Length: 7") == true)
        #expect(head.response()?.body == "GET 0\n")

        let old = Client(port: server.port)
        old.send("GET /stream HTTP/1.0\r\nHost: localhost\r\n\r\n")
        let all = String(decoding: old.rest(), as: UTF8.self)
        #expect(all.hasSuffix("\r\n\r\none two three"))
        #expect(all.contains("Connection: close"))
        #expect(!all.contains("chunked"))
        #expect(server.stop())
    }

    @Test func `A client that has ended its side still gets its answer`() {
        let client = Client(port: server.port)
        client.send(request("GET /echo HTTP/1.1", "Connection: close\r\n"))
        client.endOutput()
        let all = String(decoding: client.rest(), as: UTF8.self)
        #expect(all.hasSuffix("GET 0\n"))
        #expect(server.stop())
    }

    @Test func `A large answer arrives whole, also when its reader has ended its side`() {
        for endsItsSide in [false, true] {
            let client = Client(port: server.port)
            client.send(request("GET /large HTTP/1.1"))
            if endsItsSide { client.endOutput() }
            // By now the sockets are full, and the server waits for us.
            let other = Client(port: server.port)
            other.send(request("GET /echo HTTP/1.1"))
            #expect(other.response()?.body == "GET 0\n")
            #expect(client.response()?.body.utf8.count == SiteHandler.large.count)
        }
        #expect(server.stop())
    }

    @Test func `A client that expects 100 gets it`() {
        let client = Client(port: server.port)
        client.send(request("POST /echo HTTP/1.1", "Content-Length: 3\r\nExpect: 100-continue\r\n"))
        #expect(client.response()?.head.hasPrefix("HTTP/1.1 100 ") == true)
        client.send("abc")
        #expect(client.response()?.body == "POST 3\n")
        #expect(server.stop())
    }

    /// A refused request, and its answer.
    struct Refused: CustomTestStringConvertible {
        let testDescription: String
        let request: String
        let status: Int

        init(_ name: String, _ request: String, _ status: Int) {
            testDescription = name
            self.request = request
            self.status = status
        }

        static func upgrade(
            _ name: String, _ line: String, fields: String = "", version: Int = 13, _ status: Int
        ) -> Refused {
            Refused(
                name,
                "\(line)\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
                    + "Sec-WebSocket-Version: \(version)\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\(fields)\r\n", status)
        }
    }

    @Test(arguments: [
        Refused("no Host", "GET / HTTP/1.1\r\n\r\n", 400),
        Refused("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        Refused("bare line feeds", "GET / HTTP/1.1\nHost: a\n\n", 400),
        Refused("HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        Refused(
            "a long head",
            "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 17000))\r\n\r\n", 431),
        Refused(
            "a long body", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n", 413),
        Refused(
            "two lengths",
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        .upgrade("an upgrade by POST", "POST / HTTP/1.1", 405),
        .upgrade("another version", "GET / HTTP/1.1", version: 12, 426),
        .upgrade("what the handler refuses", "GET /secret HTTP/1.1", 401),
        .upgrade(
            "a foreign Origin", "GET / HTTP/1.1", fields: "Origin: http://evil.example\r\n", 403),
    ])
    func `A bad request is refused with the reason, and the connection ends`(refused: Refused) {
        let client = Client(port: server.port)
        client.send(refused.request)
        let all = String(decoding: client.rest(), as: UTF8.self)
        #expect(all.hasPrefix("HTTP/1.1 \(refused.status) "))
        #expect(all.contains("Connection: close"))
        #expect(all.components(separatedBy: "\r\n\r\n").last!.count > 10, "no body with the reason")
        #expect(server.stop())
    }
}
