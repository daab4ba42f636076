// The group stops the server in order, and the figures arrive in swift-metrics.
import Logging
import Metrics
import MetricsTestKit
import ServiceLifecycle
import Testing
import WebSocketServer

@testable import ServicesExample

/// Stops the group as soon as it serves.
private struct Stopper: OperationsHandler {
    let isServing: AsyncStream<Void>.Continuation

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {}

    mutating func onStart(_ io: inout ServerContext) { isServing.finish() }
}

@Suite struct ServicesTests {
    @Test(.timeLimit(.minutes(1))) func `A group that shuts down ends the server`() async throws {
        let (serving, isServing) = AsyncStream.makeStream(of: Void.self)
        let server = try Server(
            Stopper(isServing: isServing), ServerConfiguration(host: "127.0.0.1", port: 0))
        let group = ServiceGroup(
            services: [WebSocketService(server: server)], logger: Logger(label: "test"))
        async let end: Void = group.run()
        for await _ in serving {}
        await group.triggerGracefulShutdown()
        try await end
    }

    @Test func `Counters grow by what came, gauges are as they are`() throws {
        let metrics = TestMetrics()
        MetricsSystem.bootstrap(metrics)
        var bridge = MetricsBridge()
        for (opened, open) in [(3, 3), (5, 1)] {
            bridge.write(.counter, "opened_total", "Opened.", opened)
            bridge.write(.gauge, "open", "Open.", open)
            bridge.write(.counter, "closed_total", "Closed.", by: "cause", [("peer", opened)])
        }
        #expect(try metrics.expectCounter("websocket_opened_total").values.reduce(0, +) == 5)
        #expect(try metrics.expectGauge("websocket_open").lastValue == 1)
        let closed = try metrics.expectCounter("websocket_closed_total", [("cause", "peer")])
        #expect(closed.values == [3, 2])
    }
}
