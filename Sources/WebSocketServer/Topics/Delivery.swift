// What topics see of a connection.
import LinuxReactor
import Storage
import WebSocketCore

/// Of a connection, what topics see and change: its outbox, its subscriptions, and whether its socket
/// is full.
struct Delivery: ~Copyable {
    var outbox = Outbox()
    var firstSubscription = SubscriptionIndex.none
    /// The last send was short: EPOLLOUT is armed, and nothing is sent before it comes.
    var isBlocked = false
}

extension Delivery {
    /// An outbox that owns no memory takes the spare one.
    mutating func acquireBuffer(of spare: inout ByteBuffer) {
        if outbox.bytes.capacity == 0 { swap(&outbox.bytes, &spare) }
    }
}
