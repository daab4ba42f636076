// The subscribers of a topic that share an encoding, and how far the sweep over them has come.
import LinuxReactor
import Storage
import WebSocketCore

extension SlotTable<TopicVariant> {
    /// Appends frames of a variant's log to a buffer.
    func copyLog(_ variant: VariantIndex, from: UInt64, to: UInt64, into buffer: inout ByteBuffer) {
        buffer.append(self[variant].log.slice(from: from, to: to))
    }
}

/// A log and its cursors.
///
/// Members before `swept` are caught up or blocked; the sweep goes on from there. A pass that began
/// at `passEnd` brings everybody at least that far.
struct TopicVariant: ~Copyable {
    /// Whose subscribers they are.
    var topic = Topic(index: .none, generation: 0)
    var log = TopicLog()
    var subscribers = ChunkedTable<Subscriber>()
    /// Subscriptions of subscribers that were passed over because their socket is full.
    var blocked: [SubscriptionIndex] = []
    var sweepIndex = 0
    /// The log's end when the pass began.
    var passEnd: UInt64 = 0
    /// Everybody who is not blocked has been sent everything before this.
    var deliveredFloor: UInt64 = 0
    /// Whether it stands in the queue of variants to be swept.
    var isDirty = false
    var policy = SlowConsumerPolicy.disconnect
    var logByteLimit = 0
    /// Publishers that are not read until the log is less than half full.
    var waiting: [ConnectionID] = []

    init() {}

    /// Published, but not yet sent to everybody who would take it.
    var unsweptByteCount: Int { Int(log.end - deliveredFloor) }

    /// Whether reading from publishers waits for a sweep.
    var isCongested: Bool { unsweptByteCount > logByteLimit / 2 }

    /// The oldest offset that anybody still needs.
    func oldestNeeded(_ subscriptions: borrowing SlotTable<Subscription>) -> UInt64 {
        var oldest = deliveredFloor
        for subscription in blocked {
            oldest = min(oldest, subscribers[Int(subscriptions[subscription].subscriber)].cursor)
        }
        return oldest
    }

    /// Takes a subscriber out, without a hole: the last swept one takes its place and the last of all
    /// takes the place of that one.
    mutating func removeSubscriber(
        _ index: Int, _ subscriptions: inout SlotTable<Subscription>
    ) {
        var hole = index
        if hole < sweepIndex {
            sweepIndex -= 1
            move(sweepIndex, to: hole, &subscriptions)
            hole = sweepIndex
        }
        move(subscribers.count - 1, to: hole, &subscriptions)
        _ = subscribers.popLast()
    }

    private mutating func move(
        _ from: Int, to: Int, _ subscriptions: inout SlotTable<Subscription>
    ) {
        guard from != to else { return }
        let subscriber = subscribers[from]
        subscribers[to] = subscriber
        subscriptions[subscriber.subscription].subscriber = UInt32(to)
    }

    /// Lists a subscriber as blocked, once.
    mutating func block(
        _ subscription: SubscriptionIndex, _ subscriptions: inout SlotTable<Subscription>
    ) {
        guard subscriptions[subscription].blockedIndex == Subscription.notBlocked else { return }
        subscriptions[subscription].blockedIndex = UInt32(blocked.count)
        blocked.append(subscription)
    }

    mutating func unblock(
        _ subscription: SubscriptionIndex, _ subscriptions: inout SlotTable<Subscription>
    ) {
        let index = subscriptions[subscription].blockedIndex
        guard index != Subscription.notBlocked else { return }
        subscriptions[subscription].blockedIndex = Subscription.notBlocked
        let last = blocked.removeLast()
        guard last != subscription else { return }
        blocked[Int(index)] = last
        subscriptions[last].blockedIndex = index
    }
}
