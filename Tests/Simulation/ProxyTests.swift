// Behind proxies: the client's own address counts, not the proxy's.
import LinuxReactor
import Testing
import WebSocketCore

@testable import SimulationKit
@testable import WebSocketServer

/// Records the peers that the server reports.
private struct Guestbook: HTTPHandler, OperationsHandler {
    var guests: [String] = []
    var asked: [String] = []
    var refused: [String] = []

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws(Disconnect) {
        guests.append(io.peer(of: id)?.host ?? "nobody")
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect) {}

    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        asked.append(request.peer.host)
        io.respond(to: request.id, with: .text(.ok, "hello"))
    }

    mutating func onRefusal(_ refused: RefusedConnection, _ io: inout ServerContext) {
        self.refused.append("\(refused.refusal.name) \(refused.peer.host)")
    }
}

@Suite struct ProxyTests {
    private let proxy = NetworkAddress.ipv4(10, 0, 0, 9, port: 1)

    private func simulation(
        perAddress: Int = 1, trusted: [String] = ["10.0.0.0/8"], limit: Int? = nil
    ) throws -> Simulation<Guestbook> {
        var limits = Limits()
        limits.connectionsPerAddress = perAddress
        limits.connectionRatePerAddress = nil
        limits.connectionCount = limit
        return try Simulation(Guestbook(), limits: limits) {
            $0.trustedProxies = TrustedProxies(trusted.compactMap { AddressRange($0) })
            $0.addressesByKind[.proxy] = [.tcp(host: "127.0.0.1", port: 1)]
        }
    }

    private func upgrade(_ fields: String = "") -> [UInt8] {
        // Without the empty line at the end: "\r\n" is one character.
        Array((SimulatedClient.handshake.dropLast() + fields + "\r\n").utf8)
    }

    /// A client that came through the listener with the PROXY protocol.
    private func client(
        _ simulation: inout Simulation<Guestbook>, _ header: String, _ fields: String = ""
    ) -> SimulatedClient {
        let socket = simulation.network.connect(from: proxy, toListener: 1)
        simulation.network.send(Array(header.utf8) + upgrade(fields), on: socket)
        simulation.settle()
        return SimulatedClient(network: simulation.network, socket: socket)
    }

    /// A client that came through an HTTP proxy.
    private func forwarded(
        _ simulation: inout Simulation<Guestbook>, _ fields: String,
        from peer: NetworkAddress? = nil
    ) -> SimulatedClient {
        let socket = simulation.network.connect(from: peer ?? proxy)
        simulation.network.send(upgrade(fields), on: socket)
        simulation.settle()
        return SimulatedClient(network: simulation.network, socket: socket)
    }

    /// The answer: frames after a handshake, or a refusal.
    private func answer(to client: SimulatedClient) -> String {
        String(decoding: client.network.receive(on: client.socket), as: UTF8.self)
    }

    // MARK: The PROXY protocol

    @Test func `The address in the header is the peer's, and counts`() throws {
        var simulation = try simulation()
        let first = client(&simulation, "PROXY TCP4 203.0.113.7 10.0.0.9 5 80\r\n")
        let second = client(&simulation, "PROXY TCP4 203.0.113.7 10.0.0.9 6 80\r\n")
        let other = client(&simulation, "PROXY TCP4 203.0.113.8 10.0.0.9 7 80\r\n")
        #expect([first, second, other].map(\.closeCode) == [nil, 1013, nil])
        #expect(simulation.handler.guests == ["203.0.113.7", "203.0.113.8"])
        #expect(simulation.handler.refused == ["too_many_from_address 203.0.113.7"])
        simulation.network.sockets[first.socket]!.clientHasEnded = true
        simulation.settle()
        let again = client(&simulation, "PROXY TCP4 203.0.113.7 10.0.0.9 8 80\r\n")
        #expect(again.closeCode == nil)
    }

    @Test func `A header that comes in pieces, or together with the request`() throws {
        var simulation = try simulation()
        simulation.network.receiveSizes = 1...1
        let slow = client(&simulation, "PROXY TCP4 203.0.113.7 10.0.0.9 5 80\r\n")
        #expect(answer(to: slow).hasPrefix("HTTP/1.1 101 "))
        #expect(simulation.handler.guests == ["203.0.113.7"])
    }

    @Test func `A proxy's own connection counts for no client`() throws {
        var simulation = try simulation()
        let clients = (0..<3).map { _ in client(&simulation, "PROXY UNKNOWN\r\n") }
        #expect(clients.map(\.closeCode) == [nil, nil, nil])
        #expect(simulation.handler.guests == ["10.0.0.9", "10.0.0.9", "10.0.0.9"])
    }

    @Test func `Without a header nothing is served, and the reason is logged`() throws {
        var simulation = try simulation()
        let plain = client(&simulation, "")
        #expect(answer(to: plain).hasPrefix("HTTP/1.1 400 "))
        #expect(simulation.handler.guests == [])
        #expect(simulation.handler.refused == ["proxy_header 10.0.0.9"])
    }

    @Test func `A missing header has the deadline of a request`() throws {
        var simulation = try simulation()
        let socket = simulation.network.connect(from: proxy, toListener: 1)
        simulation.network.send(Array("PROXY TCP4 203".utf8), on: socket)
        simulation.run(for: .seconds(9))
        #expect(!simulation.network.sockets[socket]!.isClosed)
        simulation.run(for: .seconds(7))
        #expect(simulation.network.sockets[socket]!.isClosed)
    }

    @Test func `A full server refuses in the client's own protocol`() throws {
        var simulation = try simulation(limit: 1)
        let first = client(&simulation, "PROXY TCP4 203.0.113.7 10.0.0.9 5 80\r\n")
        let second = client(&simulation, "PROXY TCP4 203.0.113.8 10.0.0.9 6 80\r\n")
        #expect([first, second].map(\.closeCode) == [nil, 1013])
    }

    @Test func `An HTTP proxy behind a proxy with the PROXY protocol`() throws {
        var simulation = try simulation()
        _ = client(
            &simulation, "PROXY TCP4 10.0.0.2 10.0.0.9 5 80\r\n",
            "X-Forwarded-For: 203.0.113.7\r\n")
        #expect(simulation.handler.guests == ["203.0.113.7"])
    }

    // MARK: X-Forwarded-For

    @Test(arguments: [
        ("X-Forwarded-For: 203.0.113.7\r\n", "203.0.113.7"),
        ("X-Forwarded-For: 1.1.1.1, 203.0.113.7\r\n", "203.0.113.7"),
        ("X-Forwarded-For: 203.0.113.7, 10.1.1.1\r\n", "203.0.113.7"),
        ("X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-For: 10.1.1.1\r\n", "203.0.113.7"),
        ("X-Forwarded-For: 10.1.1.1, 10.2.2.2\r\n", "10.1.1.1"),
        ("X-Forwarded-For: 203.0.113.7:5000\r\n", "203.0.113.7"),
        ("X-Forwarded-For: [2001:db8::7]:5000\r\n", "2001:db8::7"),
        ("X-Forwarded-For: 2001:db8::7\r\n", "2001:db8::7"),
        ("X-Forwarded-For: unknown, 203.0.113.7\r\n", "203.0.113.7"), ("", "10.0.0.9"),
    ])
    func `The rightmost address that is not a trusted proxy`(fields: String, guest: String) throws {
        var simulation = try simulation()
        _ = forwarded(&simulation, fields)
        #expect(simulation.handler.guests == [guest])
    }

    @Test(arguments: [
        "unknown", "_hidden", "203.0.113.7, unknown, 10.1.1.1", "", "203.0.113.7, ?", "unix:",
        "[2001:db8::1", "203.0.113.777",
    ])
    func `A trusted proxy that does not name the client's address gets 400`(field: String) throws {
        var simulation = try simulation()
        let client = forwarded(&simulation, "X-Forwarded-For: \(field)\r\n")
        #expect(answer(to: client).hasPrefix("HTTP/1.1 400 "))
        #expect(simulation.handler.guests == [])
        #expect(simulation.handler.refused == ["proxy_header 10.0.0.9"])
    }

    @Test func `A client that is said to be on loopback has the limits of any other`() throws {
        var simulation = try simulation(trusted: ["10.0.0.0/8", "127.0.0.0/8"])
        for field in ["127.0.0.1", "::1", "127.0.0.1, 127.0.0.2"] {
            let first = forwarded(&simulation, "X-Forwarded-For: \(field)\r\n")
            let second = forwarded(&simulation, "X-Forwarded-For: \(field)\r\n")
            #expect([first, second].map(\.closeCode) == [nil, 1013], "\(field)")
            simulation.network.sockets[first.socket]!.isReset = true
            simulation.settle()
        }
        let header = "PROXY TCP4 127.0.0.9 10.0.0.9 5 80\r\n"
        var other = try self.simulation()
        let named = (0..<2).map { _ in client(&other, header) }
        #expect(named.map(\.closeCode) == [nil, 1013])
    }

    @Test func `A peer that really is on loopback has none`() throws {
        var simulation = try simulation()
        let peer = NetworkAddress.ipv4(127, 0, 0, 1, port: 1)
        let clients = (0..<3).map { _ in forwarded(&simulation, "", from: peer) }
        #expect(clients.map(\.closeCode) == [nil, nil, nil])
        #expect(simulation.core.listening.admission.totals == (0, 0))
    }

    @Test func `A proxy that nobody has named is logged once`() throws {
        let log = LogKeeper()
        var simulation = try Simulation(Guestbook(), logger: log.logger)
        _ = forwarded(&simulation, "")
        #expect(log.all == [])
        for peer in [NetworkAddress.ipv4(127, 0, 0, 1, port: 1), proxy] {
            _ = forwarded(&simulation, "X-Forwarded-For: 203.0.113.7\r\n", from: peer)
        }
        #expect(log.all.count == 1)
        #expect(log.all.first?.contains("--trusted-proxy 127.0.0.1.") == true)
        #expect(simulation.handler.refused == [])
    }

    @Test func `It counts in limits, until the connection ends`() throws {
        var simulation = try simulation()
        let first = forwarded(&simulation, "X-Forwarded-For: 203.0.113.7\r\n")
        let second = forwarded(&simulation, "X-Forwarded-For: 9.9.9.9, 203.0.113.7\r\n")
        let other = forwarded(&simulation, "X-Forwarded-For: 203.0.113.8\r\n")
        #expect([first, second, other].map(\.closeCode) == [nil, 1013, nil])
        simulation.network.sockets[first.socket]!.isReset = true
        simulation.settle()
        #expect(forwarded(&simulation, "X-Forwarded-For: 203.0.113.7\r\n").closeCode == nil)
    }

    @Test func `No other peer is believed`() throws {
        var simulation = try simulation()
        let stranger = NetworkAddress.ipv4(198, 51, 100, 1, port: 1)
        _ = forwarded(&simulation, "X-Forwarded-For: 203.0.113.7\r\n", from: stranger)
        #expect(simulation.handler.guests == ["198.51.100.1"])
        let again = forwarded(&simulation, "X-Forwarded-For: 203.0.113.8\r\n", from: stranger)
        #expect(again.closeCode == 1013)
    }

    @Test func `A proxy's connection serves one client after another`() throws {
        var simulation = try simulation()
        let socket = simulation.network.connect(from: proxy)
        for client in ["203.0.113.7", "203.0.113.8", "203.0.113.7"] {
            let request = "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: \(client)\r\n\r\n"
            simulation.network.send(Array(request.utf8), on: socket)
            simulation.settle()
        }
        #expect(simulation.handler.asked == ["203.0.113.7", "203.0.113.8", "203.0.113.7"])
        // The connection counts for the last client, as a plain one: its WebSockets have places of
        // their own.
        #expect(simulation.core.listening.admission.totals == (1, 0))
        #expect(forwarded(&simulation, "X-Forwarded-For: 203.0.113.8\r\n").closeCode == nil)
        #expect(forwarded(&simulation, "X-Forwarded-For: 203.0.113.7\r\n").closeCode == nil)
        #expect(forwarded(&simulation, "X-Forwarded-For: 203.0.113.7\r\n").closeCode == 1013)
        simulation.network.sockets[socket]!.clientHasEnded = true
        simulation.settle()
        // The refused one is in its closing handshake, as a plain connection.
        #expect(simulation.core.listening.admission.totals == (1, 2))
    }

    @Test(arguments: [
        ("X-Forwarded-Host: chat.example\r\n", true),
        ("X-Forwarded-Host: other.example\r\n", false),
        ("X-Forwarded-Host: chat.example, inner\r\n", true), ("", false),
    ])
    func `A page's Origin is checked against the host that the client asked for`(
        fields: String, isLetIn: Bool
    ) throws {
        for (peer, trusts) in [(proxy, true), (.ipv4(198, 51, 100, 1, port: 1), false)] {
            var simulation = try simulation()
            let client = forwarded(
                &simulation, "Origin: https://chat.example\r\n" + fields, from: peer)
            let expected = isLetIn && trusts ? "HTTP/1.1 101 " : "HTTP/1.1 403 "
            #expect(answer(to: client).hasPrefix(expected))
        }
    }

    @Test func `A local socket may be a proxy's`() throws {
        var simulation = try Simulation(Guestbook()) {
            $0.addresses = [.unix(path: "/run/x/http.sock")]
            $0.trustedProxies = TrustedProxies(includesLocalSockets: true)
        }
        _ = forwarded(
            &simulation, "X-Forwarded-For: 203.0.113.7\r\n",
            from: NetworkAddress(family: .local))
        #expect(simulation.handler.guests == ["203.0.113.7"])
    }

    /// A listener on [::] reports an IPv4 proxy as ::ffff:a.b.c.d, and some proxies write their
    /// clients so.
    @Test(arguments: ["10.0.0.0/8", "::ffff:10.0.0.0/104"])
    func `A mapped address is the IPv4 address, wherever it comes from`(trusted: String) throws {
        var simulation = try simulation(trusted: [trusted])
        let mappedProxy = NetworkAddress(family: .ipv6, low: 0xFFFF_0A00_0009, port: 1)
        let first = forwarded(
            &simulation, "X-Forwarded-For: ::ffff:192.0.2.7\r\n", from: mappedProxy)
        #expect(first.closeCode == nil)
        for fields in [
            "X-Forwarded-For: 192.0.2.7\r\n", "X-Forwarded-For: [::ffff:c000:207]:1\r\n",
        ] {
            #expect(forwarded(&simulation, fields).closeCode == 1013, "\(fields)")
        }
        let header = "PROXY TCP6 ::ffff:192.0.2.7 ::1 1 2\r\n"
        #expect(client(&simulation, header).closeCode == 1013)
        #expect(
            Set(simulation.handler.refused) == ["too_many_from_address 192.0.2.7"],
            "\(simulation.handler.refused)")
    }
}
