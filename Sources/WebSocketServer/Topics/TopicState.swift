// What is kept of one topic beside its variants.
import Storage

/// A topic: its policy and one variant for each encoding that a subscriber uses.
struct TopicState: ~Copyable {
    /// Variants by encoding; `none` where no subscriber uses one.
    var variants: InlineArray<3, VariantIndex> = [.none, .none, .none]
    var generation: UInt32 = 0
    var policy = SlowConsumerPolicy.disconnect
    var isTaken = false
    /// The newest message of each key, if the policy is to keep them.
    var retained = TableIndex<RetainedMessages>.none
    var logByteLimit = 0
    var name: String?
    /// How far it has come, if what is published can be sent again after a crash.
    var place: TopicPlace?
}
