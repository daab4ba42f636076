// Clients that talk with a handler: messages, handshakes, and ends in order.
import Testing
import WebSocketServer
import WebSocketServerTesting

@Suite struct ConversationTests {
    let server: SimulatedServer<Chat>

    init() throws { server = try SimulatedServer(Chat(), ServerConfiguration(port: 8080)) }

    @Test func `Everybody hears what anybody says, in its order`() throws {
        let ann = try server.connect("/chat", headers: [("Origin", "http://localhost:8080")])
        let bob = try server.connect("/chat")
        ann.send("hello")
        #expect(bob.receive() == "1: hello")
        #expect(bob.receive() == nil)
        bob.send("good day")
        bob.send("how are you?")
        #expect(ann.receiveAll() == ["1: hello", "2: good day", "3: how are you?"])
        #expect(ann.receiveAll() == [])
        #expect(server.handler.count == 3)
    }

    @Test func `A comparison with another message is false`() throws {
        let ann = try server.connect()
        ann.send("hello")
        withKnownIssue { #expect(ann.receive() == "2: hello") }
        ann.send("again")
        withKnownIssue { #expect(ann.receiveAll() == ["2: again", [1, 2]]) }
        #expect(ReceivedMessage.text("a") != .binary([97]))
    }

    @Test func `Binary messages, long ones and fragments arrive whole`() throws {
        let ann = try server.connect()
        ann.send([0, 1, 0xFF])
        #expect(ann.receive() == [0, 1, 0xFF])
        let long = [UInt8](repeating: 7, count: 20_000)
        ann.send(long)
        #expect(ann.receive()?.bytes == long)
        ann.send(fragments: ["hel", "", "lo"])
        #expect(ann.receive()?.text == "3: hello")
    }

    @Test func `The server ends a connection with a code and a sentence`() throws {
        let ann = try server.connect()
        #expect(ann.closeCode == nil && ann.closeCause == nil && !ann.isClosed)
        ann.send("bye")
        #expect(ann.closeCode == .normal)
        #expect(ann.closeReason == "As you wish.")
        #expect(ann.isClosed && !ann.wasReset)
        #expect(server.handler.causes == [.serverClosed(.normal)])
    }

    @Test func `A client ends a connection with a code`() throws {
        let (ann, bob) = (try server.connect(), try server.connect())
        ann.close(code: .goingAway, reason: "I leave.")
        bob.close(code: nil)
        #expect(server.handler.causes == [.peerClosed(.goingAway), .peerClosed(.noStatus)])
        #expect(ann.closeCause == .peerClosed(.goingAway))
        #expect(ann.closeCode == .goingAway)
        #expect(ann.isClosed && bob.isClosed)
    }

    @Test func `A violation of the protocol has its code`() throws {
        let ann = try server.connect()
        ann.send(raw: [0xFF, 0x80, 0, 0, 0, 0])
        #expect(ann.closeCode == .protocolError)
        #expect(ann.isClosed)
        guard case .violation = ann.closeCause else {
            Issue.record("the cause is \(String(describing: ann.closeCause))")
            return
        }
    }

    @Test func `A Ping has a Pong with the same payload`() throws {
        let ann = try server.connect()
        ann.ping([1, 2])
        ann.ping()
        #expect(ann.receivePongs() == [[1, 2], []])
        #expect(ann.receivePongs() == [])
    }

    @Test func `A refused handshake has its status, its sentence and its fields`() throws {
        let refused = try #require(
            throws: RefusedHandshake.self, performing: { try server.connect("/secret") })
        #expect(refused.status == .unauthorized)
        #expect(refused.reason.contains("Log in first."))
        #expect(refused.header("content-type")?.hasPrefix("text/plain") == true)
        #expect("\(refused)".contains("/secret with 401"))
        let ann = try server.connect("/secret", headers: [("Cookie", "session=1")])
        #expect(ann.isOpen && ann.target == "/secret")
    }

    @Test func `Pages of other hosts are refused, and other names`() throws {
        let page = try #require(
            throws: RefusedHandshake.self,
            performing: { try server.connect(headers: [("Origin", "http://example.org")]) })
        #expect(page.status == .forbidden)
        var configuration = ServerConfiguration()
        configuration.hosts.clients = .automatic
        let careful = try SimulatedServer(Chat(), configuration)
        #expect(try careful.connect().isOpen)
        let name = try #require(
            throws: RefusedHandshake.self,
            performing: { try careful.connect(headers: [("host", "example.org")]) })
        #expect(name.status == .misdirectedRequest)
    }

    @Test func `A subprotocol is chosen of the server's and the client's`() throws {
        var configuration = ServerConfiguration()
        configuration.subprotocols = ["chat.v2", "chat.v1"]
        let server = try SimulatedServer(Chat(), configuration)
        #expect(try server.connect(subprotocols: ["chat.v1", "chat.v2"]).subprotocol == "chat.v2")
        #expect(try server.connect(subprotocols: ["other"]).subprotocol == nil)
    }

    @Test func `A connection has the ID that the handler knows`() throws {
        let ann = try server.connect()
        let id = try #require(ann.id)
        server.withContext { _, io in io.send("to you alone", to: id) }
        #expect(ann.receiveAll() == ["to you alone"])
    }

    @Test func `The address of a client counts in the limits`() throws {
        var configuration = ServerConfiguration()
        configuration.limits.connectionsPerAddress = 1
        let server = try SimulatedServer(Chat(), configuration)
        let stranger = NetworkAddress.ipv4(192, 0, 2, 1, port: 5000)
        let first = try server.connect(from: stranger)
        let second = try server.connect(from: stranger)
        #expect(first.closeCode == nil)
        #expect(second.closeCode == .tryAgainLater)
        #expect(try server.connect().closeCode == nil)
    }
}
