// A handler whose messages and requests are JSON.
import Testing
import WebSocketServer
import WebSocketServerJSON
import WebSocketServerTesting

private struct Position: Codable, Equatable { var train: Int, place: Double }

private struct Board: HTTPHandler, OperationsHandler {
    var positions: Topic?

    mutating func onStart(_ io: inout ServerContext) {
        positions = io.makeTopic(policy: .latestPerKey)
    }

    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) throws {
        let position = try request.decode(Position.self)
        if let positions {
            try io.publish(json: position, to: positions, key: TopicKey(position.train))
        }
        io.respond(to: request.id, with: try .json(.ok, ["heard": request.text.utf8.count]))
    }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        if let positions { io.subscribe(id, to: positions) }
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws {
        try io.send(json: try message.decode(Position.self), to: id)
    }
}

@Suite struct JSONHandlerTests {
    private func post(
        _ body: String, _ server: SimulatedServer<Board>
    ) throws -> SimulatedResponse {
        try server.request("/", method: "POST", body: body)
    }

    @Test func `Values come in and go out, and a newcomer has each key's newest`() throws {
        let server = try SimulatedServer(Board())
        for place in [0.25, 0.5] {
            let answer = try post(#"{"train": 7, "place": \#(place)}"#, server)
            #expect(answer.status == .ok && answer.text.hasPrefix(#"{"heard":"#))
        }
        let reader = try server.connect("/")
        #expect(reader.receive()?.text?.contains("0.5") == true)
        reader.send(#"{"train": 1, "place": 0.125}"#)
        #expect(reader.receive()?.text?.contains("0.125") == true)
    }

    @Test func `What is no JSON is a 400, and a Close 1007`() throws {
        let server = try SimulatedServer(Board())
        let answer = try post(#"{"train": 7}"#, server)
        #expect(answer.status == .badRequest)
        #expect(answer.text.contains(#"The JSON has no "place"."#))
        let writer = try server.connect("/")
        writer.send("nonsense")
        #expect(writer.closeCode == .invalidPayload)
        #expect(server.log.isEmpty)
    }
}
