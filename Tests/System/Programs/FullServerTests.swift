// A program at its limit: it refuses new clients, uses no processor time, and goes on.
import Glibc
import TestSupport
import Testing

@Suite struct FullServerTests {
    /// The outcome of a client's attempt to talk.
    private enum Reception: Equatable {
        case served
        case refused(String)
        case waiting, gone
    }

    private func reception(of client: Client) -> Reception {
        guard let head = client.upgrade()?.head else {
            return client.hearsAnything() ? .waiting : .gone
        }
        guard head.hasPrefix("HTTP/1.1 101 ") else {
            return .refused(String(head.prefix { $0 != "\r\n" }))
        }
        client.sendText("hello")
        return client.text() == "RECEIVED : hello" ? .served : .gone
    }

    @Test func `With few descriptors waiting clients are accepted when others leave`() throws {
        let run = try Run(
            ["sh", "-c", "ulimit -n 64; exec \"$0\" \"$@\""]
                + command("echo-server", port: "0", "--max-connections", "1000"))
        let port = port(of: try #require(run.address()))
        // All descriptors except the server's own few.
        var served: [Client] = []
        var refused: Client?
        while served.count < 64, refused == nil {
            let client = Client(port: port)
            switch reception(of: client) {
            case .served: served.append(client)
            case .refused(let status):
                #expect(status == "HTTP/1.1 503 Service Unavailable")
                refused = client
            default: Issue.record("neither served nor refused")
            }
        }
        #expect((40..<64).contains(served.count))
        // While it is full and more clients wait than it has descriptors, it uses no processor
        // time.
        let waiting = (0..<30).map { _ in Client(port: port, timeLimit: 1) }
        let before = try run.cpuSeconds()
        // A second without any event.
        let quiet = Client(port: port, timeLimit: 1)
        _ = quiet.rest()
        #expect(try run.cpuSeconds() - before < 0.3)
        // Accepted clients are still served.
        for client in served {
            client.sendText("still here")
            #expect(client.text() == "RECEIVED : still here")
        }
        // Some leave, and as many others come in.
        for client in served.prefix(20) { client.close() }
        for client in waiting { client.close() }
        var late: [Client] = []
        for _ in 0..<1000 where late.count < 20 {
            let client = Client(port: port)
            if reception(of: client) == .served { late.append(client) }
        }
        #expect(late.count == 20)
        for client in served.dropFirst(20) {
            client.sendText("still here")
            #expect(client.text() == "RECEIVED : still here")
        }
        for client in served.dropFirst(20) + late { client.close() }
        #expect(run.stop(SIGTERM) == 0)
    }

    @Test func `A client over the limit is refused in its own protocol, whatever it sends at once`()
        throws
    {
        let run = try Run(command("echo-server", port: "0", "--max-connections", "1"))
        let port = port(of: try #require(run.address()))
        let first = Client(port: port)
        #expect(reception(of: first) == .served)
        for _ in 0..<3 {
            let client = Client(port: port)
            let handshake =
                "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                + "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + "Sec-WebSocket-Version: 13\r\n\r\n"
            let frames =
                [UInt8]([0x82, 0xFE, 0x10, 0x00, 0, 0, 0, 0])
                + [UInt8](repeating: 7, count: 0x1000)
            client.send(Array(handshake.utf8) + frames)
            #expect(client.response()?.head.hasPrefix("HTTP/1.1 101 ") == true)
            let close = client.frame()
            #expect(close?.opcode == 8)
            #expect(close?.payload.starts(with: [0x03, 0xF5]) == true)
            client.send(frames)
            client.sendFrame(8, [0x03, 0xF5])
            #expect(client.rest() == [])
            // The same over HTTP.
            let answer = exchange(
                "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", port: port, until: "seconds.\n")
            #expect(answer.hasPrefix("HTTP/1.1 503 "))
            #expect(answer.contains("Retry-After: 10\r\n"))
        }
        first.sendText("still here")
        #expect(first.text() == "RECEIVED : still here")
        first.close()
        #expect(run.stop(SIGTERM) == 0)
    }
}
