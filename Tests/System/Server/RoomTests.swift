// Topics over real sockets: all get every message, and the cause of each end is known.
import TestSupport
import Testing
import WebSocketServer

/// One room for all; "/causes" lists the causes of ended connections.
struct RoomHandler: HTTPHandler, MailHandler {
    typealias Mail = HandlerMail

    private var room: Topic?
    private var causes: [CloseCause] = []

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        let room = room ?? io.makeTopic()
        self.room = room
        io.subscribe(id, to: room)
        io.send("in", to: id)
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        if let room { io.publish(message, to: room) }
    }

    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        let words = causes.map { "\($0)" }.joined(separator: "|")
        io.respond(to: request.id, with: .text(.ok, "\(causes.count) \(words)"))
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        causes.append(cause)
    }

    mutating func onMail(_ mail: HandlerMail, _ io: inout ServerContext) {
        if case .stop = mail { io.stop(grace: .zero) }
    }
}

@Suite struct RoomTests {
    private func member(_ port: UInt16) -> Client {
        let client = Client(port: port)
        #expect(client.upgrade() != nil)
        #expect(client.text() == "in")
        return client
    }

    /// The answer of "/causes", once this number has left.
    private func causes(_ count: Int, _ port: UInt16) -> [String] {
        let client = Client(port: port)
        for _ in 0..<100_000 {
            client.send("GET /causes HTTP/1.1\r\nHost: a\r\n\r\n")
            guard let body = client.response()?.body else { return ["no answer"] }
            let words = body.dropLast().split(separator: " ", maxSplits: 1)
            if Int(words[0]) == count { return words[1].split(separator: "|").map(String.init) }
        }
        return ["they do not leave"]
    }

    @Test func `All members get every message, in one order`() throws {
        let server = try RunningServer(RoomHandler())
        let members = (0..<10).map { _ in member(server.port) }
        for number in 0..<50 { members[number % 10].sendText("\(number)") }
        let heard = members.map { client in (0..<50).map { _ in client.text() ?? "nothing" } }
        #expect(Set(heard).count == 1)
        // Each speaker's own order.
        for speaker in 0..<10 {
            let numbers = heard[0].compactMap { Int($0) }.filter { $0 % 10 == speaker }
            #expect(numbers == numbers.sorted() && numbers.count == 5)
        }
        #expect(server.stop())
    }

    /// A browser's tab that is closed: it sends a Close, and its unread messages make its end a
    /// reset, which a send may be the first to report.
    @Test func `A peer that closes and then resets has closed`() throws {
        let server = try RunningServer(RoomHandler())
        let speaker = member(server.port)
        let padding = String(repeating: "p", count: 100)
        let count = 30
        for round in 1...count {
            let leaving = member(server.port)
            for number in 0..<5 { speaker.sendText("\(round) \(number) \(padding)") }
            // It has received bytes that it does not read.
            #expect(leaving.hearsAnything())
            for number in 0..<5 { speaker.sendText("\(round) \(number) \(padding)") }
            leaving.sendFrame(8, [0x03, 0xE8])
            leaving.close()
            for number in 0..<5 { speaker.sendText("\(round) \(number) \(padding)") }
            for _ in 0..<15 { #expect(speaker.text() != nil) }
        }
        #expect(Set(causes(count, server.port)) == ["the peer closed it (1000)"])
        #expect(server.stop())
    }

    @Test func `A server of closures is a few lines`() throws {
        var configuration = ServerConfiguration()
        configuration.limits.closeDeadline = .milliseconds(200)
        let server = try Server(
            ClosureHandler(
                onOpen: { id, io in io.send("hello \(id)", to: id) },
                onMessage: { message, id, io throws(Disconnect) in
                    switch message.text {
                    case "stop": io.stop(grace: .zero)
                    case "go": throw Disconnect(.policyViolation, "as you wish")
                    default: io.send("You said: \(message.text)", to: id)
                    }
                }), configuration)
        let run = BackgroundRun(server)
        let port = server.addresses[0].port
        let (client, other) = (Client(port: port), Client(port: port))
        #expect(client.upgrade() != nil && other.upgrade() != nil)
        #expect(client.text() == "hello #1")
        client.sendText("hi")
        #expect(client.text() == "You said: hi")
        client.sendText("go")
        #expect(client.frame()?.payload.starts(with: [0x03, 0xF0]) == true)
        client.sendFrame(8, [0x03, 0xF0])
        #expect(client.rest() == [])
        other.sendText("stop")
        #expect(other.text() == "hello #2")
        #expect(other.frame()?.payload.starts(with: [0x03, 0xE9]) == true)
        #expect(run.ends())
    }
}
