// Where the trains are: each says it with POST /trains/NAME, and a map reads it as a WebSocket.
import WebSocketServer

struct Trains: HTTPHandler, OperationsHandler {
    var positions: Topic?

    mutating func onStart(_ io: inout ServerContext) {
        positions = io.makeTopic(policy: .latestPerKey)
    }

    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        guard request.head.method == .post, let train = request.head.path.split(separator: "/").last
        else { return io.respond(to: request.id, with: .notFound) }
        io.publish(text: request.body, to: positions!, key: TopicKey(String(train)))
        io.respond(to: request.id, with: HTTPResponse(.noContent))
    }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        io.subscribe(id, to: positions!)
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws { throw Disconnect(.policyViolation, "Only trains may speak.") }
}

let port = UInt16(CommandLine.arguments.last!) ?? 8080
serve(Trains(), ServerConfiguration(port: port))
