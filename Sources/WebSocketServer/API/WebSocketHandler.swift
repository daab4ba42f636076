// The application as the server sees it: a value with a few callbacks.
import LinuxReactor
import Storage
import WebSocketCore

/// The application. It is a value that the server owns for its whole life. Its callbacks run on the
/// server's thread, one after the other, so it needs no lock and no task.
///
/// For each connection: `onOpen (onMessage | onDrain | onError)* onClose`. Each open is matched by
/// exactly one close, and no callback is called while another runs: what a callback sends, closes
/// or publishes takes effect after it has returned.
///
/// No callback may block: the server does nothing else meanwhile. Slow work belongs on another
/// thread, which returns its result through the ``Server/mailbox``.
public protocol WebSocketHandler: ~Copyable, SendableMetatype {
    /// The type of what other threads send to this handler through ``Server/mailbox``; `Never` for
    /// nothing.
    associatedtype Mail: Sendable = Never

    /// A client asks for a WebSocket. The request is a valid opening handshake (RFC 6455 §4.2.1)
    /// with an admitted Origin. Return what to add to the answer, or throw the status and the
    /// sentence that the client gets instead. Called once for each handshake, just before `onOpen`,
    /// and not for connections that a limit has refused. Any error but a `HandshakeRejection` is
    /// logged, and answered with 500. The default accepts every path.
    mutating func onUpgrade(_ request: borrowing HTTPRequest) throws -> UpgradeReply

    /// The head of a plain HTTP request that announces a body, before anything of the body is read:
    /// the time to ask who sends it. The request's `body` is empty. A thrown `HandshakeRejection`
    /// is the answer, and 500 that to any other error, which is logged; the body is not kept, no
    /// "100 Continue" is sent, and the connection ends in order.
    /// Nothing can be answered otherwise here: ``onRequest(_:_:)`` follows once the body is there.
    /// The default accepts every request.
    mutating func onRequestHead(
        _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) throws

    /// A plain HTTP request, complete with its body, which is at most ``Limits/bodyByteCount``.
    /// Answer it now, or later from another callback, with ``ServerContext/respond(to:with:)`` or
    /// ``ServerContext/beginResponse(to:_:headers:)``; until then nothing more is read from the
    /// connection, and no deadline ends it. It ends when the client ends its stream:
    /// ``ServerContext/isAnswerable(_:)`` is false then. Called once for each request, HEAD
    /// included, but for `OPTIONS *`, which the server answers. The default is
    /// ``HTTPResponse/webSocketOnly(_:)``: 426 to GET.
    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext)

    /// A connection is open, and messages may be sent to it. Called once, before any other callback
    /// about it but `onUpgrade`. A thrown ``Disconnect`` closes the connection, and `onClose`
    /// follows; any other error does so with 1011 (RFC 6455 §7.4.1), and is logged.
    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws

    /// A message is complete: at most ``Limits/messageByteCount``, UTF-8 if it is text. Called once
    /// for each message, in the order of sending, and not after the server has begun to close the
    /// connection. A thrown ``Disconnect`` closes the connection; any other error does so with
    /// 1011, and is logged.
    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws

    /// A connection whose socket was full, a WebSocket or an event stream, has taken all its
    /// output, broadcasts included. Called once each time: the time to send what you have kept back
    /// for it.
    mutating func onDrain(_ id: ConnectionID, _ io: inout ServerContext)

    /// A connection is ending because of an error: a violation of the protocol or a limit, a lost
    /// network, a peer that does not answer or read. Called at most once, just before `onClose`,
    /// and not for the handler's own ``Disconnect``. The default logs it.
    mutating func onError(_ id: ConnectionID, _ error: ConnectionError, _ io: inout ServerContext)

    /// A connection has ended: messages to it are dropped, and its subscriptions have ended. Called
    /// exactly once for each connection that was opened, and for each ``ServerContext/connect(_:)``
    /// that failed, at the end of a turn.
    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext)

    /// An event stream has ended, for whatever reason: nothing reaches its reader any more, and its
    /// subscriptions have ended. Called exactly once for each stream that
    /// ``ServerContext/beginEventStream(to:headers:)`` has begun, at the end of a turn.
    mutating func onEventStreamEnd(
        _ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext)

    /// The loop begins. Called once, before any other callback but ``restore(from:_:)``: the time
    /// to make topics, or outgoing connections.
    mutating func onStart(_ io: inout ServerContext)

    /// Called once in each ``ServerConfiguration/tickInterval``, by default a second, between other
    /// callbacks; later if a turn takes longer. Missed ticks are not made up for.
    mutating func onTick(_ io: inout ServerContext)

    /// A message that another thread posted to the ``Server/mailbox``. Called once for each that
    /// `post` accepted, in the order of posting, as many in a turn as its work allows
    /// (``ServerContext/isTurnSpent``); messages that wait when the server stops are lost.
    mutating func onMail(_ mail: Mail, _ io: inout ServerContext)

    /// A timer of ``ServerContext/setTimer(_:after:for:)`` is due. Called once for each, in the
    /// order of their times; not if it was cancelled or set anew, nor after its connection has
    /// ended.
    ///
    /// - Parameters:
    ///   - timer: what it is for.
    ///   - id: the connection that it was set for; nil for a timer of the server.
    mutating func onTimer(_ timer: TimerName, for id: ConnectionID?, _ io: inout ServerContext)

    /// A subscriber has come to half of the bytes by which it may be behind a topic; beyond all of
    /// them it loses its place (``SlowConsumerPolicy``). Called once each time it gets there, and
    /// again only after it has been at less than a quarter: the time to send it less, or to tell
    /// it. ``ServerContext/lag(of:)`` is how far it is behind. A subscriber that falls out of the
    /// log at once, by a burst, is not reported before.
    mutating func onFallingBehind(
        _ id: ConnectionID, in topic: Topic, _ io: inout ServerContext)

    /// A turn after ``ServerContext/continueLater()``: the time to go on with what was too much for
    /// one turn. Called once for each turn in which it was asked for, after the events of that turn
    /// have been handled. Stop when ``ServerContext/isTurnSpent`` is true, and ask again if
    /// something is left.
    mutating func onWork(_ io: inout ServerContext)

    /// A connection was not admitted, or its request was refused: by a limit, as a bad request, by
    /// the rules for Origin and Host, or by this handler's own `onUpgrade` or `onRequestHead`.
    /// Called once for each, at the end of the turn; the peer already has its answer. The default
    /// does nothing.
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

    /// Writes everything that must survive a hand-over to another process. Called at most once, as
    /// the last callback. ``Server`` does not hand over by itself yet; the default writes nothing.
    func save(to writer: inout StateWriter, _ io: borrowing ServerContext)

    /// Reads everything that ``save(to:_:)`` wrote, before any other callback. Topics and
    /// connections have the same IDs as before. A thrown error ends the hand-over.
    mutating func restore(
        from reader: inout StateReader, _ io: inout ServerContext
    ) throws(StateError)
}

extension WebSocketHandler where Self: ~Copyable {
    public mutating func onUpgrade(_ request: borrowing HTTPRequest) throws -> UpgradeReply {
        UpgradeReply()
    }

    public mutating func onRequestHead(
        _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) throws {}

    public mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        io.respond(to: request.id, with: .webSocketOnly(request.head))
    }

    public mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws {}

    public mutating func onDrain(_ id: ConnectionID, _ io: inout ServerContext) {}

    public mutating func onError(
        _ id: ConnectionID, _ error: ConnectionError, _ io: inout ServerContext
    ) {
        // Lost peers are routine; a protocol violation is worth a line in the log.
        switch error {
        case .violation, .disconnect: io.telemetry.logger.info("Connection \(id): \(error)")
        case .notConnected, .handshake: io.telemetry.logger.warning("Connection \(id): \(error)")
        case .system, .unresponsive: io.telemetry.logger.debug("Connection \(id): \(error)")
        }
    }

    public mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext)
    {}

    public mutating func onEventStreamEnd(
        _ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext
    ) {}

    public mutating func onStart(_ io: inout ServerContext) {}

    public mutating func onTick(_ io: inout ServerContext) {}

    public mutating func onMail(_ mail: Mail, _ io: inout ServerContext) {}

    public mutating func onTimer(
        _ timer: TimerName, for id: ConnectionID?, _ io: inout ServerContext
    ) {}

    public mutating func onFallingBehind(
        _ id: ConnectionID, in topic: Topic, _ io: inout ServerContext
    ) {}

    public mutating func onWork(_ io: inout ServerContext) {}

    public mutating func onRefusal(_ refused: RefusedConnection, _ io: inout ServerContext) {}

    public mutating func onSignal(_ signal: Signal, _ io: inout ServerContext) {}

    public mutating func onStop(_ io: inout ServerContext) {}

    public mutating func onLoopProbe(_ io: inout ServerContext) {}

    public func save(to writer: inout StateWriter, _ io: borrowing ServerContext) {}

    public mutating func restore(
        from reader: inout StateReader, _ io: inout ServerContext
    ) throws(StateError) {}
}
