// The client for the terminal, with the test as its server.
import Testing
import WebSocketServer
import WebSocketServerTesting

@testable import Talk

@Suite struct TalkTests {
    @Test func `Lines that are typed go to the server, early ones too`() throws {
        let request = try ConnectRequest("ws://chat.example.org/")
        let client = try SimulatedServer(Conversation(request))
        client.post(.line("early"))
        let other = try client.nextOutgoing()
        other.accept()
        client.post(.line("later"))
        #expect(other.receiveAll() == ["early", "later"])
        client.post(.end)
        #expect(other.closeCode == .normal)
        client.advance(by: .seconds(10))
        #expect(client.hasStopped)
    }
}
