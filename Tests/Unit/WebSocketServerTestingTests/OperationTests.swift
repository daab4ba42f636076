// Mail, signals, stops and hand-overs.
import Testing
import WebSocketServer
import WebSocketServerTesting

@Suite struct OperationTests {
    @Test func `Mail and signals reach the handler`() throws {
        var configuration = ServerConfiguration()
        configuration.signals = [.hangUp]
        configuration.stopSignals = [.terminate]
        let server = try SimulatedServer(Chat(), configuration)
        let ann = try server.connect()
        #expect(server.post("news"))
        #expect(ann.receive() == "news")
        server.raise(.hangUp)
        #expect(server.handler.signals == [.hangUp])
        server.raise(.terminate)
        server.advance(by: .seconds(10))
        #expect(server.hasStopped)
        #expect(!server.post("too late"))
    }

    @Test func `Mail of another thread is delivered with the next call`() async throws {
        let server = try SimulatedServer(Chat())
        let ann = try server.connect()
        let mailbox = server.mailbox
        await Task.detached { _ = mailbox.post("from afar") }.value
        server.settle()
        #expect(ann.receive() == "from afar")
    }

    @Test func `A stop closes everybody in order`() throws {
        let server = try SimulatedServer(Chat())
        let clients = try (0..<5).map { _ in try server.connect() }
        server.stop(grace: .zero)
        #expect(clients.map(\.closeCode) == Array(repeating: .goingAway, count: 5))
        server.advance(by: .seconds(1))
        #expect(server.hasStopped)
        #expect(server.handler.causes == Array(repeating: .stopping, count: 5))
        let refused = try #require(
            throws: RefusedHandshake.self, performing: { try server.connect() })
        #expect("\(refused)".contains("stopping"))
        // Nothing is left that could do anything.
        let ticks = server.handler.tickCount
        server.advance(by: .seconds(60))
        #expect(server.handler.tickCount == ticks)
        clients[0].send("hello?")
    }

    @Test func `A stop waits for clients that do not answer, and no longer`() throws {
        let server = try SimulatedServer(Chat())
        let ann = try server.connect()
        ann.cut()
        server.stop(grace: .zero)
        #expect(!server.hasStopped)
        server.advance(by: .seconds(60))
        #expect(server.hasStopped)
        #expect(ann.closeCause == .stopping)
    }

    @Test func `A restart says so`() throws {
        let server = try SimulatedServer(Chat())
        let ann = try server.connect()
        server.stop(restarting: true)
        #expect(ann.closeCode == .serviceRestart)
        #expect(ann.closeCause == .restarting)
        server.advance(by: .seconds(1))
        #expect(server.hasStopped)
    }

    @Test func `A hand-over keeps connections, subscriptions and what was saved`() throws {
        let server = try SimulatedServer(Chat())
        let ann = try server.connect()
        let bob = try server.connect()
        bob.stopReading()
        ann.send("before")
        ann.send(raw: [0x81, 0x85, 0, 0, 0, 0, 0x61])
        try server.handOver(to: Chat())
        #expect(server.handler.openCount == 0 && server.handler.startCount == 1)
        ann.send(raw: Array("fter".utf8))
        bob.resumeReading()
        #expect(ann.receiveAll() == ["1: before", "2: after"])
        #expect(bob.receiveAll() == ["1: before", "2: after"])
        ann.close()
        #expect(server.handler.causes == [.peerClosed(.normal)])
        #expect(try server.connect().isOpen)
    }

    @Test func `State that was not saved is missed`() throws {
        let server = try SimulatedServer(Chat())
        let ann = try server.connect()
        ann.send("before")
        server.handler.savesCount = false
        #expect(throws: StateError.self) { try server.handOver(to: Chat()) }
        #expect(server.hasStopped)
        #expect(ann.isClosed)
        #expect(throws: RefusedHandshake.self) { try server.connect() }
    }

    @Test func `A request that waits goes on; a handler that does not know it ends it`() throws {
        let server = try SimulatedServer(Chat())
        let answer = try server.request("/later")
        try server.handOver(to: Chat())
        server.advance(by: .seconds(60))
        #expect(!answer.isClosed && answer.status == nil)
        server.advance(by: .seconds(61))
        #expect(answer.isClosed && answer.status == .serviceUnavailable && answer.isComplete)
    }

    @Test func `The same seed gives the same run`() throws {
        func run(_ seed: UInt64) throws -> [UInt8] {
            let server = try SimulatedServer(Chat(), seed: seed)
            return server.withContext { _, io in io.randomBytes(16) }
        }
        #expect(try run(7) == run(7))
        #expect(try run(7) != run(8))
    }

    @Test func `A handler that cannot be copied is tested as well`() throws {
        struct Single: WebSocketHandler, ~Copyable {
            var count = 0
            mutating func onMessage(
                _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
            ) {
                count += 1
                io.send(message, to: id)
            }
        }
        let server = try SimulatedServer(Single())
        let ann = try server.connect()
        ann.send("hello")
        #expect(ann.receive() == "hello")
        let count = server.handler.count
        #expect(count == 1)
    }
}
