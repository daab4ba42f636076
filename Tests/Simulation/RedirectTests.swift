// Listeners for plain http: where they send clients, and what they keep for the handler.
import LinuxReactor
import Testing
import WebSocketCore

@testable import SimulationKit
@testable import WebSocketServer

private struct Desk: HTTPHandler, OperationsHandler {
    var seen: [String] = []
    var refused: [Refusal] = []

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect) {}

    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        seen.append("\(request.listener.name) \(request.head.path)")
        io.respond(to: request.id, with: .text(.ok, "hello"))
    }

    mutating func onRefusal(_ refused: RefusedConnection, _ io: inout ServerContext) {
        self.refused.append(refused.refusal)
    }
}

@Suite struct RedirectTests {
    /// Listener 0 is public, 1 redirects.
    private func simulation(
        _ configure: (inout ServerConfiguration) -> Void = { _ in }
    ) throws -> Simulation<Desk> {
        try Simulation(Desk()) {
            $0.addressesByKind[.redirect] = [.tcp(host: "127.0.0.1", port: 80)]
            configure(&$0)
        }
    }

    private func answer(_ simulation: inout Simulation<Desk>, _ request: String) -> String {
        let socket = simulation.network.connect(
            from: .ipv4(192, 0, 2, 1, port: 9), toListener: 1)
        simulation.network.send(Array(request.utf8), on: socket)
        simulation.settle()
        return String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
    }

    /// The status, and where the client is sent.
    private func outcome(_ answer: String) -> String {
        let lines = answer.split(separator: "\r\n")
        let status = lines.first?.split(separator: " ").dropFirst().first ?? "nothing"
        let place = lines.first { $0.hasPrefix("Location: ") }
        return status + (place.map { " " + $0.dropFirst("Location: ".count) } ?? "")
    }

    @Test(arguments: [
        ("GET / HTTP/1.1", "chat.example", "301 https://chat.example/"),
        ("HEAD /a%20b?q=1&r HTTP/1.1", "chat.example", "301 https://chat.example/a%20b?q=1&r"),
        ("GET /? HTTP/1.1", "chat.example:80", "301 https://chat.example/?"),
        ("GET //evil.example/ HTTP/1.1", "chat.example", "301 https://chat.example//evil.example/"),
        ("GET http://chat.example:80/x?y HTTP/1.1", "chat.example", "301 https://chat.example/x?y"),
        ("GET / HTTP/1.0", "chat.example", "301 https://chat.example/"),
        ("GET / HTTP/1.1", "192.0.2.7", "301 https://192.0.2.7/"),
        ("GET / HTTP/1.1", "[2001:db8::1]:80", "301 https://[2001:db8::1]/"),
        ("DELETE /rooms/a HTTP/1.1", "chat.example", "308 https://chat.example/rooms/a"),
        ("GET / HTTP/1.1", "evil.example", "421"),
        ("GET http://evil.example/ HTTP/1.1", "chat.example", "421"),
        ("GET / HTTP/1.1", "", "400"),
        ("GET / HTTP/1.1", "a b", "400"),
        ("OPTIONS * HTTP/1.1", "chat.example", "400"),
    ])
    func `Each request goes to the same place under https`(
        line: String, host: String, expected: String
    ) throws {
        var simulation = try simulation { $0.hosts.clients = .names(["chat.example"]) }
        let answer = answer(&simulation, "\(line)\r\nHost: \(host)\r\n\r\n")
        #expect(outcome(answer) == expected)
        #expect(answer.contains("\r\nConnection: close\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n") == line.hasPrefix("HEAD"))
        #expect(simulation.handler.seen == [])
        let expectsRefusal = expected.hasPrefix("4")
        #expect(simulation.handler.refused.isEmpty != expectsRefusal)
    }

    @Test func `The port of https is what the program says`() throws {
        var simulation = try simulation { $0.hosts.httpsPort = 8443 }
        let answer = answer(&simulation, "GET /x HTTP/1.1\r\nHost: chat.example:8080\r\n\r\n")
        #expect(outcome(answer) == "301 https://chat.example:8443/x")
    }

    @Test func `A request without a host is not sent anywhere`() throws {
        var simulation = try simulation()
        let answer = answer(&simulation, "GET / HTTP/1.0\r\n\r\n")
        #expect(outcome(answer) == "400")
        #expect(answer.contains("Name the host (Host) and a path."))
    }

    /// It is sent on with its method; the body is not waited for.
    @Test func `A request with a body is answered at its head`() throws {
        var simulation = try simulation()
        let answer = answer(
            &simulation,
            "POST /hooks/x HTTP/1.1\r\nHost: chat.example\r\nContent-Length: 9\r\n\r\nhello")
        #expect(outcome(answer) == "308 https://chat.example/hooks/x")
    }

    @Test func `The answer to a WebSocket says where it can open`() throws {
        var simulation = try simulation()
        let answer = answer(
            &simulation,
            "GET /chat HTTP/1.1\r\nHost: chat.example\r\nUpgrade: websocket\r\n"
                + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        #expect(outcome(answer) == "403")
        #expect(answer.contains("Connect to wss://chat.example/chat\n"))
        #expect(simulation.core.io.connectionCount == 0)
    }

    @Test func `Challenges of certificate authorities are the handler's, whatever the host`() throws
    {
        var simulation = try simulation { $0.hosts.clients = .names(["chat.example"]) }
        let path = "/.well-known/acme-challenge/token"
        let first = answer(&simulation, "GET \(path) HTTP/1.1\r\nHost: www.example\r\n\r\n")
        #expect(outcome(first) == "200")
        #expect(simulation.handler.seen == ["redirect \(path)"])
        let other = answer(
            &simulation, "GET /.well-known/x HTTP/1.1\r\nHost: chat.example\r\n\r\n")
        #expect(outcome(other) == "301 https://chat.example/.well-known/x")
    }

    @Test func `It is no address for clients`() throws {
        let kinds = ListenerKind.allCases.filter(\.servesClients)
        #expect(!kinds.contains(.redirect) && kinds.contains(.public) && kinds.contains(.proxy))
        #expect(ListenerKind(name: "redirect") == .redirect)
        #expect(!ListenerKind.redirect.isInternal)
    }
}
