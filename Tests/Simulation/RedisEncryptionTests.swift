// TLS to Redis: what is checked, what is said if it is wrong, and that bytes pass as without it.
import LinuxReactor
import Testing
import WebSocketServer

@testable import RedisClient
@testable import SimulationKit
@testable import WebSocketServerTesting

@Suite struct RedisEncryptionTests {
    /// For all tests: making a key takes time.
    private static let certificate = Result { try TLS.selfSigned(names: ["localhost"]) }

    private static func trusting(
        _ certificate: TLS.Certificate? = nil, _ recordLayer: TLS.RecordLayerKind = .own
    ) throws -> ClientTLS {
        try ClientTLS(
            authorities: Self.certificate.get().chain, certificate: certificate,
            recordLayer: recordLayer)
    }

    /// A server that connects to a Redis of this certificate, and the other end of that.
    private static func connected(
        _ url: String = "rediss://localhost", tls: ClientTLS?, serving: TLS? = nil,
        sizes: ClosedRange<Int> = Int.max...Int.max, channels: [String] = [],
        _ body: (inout Simulation<RedisUser>, TLSPeer) throws -> Void
    ) throws {
        var simulation = try Simulation(RedisUser(channels: channels), isEncrypted: false) {
            $0.redis = try? RedisURL(url)
            $0.redisTLS = tls
        }
        let here = NetworkAddress.ipv4(127, 0, 0, 1, port: 0)
        simulation.network.resolve = { _ in Resolution(ticket: 0, status: 0, addresses: [here]) }
        simulation.network.receiveSizes = sizes
        simulation.network.sendSizes = sizes
        simulation.settle()
        let peer = try TLSPeer(
            simulation.network, simulation.network.connects.last!.socket,
            serving: serving ?? TLS([Self.certificate.get()]))
        exchange(&simulation, peer)
        try body(&simulation, peer)
    }

    private static func exchange(_ simulation: inout Simulation<RedisUser>, _ peer: TLSPeer) {
        for _ in 0..<4 {
            peer.exchange()
            simulation.settle()
        }
    }

    @Test(arguments: [TLS.RecordLayerKind.own, .openssl], [Int.max...Int.max, 1...300])
    func `Commands, replies and messages pass`(
        kind: TLS.RecordLayerKind, sizes: ClosedRange<Int>
    ) throws {
        try Self.connected(
            "rediss://:pw@localhost:7000", tls: Self.trusting(nil, kind), sizes: sizes,
            channels: ["a"]
        ) { simulation, peer in
            #expect(
                simulation.network.connects.map(\.address)
                    == [.network(.ipv4(127, 0, 0, 1, port: 7000))])
            #expect(peer.takeText().contains("HELLO\r\n$1\r\n3\r\n$4\r\nAUTH\r\n"))
            try peer.seal(Array("%0\r\n+PONG\r\n".utf8))
            Self.exchange(&simulation, peer)
            #expect(simulation.handler.upCount == 1)
            #expect(peer.takeText().hasSuffix("SUBSCRIBE\r\n$1\r\na\r\n"))
            let text = String(repeating: "x", count: 300_000)
            simulation.perform { _, io in _ = io.redis.publish(text, to: "a") }
            Self.exchange(&simulation, peer)
            let isWhole = peer.takeText().hasSuffix("$300000\r\n\(text)\r\n")
            #expect(isWhole)
            try peer.seal(Array(">3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n".utf8))
            let push = ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$300000\r\n\(text)\r\n"
            try peer.seal(Array((push + ":1\r\n").utf8))
            Self.exchange(&simulation, peer)
            let isReceived = simulation.handler.received == ["a: \(text)", "1 = 1"]
            #expect(isReceived)
            #expect(simulation.handler.failures == [])
            peer.close()
            Self.exchange(&simulation, peer)
            #expect(simulation.handler.failures == [.ended])
            #expect(simulation.core.takenCounts.encryptions == 0)
        }
    }

    /// A full socket keeps sealed records, and nothing else is sealed until it has taken them.
    @Test func `A full socket takes the rest later`() throws {
        try Self.connected(tls: Self.trusting()) { simulation, peer in
            try peer.seal(Array("%0\r\n+PONG\r\n".utf8))
            Self.exchange(&simulation, peer)
            _ = peer.takeText()
            simulation.network.sockets[peer.socket]!.window = 1_000
            let texts = (0..<8).map { String(repeating: "\($0)", count: 50_000) }
            for text in texts {
                simulation.perform { _, io in _ = io.redis.publish(text, to: "a") }
                Self.exchange(&simulation, peer)
            }
            #expect(simulation.network.sockets[peer.socket]!.window == 0)
            simulation.network.sockets[peer.socket]!.window = .max
            for _ in 0..<10 { Self.exchange(&simulation, peer) }
            let got = peer.takeText()
            #expect(
                got.split(separator: "\r\n").filter { $0.count == 50_000 } == texts.map { $0[...] })
            #expect(simulation.handler.failures == [])
        }
    }

    @Test(arguments: [
        ("rediss://localhost", false, "is self-signed: no authority vouches for it"),
        ("rediss://other.example", true, "is for localhost, and not for other.example"),
        ("rediss://127.0.0.1", true, "and not for 127.0.0.1"),
    ])
    func `A server that is not the right one is not greeted`(
        url: String, isTrusted: Bool, words: String
    ) throws {
        let tls = isTrusted ? try Self.trusting() : nil
        try Self.connected(url, tls: tls) { simulation, peer in
            let failure = try #require(simulation.handler.failures.first)
            #expect(failure.name == "encryption" && "\(failure)".contains(words), "\(failure)")
            #expect(peer.takeText().isEmpty)
            #expect(simulation.core.takenCounts.encryptions == 0)
        }
    }

    @Test func `A Redis that wants a certificate gets it, or says so`() throws {
        var options = TLS.Options()
        let own = try TLS.selfSigned(names: ["me.example"])
        options.clientAuthorities = own.chain
        let tls = try TLS([Self.certificate.get()], options: options)
        try Self.connected(tls: Self.trusting(own), serving: tls) { simulation, peer in
            #expect(peer.takeText().contains("HELLO"))
            #expect(peer.peerName == "Roost, for trying")
        }
        try Self.connected(tls: Self.trusting(), serving: tls) { simulation, peer in
            let failure = try #require(simulation.handler.failures.first)
            #expect("\(failure)".contains("wants a certificate of its clients"), "\(failure)")
        }
    }

    @Test func `A port that speaks no TLS, or says nothing, is named as that`() throws {
        let answers = [
            "-ERR unknown command\r\n": "speaks no TLS on this port: write redis://",
            "": "within 2 s",
        ]
        for (answer, words) in answers {
            var simulation = try Simulation(RedisUser(), isEncrypted: false) {
                $0.redis = RedisURL(.tls(host: "127.0.0.1", port: 6379))
                $0.redisTLS = try? ClientTLS(verifies: false)
            }
            simulation.settle()
            let socket = simulation.network.connects[0].socket
            simulation.network.send(Array(answer.utf8), on: socket)
            simulation.run(for: .milliseconds(2_050))
            let failure = try #require(simulation.handler.failures.first)
            #expect("\(failure)".contains(words), "\(failure)")
            #expect(simulation.network.sockets[socket]!.isClosed)
        }
    }
}
