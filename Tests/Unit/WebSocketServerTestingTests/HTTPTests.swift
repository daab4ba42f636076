// Plain requests and event streams.
import Testing
import WebSocketServer
import WebSocketServerTesting

@Suite struct HTTPTests {
    let server: SimulatedServer<Chat>

    init() throws { server = try SimulatedServer(Chat()) }

    @Test func `A request has its answer`() throws {
        let answer = try server.request("/status")
        #expect(answer.status == .ok)
        #expect(answer.text == "0 messages\n")
        #expect(answer.header("content-length") == "11")
        #expect(answer.isComplete && answer.isClosed)
        #expect(try server.request("/status", method: "HEAD").body == [])
        #expect(try server.request("/status", method: "POST", body: "text").status == .ok)
    }

    @Test func `An answer may come later`() throws {
        let answer = try server.request("/later")
        #expect(answer.status == nil && !answer.isComplete)
        server.advance(by: .seconds(30))
        server.post("done")
        #expect(answer.status == .accepted)
        #expect(answer.text == "done\n")
    }

    @Test func `An event stream has events until its client goes`() throws {
        let stream = try server.request("/events")
        #expect(stream.header("Content-Type")?.hasPrefix("text/event-stream") == true)
        let ann = try server.connect()
        ann.send("one")
        ann.send("two\nlines")
        #expect(stream.receiveEvent() == ServerSentEvent("1: one"))
        #expect(stream.receiveEvents().map(\.data) == ["2: two\nlines"])
        #expect(stream.receiveEvent() == nil)
        #expect(!stream.isComplete && stream.closeCause == nil)
        stream.endStream()
        #expect(stream.closeCause == .endOfStream)
        #expect(server.handler.causes == [.endOfStream])
    }

    @Test func `Nonsense is answered, and silence ends at its deadline`() throws {
        let nonsense = try server.openConnection()
        nonsense.send(raw: Array("HELLO\r\n\r\n".utf8))
        #expect(String(decoding: nonsense.receiveRaw(), as: UTF8.self).hasPrefix("HTTP/1.1 400"))
        #expect(nonsense.receiveRaw() == [])
        let silent = try server.openConnection()
        #expect(!silent.isClosed)
        server.advance(by: .seconds(60))
        #expect(silent.isClosed)
    }

    @Test func `What is logged can be read`() throws {
        try server.request("/status")
        let line = try #require(server.log.last { $0.message == "A request" })
        #expect(line.level == .info)
        #expect(line.metadata == ["path": "/status"])
        #expect("\(line)" == "info: A request path=/status")
    }

    @Test func `A kind of listener that is not there is named`() throws {
        let refused = try #require(
            throws: RefusedHandshake.self,
            performing: { try server.request("/metrics", on: .metrics) })
        #expect("\(refused)".contains("no metrics listener"))
        var configuration = ServerConfiguration()
        configuration.addressesByKind[.metrics] = [.tcp(host: "127.0.0.1", port: 9090)]
        let measured = try SimulatedServer(Chat(), configuration)
        #expect(try measured.request("/metrics", on: .metrics).status == .ok)
    }
}
