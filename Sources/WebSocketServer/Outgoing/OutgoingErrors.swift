// The error that `onError` reports for an outgoing connection.
import WebSocketCore

extension ServerContext {
    /// The error for `onError` that belongs to a cause; nil if the connection simply ended.
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
