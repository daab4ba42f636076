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

/// A subscriber that was skipped because its socket is full.
struct Blocked: BitwiseCopyable {
    let subscription: SubscriptionIndex
    /// Whether the handler has heard of it at half of the log, and it has not been at less than a
    /// quarter since. This is not handed over: at worst the handler hears of it again.
    var isReported = false
}

/// A log and its cursors.
///
/// Subscribers before `sweepIndex` are caught up or blocked; the sweep continues from there. A pass
/// that began when the log ended at `passEnd` brings all others at least that far.
struct TopicVariant: ~Copyable {
    /// The topic of the subscribers.
    var topic = Topic(index: .none, generation: 0)
    var log = TopicLog()
    var subscribers = ChunkedTable<Subscriber>()
    /// Subscriptions of subscribers that were skipped because their socket is full.
    var blocked: [Blocked] = []
    var sweepIndex = 0
    /// The log's end when the pass began.
    var passEnd: UInt64 = 0
    /// All subscribers that are not blocked have been sent everything before this offset.
    var deliveredFloor: UInt64 = 0
    /// The subscriber whose line is measured next, if the topic skips.
    var paceIndex: UInt32 = 0
    /// Whether it is in the queue of variants to be swept.
    var isDirty = false
    /// Whether its log has the chunks of an event stream, and not frames.
    var hasEvents = false
    var policy = SlowConsumerPolicy.disconnect
    /// Whether a blocked subscriber was reported, as far as is known.
    var hasReported = false
    var logByteLimit = 0
    /// Publishers whose reading is paused until the log is less than half full.
    var waiting: [ConnectionID] = []

    init() {}

    /// Bytes published, but not yet sent to all subscribers that would take them.
    var unsweptByteCount: Int { Int(log.end - deliveredFloor) }

    /// Whether reading from publishers must wait for a sweep.
    var isCongested: Bool { unsweptByteCount > logByteLimit / 2 }

    /// The oldest offset that any subscriber still needs.
    func oldestNeeded(_ subscriptions: borrowing SlotTable<Subscription>) -> UInt64 {
        var oldest = deliveredFloor
        for entry in blocked {
            let cursor = subscribers[Int(subscriptions[entry.subscription].subscriber)].cursor
            // What is retained is enough for it.
            if policy == .latestPerKey, cursor < log.start || isBeyondLimit(cursor) { continue }
            oldest = min(oldest, cursor)
        }
        return oldest
    }

    private func isBeyondLimit(_ cursor: UInt64) -> Bool {
        log.end - cursor > UInt64(logByteLimit)
    }

    /// A new variant's log begins at this offset.
    mutating func begin(at offset: UInt64) {
        guard let log = TopicLog(start: offset, latestFrame: offset, frames: Span()) else { return }
        self.log = log
        deliveredFloor = offset
        passEnd = offset
    }

    /// Removes a subscriber without leaving a hole: the last swept one moves to its place, and the
    /// last one of all to the place of that one.
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
        blocked.append(Blocked(subscription: subscription))
    }

    mutating func unblock(
        _ subscription: SubscriptionIndex, _ subscriptions: inout SlotTable<Subscription>
    ) {
        let index = subscriptions[subscription].blockedIndex
        guard index != Subscription.notBlocked else { return }
        subscriptions[subscription].blockedIndex = Subscription.notBlocked
        let last = blocked.removeLast()
        guard last.subscription != subscription else { return }
        blocked[Int(index)] = last
        subscriptions[last.subscription].blockedIndex = index
    }
}
