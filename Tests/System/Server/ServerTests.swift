// The whole server over real sockets: upgrades, messages from other threads, the stop.
import TestSupport
import Testing
import WebSocketServer

@Suite struct ServerTests {
    @Test func `Upgrades with a subprotocol and headers, greets, echoes and closes`() throws {
        let server = try RunningServer(SiteHandler())
        let client = Client(port: server.port)
        let response = client.upgrade(fields: ["Sec-WebSocket-Protocol: a.v1, b.v1"])
        #expect(response?.head.hasPrefix("HTTP/1.1 101 ") == true)
        #expect(
            response?.head.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") == true)
        #expect(response?.head.contains("Sec-WebSocket-Protocol: b.v1") == true)
        #expect(response?.head.contains("X-Roost: yes") == true)
        #expect(client.text() == "welcome 1")
        for text in ["", "hello", "grüße"] {
            client.sendText(text)
            #expect(client.text() == text)
        }
        client.sendFrame(8, [0x03, 0xE8])
        let close = client.frame()
        #expect(close?.opcode == 8)
        #expect(close?.payload.prefix(2) == [0x03, 0xE8])
        #expect(client.rest() == [])
        #expect(server.stop())
    }

    @Test func `Frames sent right behind the request are not lost`() throws {
        let server = try RunningServer(SiteHandler())
        let client = Client(port: server.port)
        let key: [UInt8] = [0, 0, 0, 0]
        client.send(
            Array(
                ("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                    + "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    + "Sec-WebSocket-Version: 13\r\n\r\n").utf8)
                + [0x81, 0x82] + key + Array("hi".utf8))
        #expect(client.response()?.head.hasPrefix("HTTP/1.1 101 ") == true)
        #expect(client.text() == "welcome 1")
        #expect(client.text() == "hi")
        #expect(server.stop())
    }

    @Test func `A message from another thread reaches a connection; a stale ID is harmless`() throws
    {
        let server = try RunningServer(SiteHandler())
        let client = Client(port: server.port)
        #expect(client.upgrade() != nil)
        #expect(client.text() == "welcome 1")
        server.post(.answer(ConnectionID(resourceID: 77, slot: 0), "nobody"))
        server.post(.answer(ConnectionID(resourceID: 1, slot: 9000), "nowhere"))
        server.post(.answer(ConnectionID(resourceID: 1, slot: 0), "from outside"))
        #expect(client.text() == "from outside")
        #expect(server.stop())
    }

    @Test func `The stop closes all with 1001 and ends`() throws {
        let server = try RunningServer(SiteHandler())
        let clients = (0..<20).map { _ in Client(port: server.port) }
        for client in clients { #expect(client.upgrade() != nil) }
        for client in clients { #expect(client.text() != nil) }
        server.post(.stop)
        for client in clients {
            let close = client.frame()
            #expect(close?.opcode == 8)
            #expect(close?.payload.prefix(2) == [0x03, 0xE9])
            client.sendFrame(8, [0x03, 0xE9])
            #expect(client.rest() == [])
        }
        #expect(server.stop())
    }

    @Test func `A server that is never run frees its port, and takes no messages`() throws {
        var configuration = ServerConfiguration()
        var mailbox: Mailbox<HandlerMail>?
        do {
            let server = try Server(SiteHandler(), configuration)
            configuration.addresses = [
                .tcp(host: "127.0.0.1", port: server.addresses[0].port)
            ]
            mailbox = server.mailbox
            #expect(mailbox?.post(.stop) == true)
        }
        #expect(mailbox?.post(.stop) == false)
        let again = try Server(SiteHandler(), configuration)
        #expect(again.addresses.count == 1)
    }

    @Test func `A server that cannot have all its addresses keeps none`() throws {
        let busy = try Server(SiteHandler(), ServerConfiguration())
        let busyPort = busy.addresses[0].port
        var configuration = ServerConfiguration()
        var error: SystemError?
        // Another process may take the free port in between.
        for _ in 0..<20 where error?.operation != "listen on 127.0.0.1:\(busyPort)" {
            configuration.addresses = [
                .tcp(host: "127.0.0.1", port: try freePort()),
                .tcp(host: "127.0.0.1", port: busyPort),
            ]
            error = #expect(throws: SystemError.self) {
                _ = try Server(SiteHandler(), configuration)
            }
        }
        // A second try fails in the same way, and not because of leftovers of the first.
        let again = #expect(throws: SystemError.self) {
            _ = try Server(SiteHandler(), configuration)
        }
        #expect(again == error)
        #expect(again?.operation == "listen on 127.0.0.1:\(busyPort)")
    }

    /// A port that was free just now.
    private func freePort() throws -> UInt16 {
        try Server(SiteHandler(), ServerConfiguration()).addresses[0].port
    }

    @Test func `A message of many receives comes back whole`() throws {
        var limits = Limits()
        limits.messageByteCount = 4 << 20
        let server = try RunningServer(SiteHandler(), limits: limits)
        let client = Client(port: server.port)
        #expect(client.upgrade() != nil)
        #expect(client.text() == "welcome 1")
        let payload = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let length = stride(from: 56, through: 0, by: -8).map {
            UInt8(truncatingIfNeeded: payload.count >> $0)
        }
        client.send([0x82, 0xFF] + length + [0, 0, 0, 0] + payload)
        let frame = client.frame()
        #expect(frame?.opcode == 2)
        #expect(frame?.payload == payload)
        #expect(server.stop())
    }

    @Test(
        arguments: [
            (OriginPolicy.sameHost, nil, true),
            (.sameHost, "http://chat.example", true),
            (.sameHost, "https://CHAT.example:8443", true),
            (.sameHost, "http://other.example", false),
            (.sameHost, "http://chat.example.evil.example", false),
            (.sameHost, "null", false),
            (.sameHost, "", false),
            (.any, "null", true),
            (.any, "http://other.example", true),
            (.hosts(["a.org", "B.org"]), "https://b.org", true),
            (.hosts(["a.org"]), "http://chat.example", true),
            (.hosts(["a.org"]), "http://c.org", false),
        ] as [(OriginPolicy, String?, Bool)])
    func `Origins are admitted by policy`(policy: OriginPolicy, origin: String?, isAdmitted: Bool) {
        #expect(policy.admits(origin: origin, host: "chat.example:8080") == isAdmitted)
    }

    @Test func `IPv6 addresses compare with their brackets`() {
        #expect(OriginPolicy.sameHost.admits(origin: "http://[::1]:80", host: "[::1]:8080"))
        #expect(!OriginPolicy.sameHost.admits(origin: "http://[::2]", host: "[::1]:8080"))
    }
}
