// The part of a connection that topics know.
import LinuxReactor
import Storage
import WebSocketCore

/// The part of a connection that topics read and change: its outbox, its subscriptions, and whether
/// its socket is full.
struct Delivery: ~Copyable {
    var outbox = Outbox()
    var firstSubscription = SubscriptionIndex.none
    /// The last send was short: EPOLLOUT is set, and nothing is sent before it is reported.
    var isBlocked = false
}

extension Delivery {
    /// An outbox that owns no memory takes the spare one.
    mutating func acquireBuffer(of spare: inout ByteBuffer) {
        if outbox.bytes.capacity == 0 { swap(&outbox.bytes, &spare) }
    }
}
