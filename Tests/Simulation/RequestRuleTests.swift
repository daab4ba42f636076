// What a server does about requests before any route sees them: whose host counts, which method is
// whose, and the fields that every answer has.
import LinuxReactor
import Testing
import WebSocketCore

@testable import SimulationKit
@testable import WebSocketServer

/// Has no routes of its own, and records the requests that came to it.
private struct Routeless: OperationsHandler {
    var opened = 0
    var refused: [UInt16?] = []

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws(Disconnect) {
        opened += 1
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect) {}

    mutating func onRefusal(_ refused: RefusedConnection, _ io: inout ServerContext) {
        self.refused.append(refused.status?.rawValue)
    }
}

@Suite struct RequestRuleTests {
    private static let key =
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    private static let upgrade = "Upgrade: websocket\r\n" + key

    /// The answer to a request on a connection of its own, and the server afterwards.
    private func ask(
        _ line: String, _ fields: String = "Host: a\r\n", limits: Limits = Limits(),
        origin: OriginPolicy = .sameHost
    ) throws -> (head: String, body: String, handler: Routeless) {
        var simulation = try Simulation(Routeless(), limits: limits, origin: origin)
        let socket = simulation.network.connect()
        simulation.network.send(Array("\(line)\r\n\(fields)\r\n".utf8), on: socket)
        simulation.settle()
        let answer = String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
        let end = try #require(answer.firstRange(of: "\r\n\r\n"), "no answer to \(line)")
        return (
            String(answer[..<end.upperBound]), String(answer[end.upperBound...]), simulation.handler
        )
    }

    // MARK: The host

    /// Target, Host, Origin, and whether the page may connect.
    @Test(arguments: [
        ("/", "chat.example", "http://chat.example", true),
        ("ws://chat.example/", "evil.example", "http://evil.example", false),
        ("ws://chat.example/", "evil.example", "http://chat.example", true),
        ("WS://CHAT.example:8080/", "evil.example", "https://chat.example", true),
        ("http://[0::1]/", "chat.example", "http://[::1]:3000", true),
        ("ws://chat.example", "", "http://chat.example", true),
        ("ws://evil.example/", "chat.example", "http://chat.example", false),
    ])
    func `The host of an absolute target counts, and Host is ignored`(
        target: String, host: String, origin: String, isAdmitted: Bool
    ) throws {
        let answer = try ask(
            "GET \(target) HTTP/1.1", "Host: \(host)\r\nOrigin: \(origin)\r\n\(Self.upgrade)")
        #expect(answer.head.hasPrefix(isAdmitted ? "HTTP/1.1 101 " : "HTTP/1.1 403 "))
        #expect(answer.handler.opened == (isAdmitted ? 1 : 0))
    }

    @Test(arguments: [OriginPolicy.sameHost, .hosts(["chat.example"])])
    func `Two Origins are none`(policy: OriginPolicy) throws {
        let both = "Origin: http://chat.example\r\nOrigin: http://chat.example\r\n"
        let answer = try ask(
            "GET / HTTP/1.1", "Host: chat.example\r\n\(both)\(Self.upgrade)", origin: policy)
        #expect(answer.head.hasPrefix("HTTP/1.1 403 "))
    }

    @Test func `An empty Host names no server, which only a handshake must do`() throws {
        #expect(try ask("GET / HTTP/1.1", "Host:\r\n").head.hasPrefix("HTTP/1.1 426 "))
        let handshake = try ask("GET / HTTP/1.1", "Host:\r\n\(Self.upgrade)")
        #expect(handshake.head.hasPrefix("HTTP/1.1 400 "))
        #expect(handshake.body.contains("must name the server"))
    }

    // MARK: Lists, methods and paths

    @Test(arguments: [
        "Upgrade: h2c\r\nUpgrade: websocket\r\n", "Upgrade: websocket\r\nUpgrade: h2c\r\n",
        "Upgrade: websocket\r\nUpgrade: websocket\r\n", "Upgrade:\r\nupgrade: WebSocket\r\n",
        "Upgrade: websocket\r\nConnection: close\r\n",
    ])
    func `A list on several lines is one list`(fields: String) throws {
        let answer = try ask("GET / HTTP/1.1", "Host: a\r\n\(fields)\(Self.key)")
        #expect(answer.head.hasPrefix("HTTP/1.1 101 "))
    }

    /// What is left of a handshake behind proxies, and whether it counts as a refused request.
    @Test(arguments: [
        ("GET / HTTP/1.0", key, true), ("GET / HTTP/1.0", upgrade, true),
        ("GET / HTTP/1.1", key, true), ("GET / HTTP/1.1", "", false),
        ("GET / HTTP/1.0", "", false), ("GET /any/path HTTP/1.1", "Upgrade: h2c\r\n", false),
    ])
    func `Without an upgrade a WebSocket answers 426 and the usual cause`(
        line: String, fields: String, isRefused: Bool
    ) throws {
        let answer = try ask(line, "Host: a\r\n\(fields)")
        #expect(answer.head.hasPrefix("HTTP/1.1 426 Upgrade Required\r\n"))
        #expect(answer.head.contains("\r\nUpgrade: websocket\r\n"))
        #expect(answer.head.contains(", upgrade\r\n"), "Connection names Upgrade")
        #expect(answer.body.contains("proxy_http_version 1.1"))
        #expect(answer.handler.refused == (isRefused ? [426] : []))
    }

    @Test(
        arguments: [
            ("OPTIONS * HTTP/1.1", "204", "GET, HEAD, OPTIONS"),
            ("OPTIONS * HTTP/1.0", "204", "GET, HEAD, OPTIONS"),
            ("OPTIONS / HTTP/1.0", "204", "GET, OPTIONS"),
            ("OPTIONS /a HTTP/1.1", "204", "GET, OPTIONS"),
            ("POST / HTTP/1.1", "405", "GET, OPTIONS"), ("TRACE / HTTP/1.1", "405", "GET, OPTIONS"),
            ("BREW / HTTP/1.1", "501", "GET, OPTIONS"), ("get / HTTP/1.1", "501", "GET, OPTIONS"),
            ("CONNECT a:443 HTTP/1.1", "501", nil), ("GET * HTTP/1.1", "400", nil),
            ("GET /% HTTP/1.1", "400", nil), ("GET ws://:80/ HTTP/1.1", "400", nil),
        ] as [(String, String, String?)])
    func `Methods that a WebSocket's path does not have`(
        line: String, status: String, allowed: String?
    ) throws {
        let answer = try ask(line)
        #expect(answer.head.hasPrefix("HTTP/1.1 \(status) "))
        #expect(answer.head.contains("\r\nAllow: ") == (allowed != nil))
        if let allowed { #expect(answer.head.contains("\r\nAllow: \(allowed)\r\n")) }
    }

    @Test func `A check of the server does not end the connection`() throws {
        var simulation = try Simulation(Library())
        let socket = simulation.network.connect()
        let check = "OPTIONS * HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"
        let request = "GET /3 HTTP/1.1\r\nHost: a\r\n\r\n"
        simulation.network.send(Array((check + request + check + request).utf8), on: socket)
        simulation.settle()
        let answer = String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
        #expect(answer.ranges(of: "HTTP/1.1 204 ").count == 2)
        #expect(answer.ranges(of: "\r\n\r\nabc").count == 2)
        #expect(simulation.handler.asked == ["/3", "/3"])
        #expect(!simulation.network.sockets[socket]!.isClosed)
    }

    @Test func `Checks that nobody reads the answers of are not answered without end`() throws {
        var simulation = try Simulation(Routeless())
        let socket = simulation.network.connect()
        simulation.network.sockets[socket]!.window = 0
        let check = Array("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        for _ in 0..<20 {
            simulation.network.send((0..<500).flatMap { _ in check }, on: socket)
            simulation.settle()
        }
        let unread = simulation.core.io.connections.slots[0].delivery.outbox.bytes.count
        #expect(unread > 200_000 && unread < 300_000)
        simulation.network.sockets[socket]!.window = .max
        simulation.settle()
        let answers = String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
        #expect(answers.ranges(of: "HTTP/1.1 204 ").count == 10_000)
    }

    // MARK: The head's size

    /// Bytes of cookies, the limit, and the status.
    @Test(
        arguments: [
            (8718, nil, 426), (16_000, nil, 426), (17_000, nil, 431), (2000, 1024, 431),
            (60_000, 65_536, 426),
        ] as [(Int, Int?, Int)])
    func `A head may be as long as the limit`(count: Int, limit: Int?, status: Int) throws {
        var limits = Limits()
        if let limit { limits.headByteCount = limit }
        let cookies = "Cookie: \(String(repeating: "c", count: count))\r\n"
        let answer = try ask("GET / HTTP/1.1", "Host: a\r\n\(cookies)", limits: limits)
        #expect(answer.head.hasPrefix("HTTP/1.1 \(status) "))
    }

    // MARK: Every answer

    /// One of each kind of answer; the server's own, the default handler's, and refusals.
    @Test(arguments: [
        ("GET / HTTP/1.1", "Host: a\r\n", 426), ("OPTIONS * HTTP/1.1", "Host: a\r\n", 204),
        ("PUT / HTTP/1.1", "Host: a\r\n", 405), ("BREW / HTTP/1.1", "Host: a\r\n", 501),
        ("GET / HTTP/1.1", "", 400), ("GET / HTTP/2.0", "", 505), ("nonsense", "", 400),
        ("GET / HTTP/1.1", "Host: a\r\nOrigin: http://b\r\n\(upgrade)", 403),
        ("POST / HTTP/1.1", "Host: a\r\nContent-Length: 99999\r\n", 413),
        ("HEAD / HTTP/1.1", "Host: a\r\n", 426), ("HEAD / HTTP/1.1", "Host: a b\r\n", 400),
        ("HEAD / HTTP/1.1", "Host: a\r\nContent-Length: 99999\r\n", 413),
        ("HEAD / HTTP/1.1", "Host: a\r\n\(upgrade)", 405),
    ])
    func `Every answer guards its content, and HEAD gets none`(
        line: String, fields: String, status: Int
    ) throws {
        let answer = try ask(line, fields)
        #expect(answer.head.hasPrefix("HTTP/1.1 \(status) "))
        #expect(answer.head.ranges(of: "\r\nX-Content-Type-Options: nosniff\r\n").count == 1)
        #expect(
            answer.head.ranges(of: "\r\nCross-Origin-Resource-Policy: same-origin\r\n").count == 1)
        #expect(answer.body.isEmpty == (line.hasPrefix("HEAD") || status == 204))
    }

    @Test func `So do answers to connections that get no place, or come late`() throws {
        var limits = Limits()
        limits.connectionCount = 1
        var simulation = try Simulation(Routeless(), limits: limits)
        let sockets = (0..<40).map { _ in simulation.network.connect() }
        for socket in sockets {
            simulation.network.send(Array("GET / HTTP/1.1\r\n".utf8), on: socket)
        }
        simulation.run(for: .seconds(11))
        let answers = sockets.map {
            String(decoding: simulation.network.receive(on: $0), as: UTF8.self)
        }
        #expect(Set(answers.map { $0.prefix(13) }) == ["HTTP/1.1 408 ", "HTTP/1.1 503 "])
        for answer in answers {
            #expect(answer.contains("\r\nX-Content-Type-Options: nosniff\r\n"))
            #expect(answer.contains("\r\nCross-Origin-Resource-Policy: same-origin\r\n"))
        }
    }
}
