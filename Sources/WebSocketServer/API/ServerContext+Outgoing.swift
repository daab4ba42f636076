// Connecting outward: a connection of our own making, beside those that are accepted.
import LinuxReactor
import WebSocketCore

extension ServerContext {
    /// Begins to open a WebSocket, and returns its name at once. `onOpen` follows when the server
    /// has accepted it, and from then on it is a connection like any other. If nothing comes of it,
    /// `onError` says why and `onClose` follows without an `onOpen`, with
    /// ``CloseCause/nameResolutionFailed(_:)``, ``CloseCause/connectFailed(_:)``,
    /// ``CloseCause/handshakeRefused(_:)``, ``CloseCause/handshakeFailed`` or
    /// ``CloseCause/handshakeTimedOut``. Every `connect` is matched by exactly one `onClose`.
    ///
    /// Host names are looked up on another thread, and the addresses found are tried in turn, each
    /// for ``Limits/connectDeadline``. Connections count against ``Limits/connectionCount`` as
    /// accepted ones do. What is sent is masked with unpredictable keys (RFC 6455 §5.3).
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

    /// Whether the connection was made by ``connect(_:)``, and not accepted.
    public func isOutgoing(_ id: ConnectionID) -> Bool {
        connections.slot(of: id).map { connections.slots[$0].flags.contains(.client) } ?? false
    }

    /// What was agreed on with the server, its answer included: the chosen subprotocol, further
    /// fields. It is there during `onOpen` of a connection that ``connect(_:)`` made, and nil at all
    /// other times: keep what you need of it.
    public func agreement(of id: ConnectionID) -> ClientAgreement? {
        guard let slot = connections.slot(of: id), connections.slots[slot].flags.contains(.client),
            connections.slots[slot].attempt != .none
        else { return nil }
        return outgoing.attempts[connections.slots[slot].attempt].agreement
    }

    /// Resets a connection, or gives up making it: no Close frame, and what is on its way is lost,
    /// as if the network had gone. `onClose` follows, with ``CloseCause/serverClosed(_:)`` and
    /// `CloseCode.abnormal`. For tests of what others do then; otherwise use ``close(_:code:reason:)``.
    public mutating func abort(_ id: ConnectionID) {
        guard let slot = connections.slot(of: id) else { return }
        terminate(slot, .serverClosed(.abnormal), reset: true)
    }
}
