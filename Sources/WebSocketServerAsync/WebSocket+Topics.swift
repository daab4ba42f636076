// Topics, by their names.
import WebSocketServer

extension WebSocket {
    /// Subscribes the connection to the topic with this name, which the first use makes: it gets
    /// everything published from now on, until it ends or ``unsubscribe(from:)``. Its task gets
    /// none of that: it goes to the peer. An application that takes names from clients must limit
    /// their number. Topics with a policy of their own are made with ``withContext(_:)``. An
    /// outgoing connection cannot be subscribed, which is logged.
    ///
    /// - Throws: ``ServerStopped``.
    public nonisolated(nonsending) func subscribe(to topic: String) async throws {
        try await reactor.perform { io in io.subscribe(self.id, to: io.topic(named: topic)) }
    }

    /// Ends a subscription. What was published before still arrives.
    ///
    /// - Throws: ``ServerStopped``.
    public nonisolated(nonsending) func unsubscribe(from topic: String) async throws {
        try await reactor.perform { io in io.unsubscribe(self.id, from: io.topic(named: topic)) }
    }

    /// Publishes a text message to all subscribers of the topic. It is written once, whatever their
    /// number. At the end of a turn's work it waits until the loop has sent some.
    ///
    /// - Parameters:
    ///   - text: the message.
    ///   - topic: the topic's name.
    ///   - exceptSelf: whether this connection does not get it.
    /// - Throws: ``ServerStopped``.
    public nonisolated(nonsending) func publish(
        _ text: String, to topic: String, exceptSelf: Bool = false
    ) async throws {
        let isSpent = try await reactor.perform { io in
            io.publish(text, to: io.topic(named: topic), except: exceptSelf ? self.id : nil)
            return io.isTurnSpent
        }
        if isSpent { await reactor.nextTurn() }
    }
}
