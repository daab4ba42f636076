// A subscription, as the topic and as the connection sees it.

/// The topic's side of a subscription: a cursor in the log, and the connection.
struct Subscriber: BitwiseCopyable {
    /// Always a frame boundary.
    var cursor: UInt64
    var connection: Slot
    var subscription: SubscriptionIndex
}

/// The connection's side of a subscription, in a linked list that begins at the connection.
struct Subscription: BitwiseCopyable {
    static let notBlocked = UInt32.max

    var variant: VariantIndex
    /// The subscriber's index in its variant.
    var subscriber: UInt32
    /// The connection's next subscription.
    var next: SubscriptionIndex
    /// The subscriber's index in the variant's list of blocked subscribers, or ``notBlocked``.
    var blockedIndex = notBlocked
    /// The offset up to which markers in the connection's outbox cover this variant.
    var markedEnd: UInt64 = 0

    /// In a hand-over, with the topic and the cursor.
    static var savedByteCount: Int { 28 }

    /// The value of a free slot.
    static var free: Subscription {
        Subscription(variant: .none, subscriber: .max, next: .none)
    }
}
