// A server and a database in one program: on SIGTERM the server ends first, then the database.
import Foundation
import Logging
import ServiceLifecycle
import WebSocketServer

struct WebSockets<Handler: WebSocketHandler>: Service {
    let server: Server<Handler>

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await server.run()
        } onGracefulShutdown: {
            server.stop()
        }
        print("The server has ended.")
    }
}

struct Database: Service {
    func run() async throws {
        try await gracefulShutdown()
        print("The database has ended.")
    }
}

let port = UInt16(CommandLine.arguments.last!) ?? 8080
let echo = ClosureHandler { message, id, io in io.send(message, to: id) }
let server = try Server(echo, ServerConfiguration(port: port))
printAddresses(of: server.listeners)
let group = ServiceGroup(
    services: [Database(), WebSockets(server: server)], gracefulShutdownSignals: [.sigterm],
    logger: Logger(label: "stranger"))
try await group.run()
