// An opening handshake whose handler decides later.
import WebSocketCore

/// What the answer to an opening handshake needs, while the handler decides: the request itself is
/// not kept.
struct WaitingUpgrade {
    let accept: AcceptValue
    /// The subprotocols that the client has offered: at most ``Limits/headByteCount``.
    let offered: [String]
    /// The compression that was agreed on, if any.
    let parameters: DeflateParameters?
    /// The handler's decision, until the turn carries it out. It is listed in `decided` then.
    var reply: UpgradeReply?

    /// The memory that the offers take.
    var byteCount: Int { offered.reduce(0) { $0 + $1.utf8.count } }
}
