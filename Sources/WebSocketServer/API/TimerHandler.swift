// A handler that is called at times of its own choice.

/// A handler that sets timers: ``ServerContext/setTimer(_:after:for:)``.
public protocol TimerHandler: WebSocketHandler, ~Copyable {
    /// A timer of ``ServerContext/setTimer(_:after:for:)`` is due, for the connection that it was
    /// set for, or nil if it is the server's. Called once for each, in the order of their times;
    /// not if it was cancelled or set anew, nor after its connection has ended.
    mutating func onTimer(_ timer: TimerName, for id: ConnectionID?, _ io: inout ServerContext)
}

extension TimerHandler where Self: ~Copyable {
    public mutating func _onTimer(
        _ timer: TimerName, _ id: ConnectionID?, _ io: inout ServerContext
    ) {
        onTimer(timer, for: id, &io)
    }
}
