// The names that a server answers to: no page reads along by a name of its own.
import LinuxReactor
import Testing
import WebSocketCore

@testable import SimulationKit
@testable import WebSocketServer

private struct Desk: HTTPHandler, OperationsHandler {
    var refused: [Refusal] = []

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect) {}

    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        io.respond(to: request.id, with: .text(.ok, "hello"))
    }

    mutating func onRefusal(_ refused: RefusedConnection, _ io: inout ServerContext) {
        self.refused.append(refused.refusal)
    }
}

@Suite struct HostTests {
    /// The status of the answer to a request, and to a handshake, for this host.
    private func statuses(
        _ simulation: inout Simulation<Desk>, _ host: String, path: String = "/",
        fields: String = "", from peer: NetworkAddress = .ipv4(127, 0, 0, 1, port: 9),
        toListener listener: Int = 0
    ) -> [String] {
        let upgrade =
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        return ["", upgrade].map { more in
            let socket = simulation.network.connect(from: peer, toListener: listener)
            let head = "GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\(fields)\(more)\r\n"
            simulation.network.send(Array(head.utf8), on: socket)
            simulation.settle()
            let answer = String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
            return String(answer.split(separator: " ").dropFirst().first ?? "nothing")
        }
    }

    private func simulation(
        _ policy: HostPolicy, configure: (inout ServerConfiguration) -> Void = { _ in }
    ) throws -> Simulation<Desk> {
        try Simulation(Desk()) {
            $0.hosts.clients = policy
            configure(&$0)
        }
    }

    @Test func `Pages, requests and WebSockets for another name get 421`() throws {
        var simulation = try simulation(.names(["chat.example"]))
        #expect(statuses(&simulation, "chat.example") == ["200", "101"])
        #expect(statuses(&simulation, "CHAT.example.:8080") == ["200", "101"])
        #expect(statuses(&simulation, "evil.example") == ["421", "421"])
        #expect(statuses(&simulation, "chat.example.evil.example") == ["421", "421"])
        #expect(simulation.handler.refused == Array(repeating: .wrongHost, count: 4))
        #expect(simulation.core.io.statistics.refusals(.wrongHost) == 4)
    }

    @Test(arguments: [
        "127.0.0.1", "192.0.2.1:8080", "[::1]", "[2001:db8::1]:80", "localhost:8080",
        "app.localhost", "LOCALHOST.",
    ])
    func `What no DNS can give away is always admitted`(host: String) throws {
        var simulation = try simulation(.names(["chat.example"]))
        #expect(statuses(&simulation, host) == ["200", "101"])
    }

    @Test func `A client that knows no host is served, as a health check of a proxy`() throws {
        var simulation = try simulation(.names(["chat.example"]))
        #expect(statuses(&simulation, "")[0] == "200")
        let socket = simulation.network.connect()
        simulation.network.send(Array("GET / HTTP/1.0\r\n\r\n".utf8), on: socket)
        simulation.settle()
        let answer = String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
    }

    @Test func `The page's Origin makes no difference to a rebound name`() throws {
        var simulation = try simulation(.automatic)
        let fields = "Origin: http://evil.example\r\n"
        #expect(statuses(&simulation, "evil.example", fields: fields) == ["421", "421"])
    }

    @Test func `A malformed host is a bad request, as it was`() throws {
        var simulation = try simulation(.names(["chat.example"]))
        #expect(statuses(&simulation, "a b") == ["400", "400"])
        #expect(simulation.handler.refused == [.request, .request])
    }

    @Test func `Health checks pass whatever their host`() throws {
        var simulation = try simulation(.names(["chat.example"])) {
            $0.hosts.exemptPaths = ["/healthz"]
        }
        #expect(statuses(&simulation, "evil.example", path: "/healthz") == ["200", "101"])
        #expect(statuses(&simulation, "evil.example", path: "/healthz/x") == ["421", "421"])
    }

    @Test func `Behind a trusted proxy the host is what the proxy says`() throws {
        var simulation = try simulation(.names(["chat.example"])) {
            $0.trustedProxies = TrustedProxies([AddressRange("10.0.0.0/8")!])
        }
        let fields = "X-Forwarded-Host: chat.example\r\n"
        let proxy = NetworkAddress.ipv4(10, 0, 0, 9, port: 1)
        #expect(
            statuses(&simulation, "inner", fields: fields, from: proxy) == ["200", "101"])
        #expect(statuses(&simulation, "inner", fields: fields) == ["421", "421"])
    }

    @Test func `Metrics have names of their own, and a control socket checks none`() throws {
        var simulation = try simulation(.names(["chat.example"])) {
            $0.hosts.metrics = .names(["machine"])
            $0.addressesByKind[.metrics] = [.tcp(host: "127.0.0.1", port: 1)]
            $0.addressesByKind[.control] = [.unix(path: "/run/x/control.sock")]
        }
        let kinds = simulation.core.listening.listeners.map(\.kind)
        let metrics = try #require(kinds.firstIndex(of: .metrics))
        let control = try #require(kinds.firstIndex(of: .control))
        #expect(statuses(&simulation, "machine:9180", toListener: metrics)[0] == "200")
        #expect(statuses(&simulation, "chat.example", toListener: metrics)[0] == "421")
        #expect(statuses(&simulation, "whatever", toListener: control)[0] == "200")
    }

    @Test func `New names hold from the next turn on`() throws {
        var simulation = try simulation(.names(["old.example"]))
        var rules = HostRules()
        rules.clients = .names(["new.example"])
        simulation.core.io.update(limits: Limits(), origin: .sameHost, hosts: rules)
        simulation.core.io.update(limits: Limits(), origin: .sameHost)
        simulation.settle()
        #expect(statuses(&simulation, "new.example") == ["200", "101"])
        #expect(statuses(&simulation, "old.example") == ["421", "421"])
    }

    @Test func `Without names, only a server of this machine alone is sure of them`() {
        let loopback = Listener(descriptor: .none, address: .ipv4(127, 0, 0, 1, port: 1))
        let open = Listener(descriptor: .none, address: .ipv4(0, 0, 0, 0, port: 1))
        let proxied = Listener(
            descriptor: .none, address: .ipv4(127, 0, 0, 1, port: 1), name: "proxy")
        let local = Listener(descriptor: .none, address: NetworkAddress(family: .local))
        let metrics = Listener(
            descriptor: .none, address: .ipv4(0, 0, 0, 0, port: 2), name: "metrics")
        let none = TrustedProxies()
        #expect(HostPolicy.automatic.resolved([loopback, metrics], none) == .names([]))
        for others in [[open], [proxied], [local], [loopback, open]] {
            #expect(HostPolicy.automatic.resolved(others, none) == .any)
        }
        let proxies = TrustedProxies([AddressRange("127.0.0.1")!])
        #expect(HostPolicy.automatic.resolved([loopback], proxies) == .any)
        #expect(HostPolicy.names(["a"]).resolved([open], none) == .names(["a"]))
    }

    @Test(
        arguments: [
            ("chat.example", nil), ("localhost", nil), ("chat.example:8080", "chat.example."),
            ("*.example", "no wildcards"), ("https://chat.example", "without a scheme"),
            ("café.example", "xn--"), ("", "Write a host"),
        ] as [(String, String?)])
    func `A name that nobody can ask for is a mistake`(entry: String, hint: String?) {
        let flaw = HostPolicy.flaw(in: entry)
        #expect((flaw == nil) == (hint == nil))
        if let hint { #expect(flaw?.contains(hint) == true, "\(flaw ?? "")") }
    }

    @Test func `The pages of an Origin list are hosts, and its apps are not`() {
        let policy = OriginPolicy.hosts([
            "a.example", "https://b.example:8443", "http://[::1]", "capacitor://localhost",
        ])
        #expect(policy.pageHosts == ["a.example", "b.example", "[::1]"])
        #expect(OriginPolicy.any.pageHosts == [])
    }
}
