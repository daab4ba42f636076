// A server as a service that a group starts and stops.
import ServiceLifecycle
import WebSocketServer

/// Runs a server until the group shuts down: every client gets a Close 1001 then, and the group
/// goes on to its other services once all have ended.
struct WebSocketService<Handler: WebSocketHandler>: Service {
    let server: Server<Handler>

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await server.run()
        } onGracefulShutdown: {
            server.stop()
        }
    }
}
