// The index types of the server's tables.
import Storage

/// The index of a connection.
typealias Slot = TableIndex<Connection>
/// The index of a topic.
typealias TopicIndex = TableIndex<TopicState>
/// The index of a variant of a topic.
typealias VariantIndex = TableIndex<TopicVariant>
/// The index of a subscription.
typealias SubscriptionIndex = TableIndex<Subscription>

extension ConnectionID {
    /// The slot of the connection with this ID, if it still exists.
    @inline(__always)
    var index: Slot { Slot(rawValue: slot) }

    init(resourceID: UInt64, _ slot: Slot) {
        self.init(resourceID: resourceID, slot: slot.rawValue)
    }
}
