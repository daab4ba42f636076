// What the handler is told of an outgoing connection that came to nothing.
import WebSocketCore

extension ServerContext {
    /// What `onError` is told of a cause; nil if the connection simply ended.
    func error(_ cause: CloseCause, _ id: ConnectionID) -> ConnectionError? {
        if let slot = connections.slot(of: id), connections.slots[slot].flags.contains(.client),
            connections.slots[slot].attempt != .none,
            let error = outgoing.attempts[connections.slots[slot].attempt].error
        {
            return .handshake(error)
        }
        return ConnectionError(cause)
    }
}
