// Where the server calls its handler: one value and one call for each event.
import LinuxReactor
import Storage
import WebSocketCore

/// The only way from the server into the handler. It never escapes and is called once for each
/// event.
///
/// It is a closure, and not a generic parameter of ``ServerCore``, so that the server's code is
/// compiled for its kernel in this module, where the handler's type is not known: if it were
/// generic over both, it would be specialized for neither.
package typealias HandlerCall = (
    HandlerEvent, ConnectionID, inout ServerContext
) throws(Disconnect) -> Void

extension WebSocketHandler where Self: ~Copyable {
    /// Calls the callback for the event. `mailbox` must be the server's own: its descriptor is
    /// ``ServerCore/wakeup``.
    @inline(__always)
    package mutating func handle(
        _ event: HandlerEvent, _ id: ConnectionID, _ io: inout ServerContext,
        _ mailbox: Mailbox<_Mail>
    ) throws(Disconnect) {
        switch event {
        case .messages: handleMessages(id, &io)
        default: try handleRare(event, id, &io, mailbox)
        }
    }

    /// Calls `onMessage` for each message of one receive. A message may come every few nanoseconds:
    /// between the decoder and the handler there is only this loop.
    @inline(never)
    private mutating func handleMessages(_ id: ConnectionID, _ io: inout ServerContext) {
        let buffer = io.inbound.receiveBuffer
        var bytes = buffer.mutableSpan(0..<io.inbound.reading.end)
        while let message = io.nextMessage(in: &bytes) {
            do {
                switch message {
                case .received(let kind, let range):
                    try onMessage(Message(buffer.span(range), kind: kind), from: id, &io)
                case .assembled(let kind):
                    var assembled = io.inbound.takeAssembled()
                    try onMessage(Message(assembled.span, kind: kind), from: id, &io)
                    io.inbound.keepMemory(of: &assembled)
                }
            } catch {
                io.close(id.index, io.disconnect(by: error, id))
            }
        }
    }

    /// All events that are rarer than messages.
    @inline(never)
    private mutating func handleRare(
        _ event: HandlerEvent, _ id: ConnectionID, _ io: inout ServerContext,
        _ mailbox: Mailbox<_Mail>
    ) throws(Disconnect) {
        switch event {
        case .messages: handleMessages(id, &io)
        case .open:
            do {
                try onOpen(id, &io)
            } catch {
                throw io.disconnect(by: error, id)
            }
        case .close(let cause): onClose(id, cause, &io)
        case .drain, .fallingBehind: _onOutput(_HandlerEvent(event: event), id, &io)
        case .upgrade:
            let pending = io.http.takeRequest()
            do {
                io.http.upgradeAnswer = .success(try onUpgrade(pending.request(id), &io))
            } catch {
                io.http.upgradeAnswer = .failure(io.rejection(by: error, id))
            }
        case .requestHead, .request, .streamEnd: _onHTTP(_HandlerEvent(event: event), id, &io)
        case .error(let cause):
            if let error = io.error(cause, id) { onError(id, error, &io) }
        case .mail: handleMail(&io, mailbox)
        case .timer(let name): _onTimer(name, id == .none ? nil : id, &io)
        case .taskEnd: handleTaskEnd(id, &io)
        case .saveConnection, .recoverConnection: handleRecovery(event, id, &io)
        case .redisReplies: handleRedisReplies(&io)
        case .redisUp, .redisDown: _onRedis(_HandlerEvent(event: event), &io)
        case .start, .tick, .work, .refusal, .signal, .stop, .loopProbe:
            _onOperation(_HandlerEvent(event: event), &io)
        }
    }

    /// Calls `onMail` for what has been posted, as much of it as the turn allows: one at least.
    private mutating func handleMail(_ io: inout ServerContext, _ mailbox: Mailbox<_Mail>) {
        for _ in 0..<mailbox.count {
            guard let mail = mailbox.take() else { break }
            io.charge(Work.mail)
            _onMail(mail, &io)
            if io.isTurnSpent { break }
        }
        if mailbox.count > 0 { io.pendingCalls.insert(.mail) }
    }

    /// Has a note of the connection written, or read, in ``RecoveryTable/note``.
    private mutating func handleRecovery(
        _ event: HandlerEvent, _ id: ConnectionID, _ io: inout ServerContext
    ) {
        if case .saveConnection = event {
            var writer = StateWriter()
            let isSaved = _saveConnection(id, to: &writer, io)
            io.recovery.note.bytes = isSaved ? writer.finish() : nil
            return
        }
        let note = io.recovery.note
        var reader = StateReader(note.bytes ?? [])
        do throws(StateError) {
            io.recovery.note.isTaken = try _recoverConnection(
                id, note.state, from: &reader, places: note.places, &io)
        } catch {
            io.recovery.note.isTaken = false
            io.telemetry.logger.warning("Connection \(id) cannot go on: \(error)")
        }
    }

    /// Calls back with the outcome of a task; an error ends the connection.
    private mutating func handleTaskEnd(_ id: ConnectionID, _ io: inout ServerContext) {
        guard let ended = io.tasks.ended.take() else { preconditionFailure("no task has ended") }
        do {
            switch ended.completion {
            case let own as HandlerCompletion<Self>: try own.body(ended.failure, &self, &io)
            case let other as ContextCompletion: try other.body(ended.failure, &io)
            default: preconditionFailure("the handler of the task is not the server's handler")
            }
        } catch {
            io.end(id, by: error)
        }
    }
}
