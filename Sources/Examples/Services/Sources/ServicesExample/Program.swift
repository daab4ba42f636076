// A chat in a ServiceGroup: SIGTERM and SIGINT stop it in order, beside other services.
import Logging
import ServiceLifecycle
import WebSocketServer

struct Chat: OperationsHandler {
    var bridge = MetricsBridge()

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        io.subscribe(id, to: io.topic(named: "everybody"))
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        io.publish(message, to: io.topic(named: "everybody"))
    }

    mutating func onTick(_ io: inout ServerContext) {
        bridge.report(io)
    }
}

@main struct Program {
    static func main() async throws {
        let port = CommandLine.arguments.last.flatMap { UInt16($0) } ?? 8080
        let server = try Server(Chat(), ServerConfiguration(port: port))
        print("Listening on ws://\(server.addresses[0])")
        let group = ServiceGroup(
            services: [WebSocketService(server: server)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "services"))
        try await group.run()
    }
}
