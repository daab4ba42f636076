// Everybody hears what anybody else says, as a test without sockets.
import Testing
import WebSocketServerTesting

@testable import Chat

@Test func everybodyElseHearsIt() throws {
    let server = try SimulatedServer(Chat())
    let (ann, bob) = (try server.connect(), try server.connect())
    ann.send("hello")
    #expect(bob.receive() == "hello")
    #expect(ann.receive() == nil)
    bob.close()
    ann.send("Are you still there?")
    #expect(server.log.isEmpty)
}
