// The state of HTTP beside the connections: exchanges, and what is passed to and from the handler.
import LinuxReactor
import Storage
import WebSocketCore

struct HTTPTable: ~Copyable {
    var exchanges = SlotTable<HTTPExchange>()
    /// The request that is about to go to the handler.
    var pendingRequest = PendingRequest()
    /// The answer to the handshake in progress.
    var upgradeAnswer: Result<UpgradeDecision, HandshakeRejection>?

    /// Why the handler does not want the body of the request whose head it has just seen.
    var headRejection: HandshakeRejection?

    /// Whether the handler is a ``HandOverHandler``: then its requests, event streams and
    /// handshakes are handed over with its state.
    var carriesRequests = false

    /// Moves out the request for the handler, so that everything here may change while it is
    /// borrowed.
    mutating func takeRequest() -> PendingRequest {
        var request = PendingRequest()
        swap(&request, &pendingRequest)
        return request
    }
}

extension Connection {
    /// Its HTTP exchange, in a table of its own, or `none`.
    var exchange: TableIndex<HTTPExchange> {
        get { TableIndex(rawValue: companion) }
        set { companion = newValue.rawValue }
    }
}
