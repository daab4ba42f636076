// What an application is to the server: a value with a few callbacks.
import LinuxReactor
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
    /// What other threads send to this handler.
    associatedtype Mail: Sendable = Never

    /// A client asks for a WebSocket. The request is a valid opening handshake with an admitted
    /// Origin. Return what is to be answered, or throw what is wrong. Called once a handshake.
    /// The default accepts every path.
    mutating func onUpgrade(
        _ request: borrowing HTTPRequest
    ) throws(HandshakeRejection) -> UpgradeReply

    /// A plain HTTP request, whole with its body, which is at most ``Limits/bodyByteCount``. Answer
    /// it now, or later from another callback, with ``Outbound/respond(to:_:)``; until then nothing
    /// more is read from the connection. The default answers 404.
    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout Outbound)

    /// A connection is open: the first callback that names it. Called once.
    mutating func onOpen(_ id: ConnectionID, _ io: inout Outbound) throws(Disconnect)

    /// A message is complete. Called once for each, in the order of sending.
    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout Outbound
    ) throws(Disconnect)

    /// A connection whose output was held up has taken all of it. Called once each time.
    mutating func onDrain(_ id: ConnectionID, _ io: inout Outbound)

    /// A connection is ending because of trouble: a broken protocol, a lost network, a refusal.
    /// Called at most once, just before `onClose`. The default logs it.
    mutating func onError(_ id: ConnectionID, _ error: ConnectionError, _ io: inout Outbound)

    /// A connection has ended; its name stands for nothing from now on. Called exactly once for each
    /// that was opened.
    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout Outbound)

    /// Called at every ``ServerConfiguration/tickInterval``, once a second by default, between
    /// other callbacks.
    mutating func onTick(_ io: inout Outbound)

    /// A letter that another thread posted to the server's mailbox.
    mutating func onMail(_ mail: Mail, _ io: inout Outbound)

    /// Writes everything that must survive a hand-over to another process. Called at most once, with
    /// nothing after it.
    func save(to writer: inout StateWriter, _ io: borrowing Outbound)

    /// Takes over what ``save(to:_:)`` wrote, before any other callback. Topics and connections have
    /// the names that they had.
    mutating func restore(
        from reader: inout StateReader, _ io: inout Outbound
    ) throws(StateError)
}

extension WebSocketHandler where Self: ~Copyable {
    public mutating func onUpgrade(
        _ request: borrowing HTTPRequest
    ) throws(HandshakeRejection) -> UpgradeReply {
        UpgradeReply()
    }

    public mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout Outbound) {
        io.respond(to: request.id, .notFound)
    }

    public mutating func onOpen(_ id: ConnectionID, _ io: inout Outbound) throws(Disconnect) {}

    public mutating func onDrain(_ id: ConnectionID, _ io: inout Outbound) {}

    public mutating func onError(
        _ id: ConnectionID, _ error: ConnectionError, _ io: inout Outbound
    ) {
        // That peers vanish is the way of the network; that one breaks the protocol is worth a line.
        switch error {
        case .violation, .disconnect: io.logger.info("Connection \(id): \(error)")
        case .system, .unresponsive: io.logger.debug("Connection \(id): \(error)")
        }
    }

    public mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout Outbound) {}

    public mutating func onTick(_ io: inout Outbound) {}

    public mutating func onMail(_ mail: Mail, _ io: inout Outbound) {}

    public func save(to writer: inout StateWriter, _ io: borrowing Outbound) {}

    public mutating func restore(
        from reader: inout StateReader, _ io: inout Outbound
    ) throws(StateError) {}
}

/// How an opening handshake is accepted.
public struct UpgradeReply: Sendable {
    /// One of those that the client offered (RFC 6455 §4.2.2), or nil for none.
    public var subprotocol: String?
    /// More headers for the 101 response.
    public var headers: [(String, String)]

    /// An acceptance; without arguments it adds nothing to the response.
    public init(subprotocol: String? = nil, headers: [(String, String)] = []) {
        self.subprotocol = subprotocol
        self.headers = headers
    }
}
