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
    /// The Date field, made once a second.
    private var lastDate = (second: UInt64.max, text: "")

    /// The Date field of HTTP (RFC 9110 §6.6.1) for this time.
    mutating func date(_ now: WallTime) -> String {
        if lastDate.second != now.seconds {
            lastDate = (now.seconds, HTTPDate.format(secondsSince1970: Int(now.seconds)))
        }
        return lastDate.text
    }

    /// Takes the request that is to be given to the handler: it is lent from outside, so that the
    /// handler may use everything here meanwhile.
    mutating func takeRequest() -> PendingRequest {
        var request = PendingRequest()
        swap(&request, &pendingRequest)
        return request
    }
}
