// A handler that paces its output by what its readers take.

/// A handler that is called about the output of its connections: for what it keeps back while a
/// reader is slow.
public protocol OutputHandler: WebSocketHandler, ~Copyable {
    /// A connection whose socket was full, a WebSocket or an event stream, has taken all its
    /// output, broadcasts included. Called once each time: the time to send what you have kept back
    /// for it.
    mutating func onDrain(_ id: ConnectionID, _ io: inout ServerContext)
}

extension OutputHandler where Self: ~Copyable {
    public mutating func _onOutput(_ id: ConnectionID, _ io: inout ServerContext) {
        onDrain(id, &io)
    }
}
