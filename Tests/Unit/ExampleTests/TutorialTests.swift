// The handlers of the tutorial's four steps.
import Testing
import WebSocketServer
import WebSocketServerTesting

@testable import ChatStep1
@testable import ChatStep2
@testable import ChatStep3
@testable import ChatStep4

@Suite struct TutorialTests {
    @Test func `Each step answers with its page`() throws {
        try expectPage(SimulatedServer(ChatStep1.Chat()))
        try expectPage(SimulatedServer(ChatStep2.Chat()))
        try expectPage(SimulatedServer(ChatStep3.Chat()))
        try expectPage(SimulatedServer(ChatStep4.Chat()))
    }

    private func expectPage<Handler>(_ server: SimulatedServer<Handler>) throws {
        let page = try server.request("/")
        #expect(page.status == .ok)
        #expect(page.header("Content-Type")?.hasPrefix("text/html") == true)
        #expect(page.text.contains("new WebSocket"))
    }

    @Test func `In step 1 everybody talks alone`() throws {
        let server = try SimulatedServer(ChatStep1.Chat())
        let ann = try server.connect()
        let bob = try server.connect()
        ann.send("hello")
        #expect(ann.receiveAll() == ["hello"])
        #expect(bob.receiveAll() == [])
    }

    @Test func `In step 2 everybody sees what anybody writes`() throws {
        let server = try SimulatedServer(ChatStep2.Chat())
        let ann = try server.connect()
        let bob = try server.connect()
        ann.send("hello")
        ann.reset()
        bob.send("anybody there?")
        #expect(bob.receiveAll() == ["hello", "anybody there?"])
        #expect(ann.receiveAll() == ["hello"])
    }

    @Test func `In step 3 a message is JSON, or the connection ends`() throws {
        let server = try SimulatedServer(ChatStep3.Chat())
        let ann = try server.connect()
        let bob = try server.connect()
        ann.send(#"{"user": "ann", "text": "hello"}"#)
        let text = try #require(bob.receive()?.text)
        #expect(text.contains(#""user":"ann""#) && text.contains(#""text":"hello""#))
        bob.send("hello")
        #expect(bob.closeCode == .policyViolation)
        #expect(bob.closeReason == "A message is JSON with user and text.")
        #expect(ann.receiveAll().count == 1)
    }

    @Test func `In step 4 a name is free again when its connection has ended`() throws {
        let server = try SimulatedServer(ChatStep4.Chat())
        let ann = try server.connect()
        let bob = try server.connect()
        ann.send(#"{"user": "ann"}"#)
        #expect(ann.receive()?.text?.contains("joined") == true)
        bob.send(#"{"user": "ann"}"#)
        #expect(bob.receive() == #"{"note": "Please choose another name."}"#)
        ann.cut()
        server.advance(by: .seconds(120))
        #expect(ann.closeCause == .pingTimeout)
        bob.send(#"{"user": "ann"}"#)
        #expect(bob.receive()?.text?.contains("joined") == true)
        #expect(server.handler.names.count == 1)
    }
}
