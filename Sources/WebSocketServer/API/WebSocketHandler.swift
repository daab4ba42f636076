// What an application is to the server: a value with a few callbacks.
import LinuxReactor
import Storage
import WebSocketCore

/// The application. It is a value that the server owns for its whole life; its callbacks run on the
/// reactor's thread, one after the other, so it needs no lock and no task.
///
/// For each connection: `onOpen (onMessage | onDrain | onError)* onClose`. Each open is matched by
/// exactly one close, and no callback is called while another runs: what a callback sends, closes
/// or publishes takes effect after it has returned.
///
/// No callback may block: the server does nothing else meanwhile. What takes time goes to another
/// thread and comes back through the ``Server/mailbox``.
public protocol WebSocketHandler: ~Copyable {
    /// What other threads send to this handler through ``Server/mailbox``; `Never` for nothing.
    associatedtype Mail: Sendable = Never

    /// A client asks for a WebSocket. The request is a valid opening handshake (RFC 6455 §4.2.1)
    /// with an admitted Origin. Return what is to be answered, or throw the status and the sentence
    /// that the client gets instead. Called once a handshake, just before `onOpen`; not for those
    /// that a limit has refused. The default accepts every path.
    mutating func onUpgrade(
        _ request: borrowing HTTPRequest
    ) throws(HandshakeRejection) -> UpgradeReply

    /// A plain HTTP request, whole with its body, which is at most ``Limits/bodyByteCount``. Answer
    /// it now, or later from another callback, with ``ServerContext/respond(to:with:)`` or
    /// ``ServerContext/beginResponse(to:_:headers:)``; until then nothing more is read from the
    /// connection, and no deadline ends it. Called once a request, HEAD included. The default
    /// replies 404.
    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext)

    /// A connection is open and may be sent to. Called once, before any other callback about it but
    /// `onUpgrade`. What it throws closes the connection, and `onClose` follows.
    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws(Disconnect)

    /// A message is complete: at most ``Limits/messageByteCount``, UTF-8 if it is text. Called once
    /// for each, in the order of sending, and not after the server has begun to close the
    /// connection. What it throws closes the connection.
    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect)

    /// A connection whose socket was full has taken everything that it was owed, broadcasts
    /// included. Called once each time: the moment to go on with what was held back for it.
    mutating func onDrain(_ id: ConnectionID, _ io: inout ServerContext)

    /// A connection is ending because of trouble: a broken protocol or limit, a lost network, a
    /// peer that does not answer or read. Called at most once, just before `onClose`, and not for
    /// the handler's own ``Disconnect``. The default logs it.
    mutating func onError(_ id: ConnectionID, _ error: ConnectionError, _ io: inout ServerContext)

    /// A connection has ended: messages to it go nowhere, and its subscriptions are gone. Called
    /// exactly once for each that was opened, at the end of a turn.
    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext)

    /// The loop begins. Called once, before any other callback but ``restore(from:_:)``: the moment
    /// to make topics, or to connect outward.
    mutating func onStart(_ io: inout ServerContext)

    /// Called once every ``ServerConfiguration/tickInterval``, by default a second, between other
    /// callbacks; later if a turn takes longer, and never to make up for it.
    mutating func onTick(_ io: inout ServerContext)

    /// A letter that another thread posted to the server's mailbox. Called once for each that
    /// `post` took, in the order of posting; those that wait when the server stops are lost.
    mutating func onMail(_ mail: Mail, _ io: inout ServerContext)

    /// A connection was not let in, or its request was refused: a limit, a bad request, the Origin
    /// rule, or this handler's own `onUpgrade`. Called once for each, at the end of the turn, and of
    /// no use to the peer, who has its answer. The default does nothing.
    mutating func onRefusal(_ refused: RefusedConnection, _ io: inout ServerContext)

    /// A signal of ``ServerConfiguration/signals`` has come. Called once for each that the kernel
    /// tells apart: several of the same number may be one.
    mutating func onSignal(_ number: Int32, _ io: inout ServerContext)

    /// The server begins to stop, for whatever reason: nobody new is accepted from here on, and
    /// ``ServerContext/isStopping`` is true. Called once, before the first connection is closed for it.
    mutating func onStop(_ io: inout ServerContext)

    /// The loop has gone round: an event that was raised at the start or in the last tick has come
    /// back through epoll(7), and every topic that was waiting then has had its share of a sweep.
    /// Called soon after ``onStart(_:)-(ServerContext)`` and then about once a tick, at the end of a turn, and not while the loop is stuck: the moment to tell a
    /// watchdog. ``ServerContext/loopLag`` says how long the event waited.
    mutating func onLoopProbe(_ io: inout ServerContext)

    /// Writes everything that must survive a hand-over to another process. Called at most once,
    /// with nothing after it. ``Server`` does not hand over by itself yet; the default writes
    /// nothing.
    func save(to writer: inout StateWriter, _ io: borrowing ServerContext)

    /// Takes over what ``save(to:_:)`` wrote, all of it, before any other callback. Topics and
    /// connections have the names that they had. What it throws ends the hand-over.
    mutating func restore(
        from reader: inout StateReader, _ io: inout ServerContext
    ) throws(StateError)
}

extension WebSocketHandler where Self: ~Copyable {
    public mutating func onUpgrade(
        _ request: borrowing HTTPRequest
    ) throws(HandshakeRejection) -> UpgradeReply {
        UpgradeReply()
    }

    public mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        io.respond(to: request.id, with: .notFound)
    }

    public mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws(Disconnect) {}

    public mutating func onDrain(_ id: ConnectionID, _ io: inout ServerContext) {}

    public mutating func onError(
        _ id: ConnectionID, _ error: ConnectionError, _ io: inout ServerContext
    ) {
        // That peers vanish is the way of the network; that one breaks the protocol is worth a line.
        switch error {
        case .violation, .disconnect: io.telemetry.logger.info("Connection \(id): \(error)")
        case .notConnected, .handshake: io.telemetry.logger.warning("Connection \(id): \(error)")
        case .system, .unresponsive: io.telemetry.logger.debug("Connection \(id): \(error)")
        }
    }

    public mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext)
    {}

    public mutating func onStart(_ io: inout ServerContext) {}

    public mutating func onTick(_ io: inout ServerContext) {}

    public mutating func onMail(_ mail: Mail, _ io: inout ServerContext) {}

    public mutating func onRefusal(_ refused: RefusedConnection, _ io: inout ServerContext) {}

    public mutating func onSignal(_ number: Int32, _ io: inout ServerContext) {}

    public mutating func onStop(_ io: inout ServerContext) {}

    public mutating func onLoopProbe(_ io: inout ServerContext) {}

    public func save(to writer: inout StateWriter, _ io: borrowing ServerContext) {}

    public mutating func restore(
        from reader: inout StateReader, _ io: inout ServerContext
    ) throws(StateError) {}
}
