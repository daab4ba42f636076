// What HTTP keeps beside the connections: exchanges, and what passes to and from the handler.
import LinuxReactor
import Storage
import WebSocketCore

struct HTTPTable: ~Copyable {
    var exchanges = SlotTable<HTTPExchange>()
    /// The request that the handler is about to be given.
    var pendingRequest = PendingRequest()
    /// The answer to the handshake in progress.
    var upgradeAnswer: Result<UpgradeReply, HandshakeRejection>?

    /// Takes the request that is to be given to the handler: it is lent from outside, so that the
    /// handler may use everything here meanwhile.
    mutating func takeRequest() -> PendingRequest {
        var request = PendingRequest()
        swap(&request, &pendingRequest)
        return request
    }
}
