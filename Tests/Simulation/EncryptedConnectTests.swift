// Outgoing connections to wss URLs: what is checked, and what is said if it is wrong.
import LinuxReactor
import Testing
import WebSocketCore
import WebSocketServer

@testable import SimulationKit

@Suite struct EncryptedConnectTests {
    /// For all tests: making a key takes time.
    private static let certificate = Result { try TLS.selfSigned(names: ["localhost"]) }

    /// Connects to a server on this machine that has the certificate.
    private func connect(
        _ simulation: inout Simulation<Connector>, to url: String = "wss://localhost/chat",
        trusting: ClientTLS?, serving tls: TLS? = nil
    ) throws -> TLSPeer {
        var request = try ConnectRequest(url)
        request.tls = trusting
        simulation = try Simulation(Connector(requests: [request]), isEncrypted: false)
        let here = NetworkAddress.ipv4(127, 0, 0, 1, port: 0)
        simulation.network.resolve = { _ in Resolution(ticket: 0, status: 0, addresses: [here]) }
        simulation.handler.greeting = "Hello"
        simulation.settle()
        let peer = TLSPeer(
            simulation.network, simulation.socket, serving: try tls ?? TLS([Self.certificate.get()])
        )
        for _ in 0..<10 {
            peer.exchange()
            simulation.settle()
        }
        return peer
    }

    @Test func `A connection is made, used and closed in order`() throws {
        let trusting = try ClientTLS(authorities: Self.certificate.get().chain)
        var simulation = try Simulation(Connector())
        let peer = try connect(&simulation, trusting: trusting)
        #expect(
            simulation.network.connects.map(\.address) == [
                .network(.ipv4(127, 0, 0, 1, port: 443))
            ])
        let request = peer.takeText()
        #expect(request.hasPrefix("GET /chat HTTP/1.1\r\nHost: localhost\r\n"))
        let key = request.split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Key: ") }!
        let value = AcceptValue(key: Array(key.dropFirst(19).utf8).span).description
        let answer =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Accept: \(value)\r\n\r\n"
        // A frame in the same record as the answer.
        try peer.seal(Array(answer.utf8) + [0x81, 2] + "Ho".utf8)
        peer.exchange()
        simulation.settle()
        #expect(simulation.handler.agreements.count == 1)
        #expect(simulation.handler.texts == ["Ho"])
        peer.exchange()
        #expect(unmasked(peer.takeBytes()).map(\.payload) == [Array("Hello".utf8)])
        peer.close()
        peer.exchange()
        simulation.settle()
        #expect(simulation.handler.causes == [.endOfStream])
        #expect(simulation.core.takenCounts == TakenCounts())
    }

    @Test(arguments: [
        ("wss://localhost/", false, "self-signed"), ("wss://other.example/", true, "other.example"),
    ])
    func `A server that is not the right one is not talked to`(
        url: String, isTrusted: Bool, words: String
    ) throws {
        let trusting =
            isTrusted ? try ClientTLS(authorities: Self.certificate.get().chain) : nil
        var simulation = try Simulation(Connector())
        let peer = try connect(&simulation, to: url, trusting: trusting)
        #expect(simulation.handler.causes == [.handshakeFailed])
        #expect("\(simulation.handler.errors[0])".contains(words), "\(simulation.handler.errors)")
        #expect(peer.takeText().isEmpty)
        #expect(simulation.core.takenCounts == TakenCounts())
    }

    @Test func `A certificate made for trying is good for a client, too`() throws {
        var options = TLS.Options()
        let own = try TLS.selfSigned(names: ["me.example"])
        options.clientAuthorities = own.chain
        let tls = try TLS([Self.certificate.get()], options: options)
        var simulation = try Simulation(Connector())
        let peer = try connect(
            &simulation,
            trusting: ClientTLS(
                authorities: Self.certificate.get().chain, certificate: own), serving: tls)
        #expect(peer.takeText().hasPrefix("GET /chat HTTP/1.1\r\n"))
        #expect(peer.peerName == "Roost, for trying")
    }

    @Test func `A server that wants a certificate says so, although the handshake is over`() throws
    {
        var options = TLS.Options()
        options.clientAuthorities = try Self.certificate.get().chain
        let tls = try TLS([Self.certificate.get()], options: options)
        var simulation = try Simulation(Connector())
        _ = try connect(
            &simulation, trusting: ClientTLS(authorities: Self.certificate.get().chain),
            serving: tls)
        #expect(simulation.handler.causes == [.handshakeFailed])
        #expect("\(simulation.handler.errors[0])".contains("certificate required"))
    }

    @Test func `A server that speaks no TLS is named as that`() throws {
        var request = try ConnectRequest("wss://127.0.0.1:8080/")
        request.tls = try ClientTLS(verifies: false)
        var simulation = try Simulation(Connector(requests: [request]), isEncrypted: false)
        simulation.settle()
        simulation.reply("HTTP/1.1 400 Bad Request\r\n\r\n")
        #expect(simulation.handler.causes == [.handshakeFailed])
        #expect("\(simulation.handler.errors[0])".contains("TLS"), "\(simulation.handler.errors)")
    }
}
