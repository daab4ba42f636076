// A handler that takes part in running the server: start, ticks, signals, stop.
import LinuxReactor

/// A handler that takes part in running its server. Each callback has a default that does nothing.
public protocol OperationsHandler: WebSocketHandler, ~Copyable {
    /// The loop begins. Called once, before any other callback but
    /// ``HandOverHandler/restore(from:_:)``: the time to make topics, or outgoing connections.
    mutating func onStart(_ io: inout ServerContext)

    /// Called once in each ``ServerConfiguration/tickInterval``, by default a second, between other
    /// callbacks; later if a turn takes longer. Missed ticks are not made up for.
    mutating func onTick(_ io: inout ServerContext)

    /// A turn after ``ServerContext/continueLater()``: the time to go on with what was too much for
    /// one turn. Called once for each turn in which it was asked for, after the events of that turn
    /// have been handled. Stop when ``ServerContext/isTurnSpent`` is true, and ask again if
    /// something is left.
    mutating func onWork(_ io: inout ServerContext)

    /// A connection was not admitted, or its request was refused: by a limit, as a bad request, by
    /// the rules for Origin and Host, or by this handler's own `onUpgrade` or `onRequestHead`.
    /// Called once for each, at the end of the turn; the peer already has its answer.
    mutating func onRefusal(_ refused: RefusedConnection, _ io: inout ServerContext)

    /// A signal of ``ServerConfiguration/signals`` has come. Called once for each that the kernel
    /// delivers: it may merge several of the same number (signal(7)).
    mutating func onSignal(_ signal: Signal, _ io: inout ServerContext)

    /// The server begins to stop, for whatever reason: no more connections are accepted, and
    /// ``ServerContext/isStopping`` is true. Called once, before the first connection is closed for
    /// it.
    mutating func onStop(_ io: inout ServerContext)

    /// The loop has completed a round: an event that was raised at the start or in the last tick
    /// has returned through epoll(7), and every topic that was waiting then has had its share of a
    /// sweep. Called soon after ``onStart(_:)-(ServerContext)`` and then about once in each
    /// ``ServerConfiguration/tickInterval``, at the end of a turn, and not while the loop is stuck:
    /// the time to notify a watchdog. ``ServerContext/loopLag`` is how long the event waited.
    mutating func onLoopProbe(_ io: inout ServerContext)
}

extension OperationsHandler where Self: ~Copyable {
    public mutating func onStart(_ io: inout ServerContext) {}

    public mutating func onTick(_ io: inout ServerContext) {}

    public mutating func onWork(_ io: inout ServerContext) {}

    public mutating func onRefusal(_ refused: RefusedConnection, _ io: inout ServerContext) {}

    public mutating func onSignal(_ signal: Signal, _ io: inout ServerContext) {}

    public mutating func onStop(_ io: inout ServerContext) {}

    public mutating func onLoopProbe(_ io: inout ServerContext) {}

    public mutating func _onOperation(_ event: _HandlerEvent, _ io: inout ServerContext) {
        switch event.event {
        case .start: onStart(&io)
        case .tick: onTick(&io)
        case .work: onWork(&io)
        case .refusal(let index): onRefusal(io.telemetry.refused[index], &io)
        case .signal(let signal): onSignal(signal, &io)
        case .stop: onStop(&io)
        case .loopProbe: onLoopProbe(&io)
        default: preconditionFailure("an event of the server's operation")
        }
    }
}
