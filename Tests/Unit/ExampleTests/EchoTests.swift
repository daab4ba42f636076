// The two examples of one file each: an echo and a broadcast.
import Testing
import WebSocketServer
import WebSocketServerTesting

@testable import BroadcastServer
@testable import EchoServer

@Suite struct EchoTests {
    @Test func `The echo answers with what it has received`() throws {
        let server = try SimulatedServer(Echo())
        let ann = try server.connect()
        let bob = try server.connect()
        ann.send("Hello!")
        ann.send(fragments: ["Good ", "day"])
        #expect(ann.receiveAll() == ["RECEIVED : Hello!", "RECEIVED : Good day"])
        #expect(bob.receive() == nil)
    }

    @Test func `The verbatim echo keeps text as text and binary as binary`() throws {
        let server = try SimulatedServer(VerbatimEcho())
        let ann = try server.connect()
        ann.send("Hello!")
        ann.send([0, 0xFF])
        ann.send("")
        #expect(ann.receiveAll() == ["Hello!", [0, 0xFF], ""])
    }

    @Test func `A text that is no UTF-8 ends an echo`() throws {
        let server = try SimulatedServer(VerbatimEcho())
        let ann = try server.connect()
        ann.send(raw: [0x81, 0x81, 0, 0, 0, 0, 0xFF])
        #expect(ann.closeCode == .invalidPayload)
    }
}

@Suite struct BroadcastTests {
    @Test func `A message goes to all in the room of its sender`() throws {
        let server = try SimulatedServer(Broadcast(roomCount: 2))
        let clients = try (0..<4).map { _ in try server.connect() }
        clients[0].send("to the odd")
        clients[1].send([2])
        #expect(clients[0].receiveAll() == ["to the odd"])
        #expect(clients[2].receiveAll() == ["to the odd"])
        #expect(clients[1].receiveAll() == [[2]])
        #expect(clients[3].receiveAll() == [[2]])
    }

    @Test func `A reader that has stopped does not keep the others from reading`() throws {
        let server = try SimulatedServer(Broadcast(roomCount: 1))
        let ann = try server.connect()
        let bob = try server.connect()
        bob.stopReading()
        for number in 0..<100 { ann.send("\(number)") }
        #expect(ann.receiveAll().count == 100)
        bob.resumeReading()
        #expect(bob.receiveAll() == (0..<100).map { "\($0)" })
    }
}
