// A handler whose state another process takes over.
import Storage

/// Why a handler is asked to come to rest: ``HandOverHandler/prepareHandOver(_:_:)``.
public enum HandOverStage: Hashable, Sendable {
    /// The state is written for the program that checks it. This program serves on.
    case check
    /// The program has checked the state. What is under way has ``Reexec/grace`` to end.
    case waiting
    /// The state is written for the last time: what is still under way must end now.
    case takingOver
}

/// A handler that passes its state to the process that takes over its connections.
///
/// Requests that it has not answered yet go on, too, with the same ``ConnectionID``: write what is
/// needed to answer them, and the next program's handler answers. A request that it has not
/// answered two minutes later gets 503. Event streams go on, and handshakes that wait for a
/// decision. Requests of handlers that are no `HandOverHandler` are waited for, and end with their
/// connection.
public protocol HandOverHandler: WebSocketHandler, ~Copyable {
    /// Writes everything that must survive a hand-over to another program: see
    /// ``Server/reexec(_:onFailure:)``. Called twice for each, between two turns: for the check,
    /// after which the server serves on, and as the last callback before the other program takes
    /// over. If that fails, callbacks go on. At a restart with a
    /// ``ServerConfiguration/descriptorStore`` there is no check, and it is called once.
    func save(to writer: inout StateWriter, _ io: borrowing ServerContext)

    /// Brings the handler to rest for a stage of a hand-over, between two turns, while nothing else
    /// is called: for example, waits a few milliseconds for a database. Returns false if that needs
    /// more time. Then nothing must have changed, callbacks go on, and it is called again: 20 ms
    /// later at the earliest, and for at most ``Reexec/grace`` at each stage. Longer waits at
    /// ``HandOverStage/waiting`` end in ``HandOverStage/takingOver``, and at the other stages in
    /// ``ReexecFailure/busy(_:)``.
    ///
    /// After `check` and `takingOver` the state is written at once. What was sent and published
    /// here goes on like everything else. The default returns true.
    mutating func prepareHandOver(_ stage: HandOverStage, _ io: inout ServerContext) -> Bool

    /// The state has been written, and this program serves on: after each
    /// ``prepareHandOver(_:_:)`` for `check` that has returned true, and where the other program
    /// could not take over after all. The default does nothing.
    mutating func resumeAfterHandOver(_ io: inout ServerContext)

    /// Reads everything that ``save(to:_:)`` wrote, before any other callback. Topics and
    /// connections have the same IDs as before. A thrown error ends the hand-over.
    ///
    /// It is called in the program that takes over, and before that in a child of which nothing is
    /// left, to see whether it throws: it should do nothing but read. Where the handler of the
    /// program before was no ``HandOverHandler``, the reader is at its end at once.
    mutating func restore(
        from reader: inout StateReader, _ io: inout ServerContext
    ) throws(StateError)
}

extension HandOverHandler where Self: ~Copyable {
    public static var _isHandedOver: Bool { true }

    public mutating func prepareHandOver(
        _ stage: HandOverStage, _ io: inout ServerContext
    ) -> Bool {
        true
    }

    public mutating func resumeAfterHandOver(_ io: inout ServerContext) {}

    public mutating func _prepareHandOver(
        _ stage: HandOverStage, _ io: inout ServerContext
    ) -> Bool {
        prepareHandOver(stage, &io)
    }

    public mutating func _resumeAfterHandOver(_ io: inout ServerContext) {
        resumeAfterHandOver(&io)
    }

    public func _save(to writer: inout StateWriter, _ io: borrowing ServerContext) {
        save(to: &writer, io)
    }

    public mutating func _restore(
        from reader: inout StateReader, _ io: inout ServerContext
    ) throws(StateError) {
        try restore(from: &reader, &io)
    }
}
