// Outgoing connections, which the handler opens itself.
import LinuxReactor
import WebSocketCore

extension ServerContext {
    /// Begins to open a WebSocket, and returns its ID at once. `onOpen` follows when the server has
    /// accepted, and from then on it is a connection like any other. If it fails, `onError` gets
    /// the reason and `onClose` follows without an `onOpen`, with
    /// ``CloseCause/nameResolutionFailed(_:)``, ``CloseCause/connectFailed(_:)``,
    /// ``CloseCause/handshakeRefused(_:)``, ``CloseCause/handshakeFailed`` or
    /// ``CloseCause/handshakeTimedOut``. Every `connect` is matched by exactly one `onClose`.
    ///
    /// Host names are resolved on another thread, and their addresses are tried in turn, each for
    /// ``Limits/connectDeadline``. Outgoing connections count against ``Limits/connectionCount`` as
    /// accepted ones do. Sent frames are masked with unpredictable keys (RFC 6455 §5.3).
    @discardableResult
    public mutating func connect(_ request: ConnectRequest) -> ConnectionID {
        var connection = Connection()
        connection.resourceID = connections.nextResourceID()
        connection.advance(.connectBegun)
        connection.flags = [.client, .attempting]
        connection.attempt = outgoing.add(request)
        let slot = connections.slots.allocate(connection)
        telemetry.statistics.connectCount += 1
        let id = connections.id(of: slot)
        outgoing.toBegin.append(id)
        return id
    }

    /// Whether the connection was opened by ``connect(_:)``, and not accepted.
    public func isOutgoing(_ id: ConnectionID) -> Bool {
        connections.slot(of: id).map { connections.slots[$0].flags.contains(.client) } ?? false
    }

    /// What was agreed with the server in the opening handshake: the chosen subprotocol, and the
    /// server's answer. Only available during `onOpen` of a connection that ``connect(_:)`` opened,
    /// and nil at all other times: keep what you need of it.
    public func agreement(of id: ConnectionID) -> ClientAgreement? {
        guard let slot = connections.slot(of: id), connections.slots[slot].flags.contains(.client),
            connections.slots[slot].attempt != .none
        else { return nil }
        return outgoing.attempts[connections.slots[slot].attempt].agreement
    }

    /// Resets a connection, or cancels opening it: no Close frame is sent, and data on its way is
    /// lost, as if the network had failed. `onClose` follows, with ``CloseCause/serverClosed(_:)``
    /// and `CloseCode.abnormal`. For tests of the other side; otherwise use
    /// ``close(_:code:reason:)``.
    public mutating func abort(_ id: ConnectionID) {
        guard let slot = connections.slot(of: id) else { return }
        terminate(slot, .serverClosed(.abnormal), reset: true)
    }
}
