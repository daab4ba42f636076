// Where the server meets its handler: one value an event, one call.
import LinuxReactor
import WebSocketCore

/// What the server has to tell its handler. Nothing in it needs to be retained or destroyed, since a
/// message may come every few nanoseconds; a request waits in ``Outbound``.
package enum HandlerEvent: ~Copyable, ~Escapable {
    case upgrade
    case request
    case open
    case message(Message)
    case drain
    case error(CloseCause)
    case close(CloseCause)
    case start
    case tick
    case mail
    case refusal(Int)
    case signal(Int32)
    case stop
    case roundTrip
}

/// The one way from the server into the handler. It never escapes and is called once an event.
///
/// It is a closure, and not a generic parameter of ``ServerCore``, because the server's code is
/// compiled for its kernel here, where no handler's type is known: were it generic over both, it
/// would be compiled for neither.
package typealias HandlerCall = (
    borrowing HandlerEvent, ConnectionID, inout Outbound
) throws(Disconnect) -> Void

extension WebSocketHandler where Self: ~Copyable {
    /// Calls the callback that the event is for. `mailbox` is the one whose descriptor is the
    /// server's ``ServerCore/wakeup``.
    @inline(__always)
    package mutating func handle(
        _ event: borrowing HandlerEvent, _ id: ConnectionID, _ io: inout Outbound,
        _ mailbox: Mailbox<Mail>
    ) throws(Disconnect) {
        switch event {
        case .message(let message): try onMessage(message, from: id, &io)
        default: try handleRare(event, id, &io, mailbox)
        }
    }

    /// Everything that does not come with each message.
    @inline(never)
    private mutating func handleRare(
        _ event: borrowing HandlerEvent, _ id: ConnectionID, _ io: inout Outbound,
        _ mailbox: Mailbox<Mail>
    ) throws(Disconnect) {
        switch event {
        case .message(let message): try onMessage(message, from: id, &io)
        case .open: try onOpen(id, &io)
        case .close(let cause): onClose(id, cause, &io)
        case .drain: onDrain(id, &io)
        case .upgrade:
            let pending = io.takeRequest()
            do throws(HandshakeRejection) {
                io.upgradeAnswer = .success(try onUpgrade(pending.request(id)))
            } catch {
                io.upgradeAnswer = .failure(error)
            }
        case .request:
            let pending = io.takeRequest()
            onRequest(pending.request(id), &io)
        case .error(let cause):
            if let error = io.error(cause, id) { onError(id, error, &io) }
        case .start: onStart(&io)
        case .tick: onTick(&io)
        case .mail:
            for mail in mailbox.takeAll() { onMail(mail, &io) }
        case .refusal(let index): onRefusal(io.refused[index], &io)
        case .signal(let number): onSignal(number, &io)
        case .stop: onStop(&io)
        case .roundTrip: onRoundTrip(&io)
        }
    }
}
