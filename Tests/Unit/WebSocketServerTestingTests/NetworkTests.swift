// What networks and slow readers do to a connection, in simulated time.
import Testing
import WebSocketServer
import WebSocketServerTesting

@Suite struct NetworkTests {
    let server: SimulatedServer<Chat>

    init() throws { server = try SimulatedServer(Chat()) }

    @Test func `Clients that answer Pings stay for hours`() throws {
        let ann = try server.connect()
        server.advance(by: .seconds(2 * 3600))
        #expect(ann.closeCode == nil && !ann.isClosed)
        #expect(!ann.receivePings().isEmpty)
        #expect(server.elapsed == .seconds(2 * 3600))
        #expect(server.handler.tickCount == 2 * 3600)
    }

    @Test func `A client that does not answer Pings is reset`() throws {
        let ann = try server.connect()
        ann.answersPings = false
        server.advance(by: .seconds(120))
        #expect(ann.closeCause == .pingTimeout)
        #expect(ann.wasReset && ann.isClosed && ann.closeCode == nil)
    }

    @Test func `A lost network is noticed by the Pings, and its client learns nothing`() throws {
        let ann = try server.connect()
        let bob = try server.connect()
        ann.cut()
        ann.send("lost")
        #expect(server.handler.count == 0)
        bob.send("hello")
        #expect(ann.receive() == nil)
        server.advance(by: .seconds(120))
        #expect(server.handler.causes == [.pingTimeout])
        #expect(!ann.isClosed && !ann.wasReset)
        ann.mend()
        #expect(ann.isClosed && ann.wasReset)
        #expect(server.handler.count == 1)
    }

    @Test func `What was sent while the network was away comes when it is back`() throws {
        let ann = try server.connect()
        let bob = try server.connect()
        ann.cut()
        bob.send("hello")
        ann.send("from afar")
        server.advance(by: .seconds(5))
        #expect(ann.receiveAll() == [])
        #expect(server.handler.count == 1)
        ann.mend()
        #expect(ann.receiveAll() == ["1: hello", "2: from afar"])
        #expect(bob.receiveAll() == ["1: hello", "2: from afar"])
        #expect(ann.closeCause == nil)
    }

    @Test func `A reset and the end of a stream have their causes`() throws {
        let (ann, bob) = (try server.connect(), try server.connect())
        ann.reset()
        #expect(server.handler.causes == [.connectionLost(104)])
        bob.endStream()
        #expect(server.handler.causes.last == .endOfStream)
        #expect(bob.closeCause == .endOfStream)
    }

    @Test func `A slow reader gets what it takes, and the rest when it reads again`() throws {
        let ann = try server.connect()
        let bob = try server.connect()
        bob.stopReading()
        ann.send("hello")
        #expect(ann.receive() == "1: hello")
        #expect(bob.receive() == nil)
        bob.read(byteCount: 5)
        #expect(bob.receive() == nil)
        bob.read(byteCount: 5)
        #expect(bob.receive() == "1: hello")
        ann.send("more")
        #expect(bob.receive() == nil)
        bob.resumeReading()
        #expect(bob.receiveAll() == ["2: more"])
        #expect(server.handler.drainCount > 0)
        ann.send("and more")
        #expect(bob.receiveAll() == ["3: and more"])
    }

    @Test func `A reader that takes nothing is closed for it`() throws {
        var configuration = ServerConfiguration()
        configuration.limits.topicLogByteCount = 2000
        let server = try SimulatedServer(Chat(), configuration)
        let ann = try server.connect()
        let bob = try server.connect()
        bob.stopReading()
        for _ in 0..<100 { ann.send(String(repeating: "x", count: 100)) }
        server.advance(by: .seconds(10))
        guard case .slowConsumer = server.handler.causes.first else {
            Issue.record("the causes are \(server.handler.causes)")
            return
        }
        #expect(ann.receiveAll().count == 100)
        #expect(ann.closeCause == nil)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `Messages in pieces arrive whole`(seed: UInt64) throws {
        let server = try SimulatedServer(Chat(), seed: seed)
        let ann = try server.connect()
        server.transferLimit = 3
        let text = String(repeating: "grün ", count: 30)
        for _ in 0..<5 { ann.send(text) }
        server.transferLimit = nil
        #expect(ann.receiveAll().compactMap(\.text) == (1...5).map { "\($0): \(text)" })
    }

    @Test func `Several things at one moment are one turn of the server`() throws {
        let (ann, bob) = (try server.connect(), try server.connect())
        server.simultaneously {
            ann.send("one")
            bob.send("two")
            #expect(server.handler.count == 0)
        }
        #expect(server.handler.count == 2)
        #expect(bob.receiveAll() == ["1: one", "2: two"])
    }

    @Test func `Time passes exactly as far as the test says`() throws {
        server.advance(by: .milliseconds(999))
        #expect(server.handler.tickCount == 0)
        server.advance(by: .milliseconds(1))
        #expect(server.handler.tickCount == 1)
        #expect(server.elapsed == .seconds(1))
    }
}
