// What readers on slow lines get: positions of a topic that skips, more than their lines carry,
// and bursts of a topic that disconnects, or sent to one connection.
import Foundation
import WebSocketServer

/// A client says what it wants, and gets messages that begin with the time of their publication:
/// CLOCK_MONOTONIC in nanoseconds, as 16 hexadecimal digits.
///
/// - "fresh": 6,000 bytes every 50 ms, of a topic that skips: twice what 480 kbit/s carry.
/// - "many": 24 topics that skip, each with 300 bytes every 50 ms.
/// - "flood": what "fresh" gets, of a topic that disconnects.
/// - "burst" and "direct": 400,000 bytes at once, of a topic that disconnects, or to it alone.
/// - "too much": 640,000 bytes to it alone, which is more than its outbox may have.
struct LineServer: OperationsHandler {
    private var fresh: Topic?
    private var flood: Topic?
    private var many: [Topic] = []
    /// Connections that get something at the next tick: then others cause it, and not they.
    private var waiting: [(ConnectionID, String)] = []

    static func run(host: String) throws {
        var configuration = ServerConfiguration(host: host)
        configuration.stopSignals = [.terminate]
        configuration.tickInterval = .milliseconds(50)
        // Shorter than a burst takes on its way: a Pong comes after it.
        configuration.limits.pingInterval = .seconds(1)
        configuration.limits.pongDeadline = .seconds(4)
        configuration.limits.outboxByteCount = 512 * 1024
        // Messages are not compressed, so that a test knows how long they take.
        configuration.compression = nil
        let server = try Server(LineServer(), configuration)
        print("Listening on ws://\(server.addresses[0])")
        fflush(nil)
        server.run()
    }

    mutating func onStart(_ io: inout ServerContext) {
        fresh = io.makeTopic(policy: .skipToLatest)
        flood = io.makeTopic(logByteLimit: 256 * 1024)
        many = (0..<24).map { _ in io.makeTopic(policy: .skipToLatest) }
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        switch message.text {
        case "fresh": io.subscribe(id, to: fresh!)
        case "flood": io.subscribe(id, to: flood!)
        case "many": for topic in many { io.subscribe(id, to: topic) }
        case let wish: waiting.append((id, wish))
        }
    }

    mutating func onTick(_ io: inout ServerContext) {
        io.publish(Self.text(6000, io), to: fresh!)
        io.publish(Self.text(6000, io), to: flood!)
        for topic in many { io.publish(Self.text(300, io), to: topic) }
        for (id, wish) in waiting {
            switch wish {
            case "burst":
                let topic = io.makeTopic()
                io.subscribe(id, to: topic)
                for _ in 0..<50 { io.publish(Self.text(8000, io), to: topic) }
            case "direct": for _ in 0..<50 { io.send(Self.text(8000, io), to: id) }
            case "too much": for _ in 0..<80 { io.send(Self.text(8000, io), to: id) }
            default: io.close(id, code: .policyViolation)
            }
        }
        waiting = []
    }

    private static func text(_ byteCount: Int, _ io: borrowing ServerContext) -> String {
        let digits = String(io.now.nanoseconds, radix: 16)
        let time = String(repeating: "0", count: 16 - digits.count) + digits
        return time + String(repeating: ".", count: byteCount - 16)
    }
}
