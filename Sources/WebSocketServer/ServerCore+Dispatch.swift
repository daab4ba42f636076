// Where the server meets its handler: one switch, the only code that knows the handler's type.
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// One turn with this handler. `mailbox` is the one whose descriptor is ``wakeup``.
    package mutating func turn<Handler: WebSocketHandler & ~Copyable>(
        _ handler: inout Handler, _ mailbox: Mailbox<Handler.Mail>
    ) {
        turn { event, id, io throws(Disconnect) in
            switch event {
            case .message(let message): try handler.onMessage(message, from: id, &io)
            case .open: try handler.onOpen(id, &io)
            case .close(let cause): handler.onClose(id, cause, &io)
            case .drain: handler.onDrain(id, &io)
            case .upgrade:
                let pending = io.takeRequest()
                do throws(HandshakeRejection) {
                    io.upgradeAnswer = .success(try handler.onUpgrade(pending.request(id)))
                } catch {
                    io.upgradeAnswer = .failure(error)
                }
            case .request:
                let pending = io.takeRequest()
                handler.onRequest(pending.request(id), &io)
            case .error(let cause):
                if let error = ConnectionError(cause) { handler.onError(id, error, &io) }
            case .tick: handler.onTick(&io)
            case .mail:
                for mail in mailbox.takeAll() { handler.onMail(mail, &io) }
            }
        }
    }
}
