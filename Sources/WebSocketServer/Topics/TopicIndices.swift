// Where topics, their variants and subscriptions stand in their tables.
import Storage

/// Where a topic stands.
typealias TopicIndex = TableIndex<TopicState>
/// Where a variant of a topic stands.
typealias VariantIndex = TableIndex<TopicVariant>
/// Where a subscription stands.
typealias SubscriptionIndex = TableIndex<Subscription>
