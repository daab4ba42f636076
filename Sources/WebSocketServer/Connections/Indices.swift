// What the places of the server's tables are called.
import Storage

/// Where a connection stands in the table of connections.
typealias Slot = TableIndex<Connection>
/// Where a topic stands.
typealias TopicIndex = TableIndex<TopicState>
/// Where a variant of a topic stands.
typealias VariantIndex = TableIndex<TopicVariant>
/// Where a subscription stands.
typealias SubscriptionIndex = TableIndex<Subscription>

extension ConnectionID {
    /// The slot of the connection that has this name, if it is still there.
    @inline(__always)
    var index: Slot { Slot(rawValue: slot) }

    init(resourceID: UInt64, _ slot: Slot) {
        self.init(resourceID: resourceID, slot: slot.rawValue)
    }
}
