// The members of a topic that share an encoding, and how far the sweep over them has come.
import LinuxReactor
import Storage
import WebSocketCore

/// One member: where it stands in the log, and whose it is.
struct Member: BitwiseCopyable {
    /// Always a frame boundary.
    var cursor: UInt64
    var connection: UInt32
    var subscription: UInt32
}

/// The connection's side of a membership, in a list that hangs on the connection.
struct Subscription: BitwiseCopyable {
    static let none = UInt32.max

    var lane: UInt32
    /// The member's place in its lane.
    var member: UInt32
    /// The connection's next subscription.
    var next: UInt32
    /// The member's place in the lane's list of blocked ones, or `none`.
    var blockedIndex = none
    /// Up to where markers of the connection's outbox speak of this lane.
    var markedEnd: UInt64 = 0

    /// What stands in a slot that nobody uses.
    static var free: Subscription {
        Subscription(lane: none, member: none, next: none)
    }
}

extension SlotTable<TopicLane> {
    /// Appends frames of a lane's log to a buffer.
    func copyLog(_ lane: UInt32, from: UInt64, to: UInt64, into buffer: inout ByteBuffer) {
        buffer.append(self[lane].log.slice(from: from, to: to))
    }
}

/// A log and its cursors.
///
/// Members before `swept` are caught up or blocked; the sweep goes on from there. A pass that began
/// at `passStart` brings everybody at least that far.
struct TopicLane: ~Copyable {
    /// Whose members they are.
    var topic = Topic(index: Subscription.none, generation: 0)
    var log = TopicLog()
    var members = ChunkedTable<Member>()
    /// Subscriptions of members that were passed over because their socket is full.
    var blocked: [UInt32] = []
    var swept = 0
    /// The log's end when the pass began.
    var passStart: UInt64 = 0
    /// Everybody who is not blocked has been sent everything before this.
    var floor: UInt64 = 0
    /// Whether it stands in the queue of lanes to be swept.
    var isQueued = false
    var policy = SlowMemberPolicy.disconnect
    var logByteLimit = 0
    /// Publishers that are not read until the log is less than half full.
    var waiting: [ConnectionID] = []

    init() {}

    /// Published, but not yet sent to everybody who would take it.
    var unsweptByteCount: Int { Int(log.end - floor) }

    /// Whether reading from publishers waits for a sweep.
    var isCongested: Bool { unsweptByteCount > logByteLimit / 2 }

    /// The oldest offset that anybody still needs.
    func oldestNeeded(_ subscriptions: borrowing SlotTable<Subscription>) -> UInt64 {
        var oldest = floor
        for subscription in blocked {
            oldest = min(oldest, members[Int(subscriptions[subscription].member)].cursor)
        }
        return oldest
    }

    /// Takes a member out, without a hole: the last swept one takes its place and the last of all
    /// takes the place of that one.
    mutating func removeMember(
        _ index: Int, _ subscriptions: inout SlotTable<Subscription>
    ) {
        var hole = index
        if hole < swept {
            swept -= 1
            move(swept, to: hole, &subscriptions)
            hole = swept
        }
        move(members.count - 1, to: hole, &subscriptions)
        _ = members.popLast()
    }

    private mutating func move(
        _ from: Int, to: Int, _ subscriptions: inout SlotTable<Subscription>
    ) {
        guard from != to else { return }
        let member = members[from]
        members[to] = member
        subscriptions[member.subscription].member = UInt32(to)
    }

    /// Lists a member as blocked, once.
    mutating func block(
        _ subscription: UInt32, _ subscriptions: inout SlotTable<Subscription>
    ) {
        guard subscriptions[subscription].blockedIndex == Subscription.none else { return }
        subscriptions[subscription].blockedIndex = UInt32(blocked.count)
        blocked.append(subscription)
    }

    mutating func unblock(
        _ subscription: UInt32, _ subscriptions: inout SlotTable<Subscription>
    ) {
        let index = subscriptions[subscription].blockedIndex
        guard index != Subscription.none else { return }
        subscriptions[subscription].blockedIndex = Subscription.none
        let last = blocked.removeLast()
        guard last != subscription else { return }
        blocked[Int(index)] = last
        subscriptions[last].blockedIndex = index
    }
}
