// The application as the server sees it: a value with a few callbacks.
import LinuxReactor
import RedisClient
import Storage
import WebSocketCore

/// The application. It is a value that the server owns for its whole life. Its callbacks run on the
/// server's thread, one after the other, so it needs no lock and no task.
///
/// For each connection: `onOpen (onMessage | onError)* onClose`. Each open is matched by exactly
/// one close, and no callback is called while another runs: what a callback sends, closes or
/// publishes takes effect after it has returned.
///
/// These callbacks are all that a WebSocket needs. A handler that wants more conforms to a protocol
/// that refines this one, or to several:
///
/// | protocol | callbacks |
/// |---|---|
/// | ``HTTPHandler`` | plain HTTP requests, event streams |
/// | ``MailHandler`` | messages of other threads |
/// | ``OutputHandler`` | a slow reader falls behind, or has caught up |
/// | ``TimerHandler`` | timers |
/// | ``OperationsHandler`` | start, ticks, signals, stop, refusals, work in parts |
/// | ``RedisHandler`` | the connection to Redis, messages of its channels |
/// | ``HandOverHandler`` | the handler's state, for another process |
/// | ``RecoveryHandler`` | connections that survive a crash |
///
/// A callback of a protocol that the handler does not conform to is an ordinary method, and never
/// called. State the conformances where the type is declared, not in an extension with conditions
/// or in another module: the server would not see them. In a debug build the server compares a
/// handler's methods with the callbacks when it is made, and logs a warning for each that has the
/// name of one and is not called.
///
/// No callback may block: the server does nothing else meanwhile. Slow work belongs into a task
/// (``startTask(for:within:_:_:then:otherwise:)``), or on another thread, which returns its result
/// through the ``Server/mailbox``.
public protocol WebSocketHandler: ~Copyable, SendableMetatype {
    /// A client asks for a WebSocket. The request is a valid opening handshake (RFC 6455 §4.2.1)
    /// with an admitted Origin. Return ``UpgradeDecision/accept(_:)`` with what to add to the
    /// answer, and `onOpen` follows; return ``UpgradeDecision/later`` if something must be found
    /// out first; or throw a `HandshakeRejection`, the status and the sentence that the client gets
    /// instead. Any other error is logged, and answered with 500. Called once for each handshake,
    /// and not for connections that a limit has refused. The connection is not open yet: nothing
    /// can be sent to it. The default returns what ``onUpgrade(_:)`` does.
    mutating func onUpgrade(
        _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) throws -> UpgradeDecision

    /// The same for a handler that decides at once and by the request alone; not called if there is
    /// an ``onUpgrade(_:_:)``. The default accepts every path.
    mutating func onUpgrade(_ request: borrowing HTTPRequest) throws -> UpgradeReply

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

    /// A connection is ending because of an error: a violation of the protocol or a limit, a lost
    /// network, a peer that does not answer or read. Called at most once, just before `onClose`,
    /// and not for the handler's own ``Disconnect``. The default logs it.
    mutating func onError(_ id: ConnectionID, _ error: ConnectionError, _ io: inout ServerContext)

    /// A connection has ended: messages to it are dropped, and its subscriptions have ended. Called
    /// exactly once for each connection that was opened, for each ``ServerContext/connect(_:)``
    /// that failed, and for each handshake that was to be decided ``UpgradeDecision/later`` and did
    /// not open, at the end of a turn.
    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext)

    // What refining protocols override: nothing for a handler to implement.

    /// The type of the mail: that of ``MailHandler``, or none.
    associatedtype _Mail: Sendable = Never

    /// Calls the callback of ``HTTPHandler``, if the handler is one.
    mutating func _onHTTP(_ event: _HandlerEvent, _ id: ConnectionID, _ io: inout ServerContext)

    /// Calls the callback of ``OutputHandler``, if the handler is one.
    mutating func _onOutput(_ event: _HandlerEvent, _ id: ConnectionID, _ io: inout ServerContext)

    /// Calls the callback of ``TimerHandler``, if the handler is one.
    mutating func _onTimer(_ timer: TimerName, _ id: ConnectionID?, _ io: inout ServerContext)

    /// Calls the callback of ``MailHandler``, if the handler is one.
    mutating func _onMail(_ mail: _Mail, _ io: inout ServerContext)

    /// Calls the callback of ``OperationsHandler``, if the handler is one.
    mutating func _onOperation(_ event: _HandlerEvent, _ io: inout ServerContext)

    /// Calls the callback of ``RedisHandler``, if the handler is one.
    mutating func _onRedis(_ event: _HandlerEvent, _ io: inout ServerContext)

    /// Calls the callback of ``RedisHandler``, if the handler is one; a push answers no request.
    mutating func _onRedisReply(
        _ reply: borrowing RedisReply, to request: RedisRequest?, _ io: inout ServerContext)

    /// Whether the handler is a ``HandOverHandler``.
    static var _isHandedOver: Bool { get }

    /// Calls the callback of ``HandOverHandler``, if the handler is one.
    mutating func _prepareHandOver(_ stage: HandOverStage, _ io: inout ServerContext) -> Bool

    /// Calls the callback of ``HandOverHandler``, if the handler is one.
    mutating func _resumeAfterHandOver(_ io: inout ServerContext)

    /// Calls the callback of ``HandOverHandler``, if the handler is one.
    func _save(to writer: inout StateWriter, _ io: borrowing ServerContext)

    /// Calls the callback of ``HandOverHandler``, if the handler is one.
    mutating func _restore(
        from reader: inout StateReader, _ io: inout ServerContext
    ) throws(StateError)

    /// Whether the handler is a ``RecoveryHandler``.
    static var _recovers: Bool { get }

    /// Calls the callback of ``RecoveryHandler``, if the handler is one.
    func _saveConnection(
        _ id: ConnectionID, to writer: inout StateWriter, _ io: borrowing ServerContext
    ) -> Bool

    /// Calls the callback of ``RecoveryHandler``, if the handler is one.
    mutating func _recoverConnection(
        _ id: ConnectionID, _ state: RecoveredState, from reader: inout StateReader,
        places: [TopicPlace], _ io: inout ServerContext
    ) throws(StateError) -> Bool
}

extension WebSocketHandler where Self: ~Copyable {
    public mutating func onUpgrade(
        _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) throws -> UpgradeDecision {
        .accept(try onUpgrade(request))
    }

    public mutating func onUpgrade(_ request: borrowing HTTPRequest) throws -> UpgradeReply {
        UpgradeReply()
    }

    public mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws {}

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
}

// What the server does for a handler that refines nothing.
extension WebSocketHandler where Self: ~Copyable {
    public mutating func _onHTTP(
        _ event: _HandlerEvent, _ id: ConnectionID, _ io: inout ServerContext
    ) {
        guard case .request = event.event else { return }
        let pending = io.http.takeRequest()
        io.respond(to: id, with: .webSocketOnly(pending.request(id).head))
    }

    public mutating func _onOutput(
        _ event: _HandlerEvent, _ id: ConnectionID, _ io: inout ServerContext
    ) {}

    public mutating func _onTimer(
        _ timer: TimerName, _ id: ConnectionID?, _ io: inout ServerContext
    ) {}

    public mutating func _onMail(_ mail: _Mail, _ io: inout ServerContext) {}

    public mutating func _onOperation(_ event: _HandlerEvent, _ io: inout ServerContext) {}

    public mutating func _onRedis(_ event: _HandlerEvent, _ io: inout ServerContext) {}

    public mutating func _onRedisReply(
        _ reply: borrowing RedisReply, to request: RedisRequest?, _ io: inout ServerContext
    ) {}

    public static var _isHandedOver: Bool { false }

    public mutating func _prepareHandOver(
        _ stage: HandOverStage, _ io: inout ServerContext
    ) -> Bool {
        true
    }

    public mutating func _resumeAfterHandOver(_ io: inout ServerContext) {}

    public func _save(to writer: inout StateWriter, _ io: borrowing ServerContext) {}

    public mutating func _restore(
        from reader: inout StateReader, _ io: inout ServerContext
    ) throws(StateError) {}

    public static var _recovers: Bool { false }

    public func _saveConnection(
        _ id: ConnectionID, to writer: inout StateWriter, _ io: borrowing ServerContext
    ) -> Bool {
        false
    }

    public mutating func _recoverConnection(
        _ id: ConnectionID, _ state: RecoveredState, from reader: inout StateReader,
        places: [TopicPlace], _ io: inout ServerContext
    ) throws(StateError) -> Bool {
        false
    }
}
