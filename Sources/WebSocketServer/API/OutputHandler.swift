// A handler that paces its output by what its readers take.

/// A handler that is called about the output of its connections, for what it keeps back or leaves
/// out while a reader is slow. Each callback has a default that does nothing.
public protocol OutputHandler: WebSocketHandler, ~Copyable {
    /// A connection whose socket was full, a WebSocket or an event stream, has taken all its
    /// output, broadcasts included. Called once each time: the time to send what you have kept back
    /// for it.
    mutating func onDrain(_ id: ConnectionID, _ io: inout ServerContext)

    /// A subscriber has come to half of the bytes by which it may be behind a topic; beyond all of
    /// them it loses its place (``SlowConsumerPolicy``). Called once each time it gets there, and
    /// again only after it has been at less than a quarter: the time to send it less, or to tell
    /// it. ``ServerContext/lag(of:)`` is how far it is behind. A subscriber that falls out of the
    /// log at once, by a burst, is not reported before.
    mutating func onFallingBehind(
        _ id: ConnectionID, in topic: Topic, _ io: inout ServerContext)
}

extension OutputHandler where Self: ~Copyable {
    public mutating func onDrain(_ id: ConnectionID, _ io: inout ServerContext) {}

    public mutating func onFallingBehind(
        _ id: ConnectionID, in topic: Topic, _ io: inout ServerContext
    ) {}

    public mutating func _onOutput(
        _ event: _HandlerEvent, _ id: ConnectionID, _ io: inout ServerContext
    ) {
        switch event.event {
        case .drain: onDrain(id, &io)
        case .fallingBehind(let topic): onFallingBehind(id, in: topic, &io)
        default: preconditionFailure("an event of output")
        }
    }
}
