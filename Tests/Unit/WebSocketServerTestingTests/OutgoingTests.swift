// Connections that the handler opens: the test is the server at the other end.
import Testing
import WebSocketServer
import WebSocketServerTesting

/// Connects when it starts, greets, and records what comes.
private struct Feed: OperationsHandler {
    var url = "ws://feed.example.org/prices?all"
    var texts: [String] = []
    var causes: [CloseCause] = []
    var subprotocol: String?

    mutating func onStart(_ io: inout ServerContext) {
        guard var request = try? ConnectRequest(url) else { return }
        request.subprotocols = ["prices"]
        request.headers = [("Authorization", "Bearer 1")]
        io.connect(request)
    }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        subprotocol = io.agreement(of: id)?.subprotocol
        io.send("hello", to: id)
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        texts.append(message.text)
        if message.text == "enough" { io.close(id) }
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        causes.append(cause)
    }
}

@Suite struct OutgoingTests {
    @Test func `The test accepts, and talks as the server`() throws {
        let server = try SimulatedServer(Feed())
        let feed = try server.nextOutgoing()
        #expect(feed.target == "/prices?all")
        #expect(feed.header("authorization") == "Bearer 1")
        #expect(feed.header("Host") == "feed.example.org")
        #expect(!feed.isOpen)
        feed.accept(subprotocol: "prices")
        #expect(server.handler.subprotocol == "prices")
        #expect(feed.receive() == "hello")
        feed.send("price 17")
        feed.ping([1])
        #expect(feed.receivePongs() == [[1]])
        server.advance(by: .seconds(3600))
        feed.send("enough")
        #expect(server.handler.texts == ["price 17", "enough"])
        #expect(feed.closeCode == .normal)
        #expect(server.handler.causes == [.serverClosed(.normal)])
        #expect(feed.closeCause == .serverClosed(.normal))
    }

    @Test func `The test closes, or loses the network`() throws {
        let server = try SimulatedServer(Feed())
        let feed = try server.nextOutgoing()
        feed.accept()
        feed.close(code: .goingAway)
        #expect(server.handler.causes == [.peerClosed(.goingAway)])
        server.withContext { handler, io in handler.onStart(&io) }
        let again = try server.nextOutgoing()
        again.accept()
        again.cut()
        server.advance(by: .seconds(120))
        #expect(server.handler.causes.last == .pingTimeout)
    }

    @Test func `The test refuses`() throws {
        let server = try SimulatedServer(Feed())
        try server.nextOutgoing().refuse(.serviceUnavailable, body: "Later.")
        #expect(server.handler.causes == [.handshakeRefused(.serviceUnavailable)])
    }

    @Test func `Hosts are away in different ways`() throws {
        let server = try SimulatedServer(Feed(url: "ws://unused.example.org/"))
        try server.nextOutgoing().refuse(.notFound)
        server.setDestination("refuses.example.org", .refuses)
        server.setDestination("silent.example.org", .silent)
        server.setDestination("unknown.example.org", .unknown)
        server.setDestination("192.0.2.99", .refuses)
        for (host, cause) in [
            ("refuses.example.org", CloseCause.connectFailed(111)),
            ("silent.example.org", .connectFailed(110)),
            ("unknown.example.org", .nameResolutionFailed(-2)),
            ("192.0.2.99", .connectFailed(111)),
        ] {
            server.withContext { handler, io in
                handler.url = "ws://\(host)/"
                handler.onStart(&io)
            }
            server.advance(by: .seconds(60))
            #expect(server.handler.causes.last == cause, "\(host)")
        }
        #expect(throws: NoOutgoingConnection.self) { try server.nextOutgoing() }
    }
}
