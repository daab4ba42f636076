// Where the server meets its handler: one value an event, one call.
import LinuxReactor
import WebSocketCore

/// What the server has to tell its handler. Messages and requests wait in ``ServerContext``.
package enum HandlerEvent: BitwiseCopyable {
    case upgrade
    case request
    case open
    case messages
    case drain
    case error(CloseCause)
    case close(CloseCause)
    case start
    case tick
    case mail
    case refusal(Int)
    case signal(Signal)
    case stop
    case loopProbe
}

/// The one way from the server into the handler. It never escapes and is called once an event.
///
/// It is a closure, and not a generic parameter of ``ServerCore``, because the server's code is
/// compiled for its kernel here, where no handler's type is known: were it generic over both, it
/// would be compiled for neither.
package typealias HandlerCall = (
    HandlerEvent, ConnectionID, inout ServerContext
) throws(Disconnect) -> Void

extension WebSocketHandler where Self: ~Copyable {
    /// Calls the callback that the event is for. `mailbox` is the one whose descriptor is the
    /// server's ``ServerCore/wakeup``.
    @inline(__always)
    package mutating func handle(
        _ event: HandlerEvent, _ id: ConnectionID, _ io: inout ServerContext,
        _ mailbox: Mailbox<Mail>
    ) throws(Disconnect) {
        switch event {
        case .messages: handleMessages(id, &io)
        default: try handleRare(event, id, &io, mailbox)
        }
    }

    /// Calls `onMessage` with all that one receive has brought. A message may come every few
    /// nanoseconds: between the decoder and the handler there is this loop and nothing else.
    @inline(never)
    private mutating func handleMessages(_ id: ConnectionID, _ io: inout ServerContext) {
        let buffer = io.inbound.receiveBuffer
        var bytes = buffer.mutableSpan(0..<io.inbound.reading.end)
        while let message = io.nextMessage(in: &bytes) {
            do throws(Disconnect) {
                switch message {
                case .received(let kind, let range):
                    try onMessage(Message(buffer.span(range), kind: kind), from: id, &io)
                case .assembled(let kind):
                    var assembled = io.inbound.takeAssembled()
                    try onMessage(Message(assembled.span, kind: kind), from: id, &io)
                    io.inbound.keepMemory(of: &assembled)
                }
            } catch {
                io.close(id.index, error)
            }
        }
    }

    /// Everything that does not come with each message.
    @inline(never)
    private mutating func handleRare(
        _ event: HandlerEvent, _ id: ConnectionID, _ io: inout ServerContext,
        _ mailbox: Mailbox<Mail>
    ) throws(Disconnect) {
        switch event {
        case .messages: handleMessages(id, &io)
        case .open: try onOpen(id, &io)
        case .close(let cause): onClose(id, cause, &io)
        case .drain: onDrain(id, &io)
        case .upgrade:
            let pending = io.http.takeRequest()
            do throws(HandshakeRejection) {
                io.http.upgradeAnswer = .success(try onUpgrade(pending.request(id)))
            } catch {
                io.http.upgradeAnswer = .failure(error)
            }
        case .request:
            let pending = io.http.takeRequest()
            onRequest(pending.request(id), &io)
        case .error(let cause):
            if let error = io.error(cause, id) { onError(id, error, &io) }
        case .start: onStart(&io)
        case .tick: onTick(&io)
        case .mail:
            for mail in mailbox.takeAll() { onMail(mail, &io) }
        case .refusal(let index): onRefusal(io.telemetry.refused[index], &io)
        case .signal(let signal): onSignal(signal, &io)
        case .stop: onStop(&io)
        case .loopProbe: onLoopProbe(&io)
        }
    }
}
