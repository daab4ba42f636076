// Decisions about opening handshakes that the handler has put off.
import WebSocketCore

extension ServerContext {
    /// Accepts an opening handshake that waits for a decision (``UpgradeDecision/later``). The
    /// client gets its answer and `onOpen` is called in this turn or the next one; until then
    /// nothing can be sent to the connection. The first decision counts. Does nothing if the
    /// handshake does not wait any more: ``isUndecided(_:)``.
    ///
    /// - Parameters:
    ///   - id: the ID of the request that `onUpgrade` was called with.
    ///   - reply: what to add to the answer. A reply that cannot be sent is logged; the client
    ///     gets HTTP 500, and the handler `onClose`.
    /// - Returns: whether it was waiting, so that `onOpen` or `onClose` follows. If not, keep
    ///   nothing for this client: it has left, or `onClose` is about to come.
    @discardableResult
    public mutating func acceptUpgrade(
        _ id: ConnectionID, _ reply: UpgradeReply = UpgradeReply()
    ) -> Bool {
        guard let slot = undecided(id) else { return false }
        http.exchanges[connections.slots[slot].exchange].upgrade?.reply = reply
        connections.work.decided.append(id)
        return true
    }

    /// Refuses an opening handshake that waits for a decision (``UpgradeDecision/later``): the
    /// client gets the status and the sentence, and `onClose` follows with
    /// ``CloseCause/serverClosed(_:)`` and code 1008. The first decision counts. Does nothing if
    /// the handshake does not wait any more: ``isUndecided(_:)``.
    ///
    /// - Returns: whether it was waiting.
    @discardableResult
    public mutating func refuseUpgrade(
        _ id: ConnectionID, _ rejection: HandshakeRejection
    ) -> Bool {
        guard let slot = undecided(id) else { return false }
        endUpgrade(slot, rejection, .serverClosed(.policyViolation))
        return true
    }

    /// Whether this connection's opening handshake waits for a decision: `onUpgrade` has returned
    /// ``UpgradeDecision/later``, nothing has been decided since, and the client still waits.
    public func isUndecided(_ id: ConnectionID) -> Bool { undecided(id) != nil }
}
