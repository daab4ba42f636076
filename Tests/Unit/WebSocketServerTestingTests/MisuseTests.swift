// Mistakes that end the process, each with a sentence that says what to do.
import Testing
import WebSocketServer
import WebSocketServerTesting

/// Never has enough.
private struct Restless: OperationsHandler {
    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        io.continueLater()
    }

    mutating func onWork(_ io: inout ServerContext) { io.continueLater() }
}

@Suite struct MisuseTests {
    @Test func `A handler that makes work for itself without end`() async throws {
        let result = try await #require(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let server = try SimulatedServer(Restless())
            try server.connect().send("begin")
        }
        let text = String(decoding: result.standardErrorContent, as: UTF8.self)
        #expect(text.contains("The handler makes work for itself: it calls io.continueLater()"))
    }

    @Test func `A simulated Redis speaks no TLS`() async throws {
        let result = try await #require(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            var configuration = ServerConfiguration()
            configuration.redis = try RedisURL("rediss://localhost")
            _ = try SimulatedServer(Restless(), configuration)
        }
        let text = String(decoding: result.standardErrorContent, as: UTF8.self)
        #expect(text.contains("give the test a redis:// URL"))
    }

    @Test func `A signal that nobody watches`() async throws {
        let result = try await #require(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            try SimulatedServer(Restless()).raise(.hangUp)
        }
        let text = String(decoding: result.standardErrorContent, as: UTF8.self)
        #expect(text.contains("stopSignals or signals"))
    }

    @Test func `A callback that uses a connection of the test`() async throws {
        let result = try await #require(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            final class Kept { var client: SimulatedWebSocket? }
            struct Meddler: WebSocketHandler {
                let kept: Kept
                mutating func onMessage(
                    _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
                ) {
                    kept.client?.send("from inside")
                }
            }
            let kept = Kept()
            let server = try SimulatedServer(Meddler(kept: kept))
            kept.client = try server.connect()
            kept.client?.send("begin")
        }
        let text = String(decoding: result.standardErrorContent, as: UTF8.self)
        #expect(text.contains("A callback of the handler has used the simulated server"))
    }
}
