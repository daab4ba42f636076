// Handshakes that are decided about after a look-up in a task, over real sockets.
import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct TokenServerTests {
    @Test func `A client with the token is let in, and another gets 401`() throws {
        let run = try Run([BuildProducts.path("TestServer"), "tokens"])
        let port = port(of: try #require(run.address()))
        let stranger = Client(port: port)
        let answer = try #require(stranger.upgrade(fields: ["Authorization: Bearer open"]))
        #expect(answer.head.hasPrefix("HTTP/1.1 401 ") && answer.body == "Log in first.\n")
        #expect(stranger.rest() == [])
        stranger.close()
        // A client that leaves while it waits leaves nothing behind.
        for _ in 0..<20 {
            let hasty = Client(port: port)
            hasty.send(
                "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                    + "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    + "Sec-WebSocket-Version: 13\r\n\r\n")
            hasty.close()
        }
        let member = Client(port: port)
        let welcome = member.upgrade(fields: ["Authorization: Bearer sesame"])
        #expect(welcome?.head.hasPrefix("HTTP/1.1 101 ") == true)
        member.sendText("hello")
        #expect(member.text() == "Ali: hello")
        kill(run.process.processIdentifier, SIGTERM)
        #expect(member.frame()?.opcode == 8)
        member.sendFrame(8, [0x03, 0xE9])
        let end = run.end()
        #expect(end.status == 0 && end.output.hasSuffix("all have ended\n"), "\(end)")
    }
}
