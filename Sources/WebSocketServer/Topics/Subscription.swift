// A subscription, from both of its ends: the topic's and the connection's.

/// One subscriber: where it stands in the log, and whose it is.
struct Subscriber: BitwiseCopyable {
    /// Always a frame boundary.
    var cursor: UInt64
    var connection: Slot
    var subscription: SubscriptionIndex
}

/// The connection's side of a membership, in a list that hangs on the connection.
struct Subscription: BitwiseCopyable {
    static let notBlocked = UInt32.max

    var variant: VariantIndex
    /// The subscriber's place in its variant.
    var subscriber: UInt32
    /// The connection's next subscription.
    var next: SubscriptionIndex
    /// The subscriber's place in the variant's list of blocked ones, or ``notBlocked``.
    var blockedIndex = notBlocked
    /// Up to where markers of the connection's outbox speak of this variant.
    var markedEnd: UInt64 = 0

    /// What stands in a slot that nobody uses.
    static var free: Subscription {
        Subscription(variant: .none, subscriber: .max, next: .none)
    }
}
