// One deadline for each of a million slots: set, moved and dropped in constant time.
import Storage

/// A hashed timer wheel (Varghese & Lauck 1987, scheme 6): each slot number has at most one
/// deadline, kept in a bucket of its tick. It fires at its deadline or up to two ticks later,
/// never before.
public struct TimerWheel: ~Copyable {
    /// 2^26 ns: about 67 ms, fine enough for time-outs counted in seconds.
    static let tickShift: UInt64 = 26
    /// 1,024 buckets: a deadline further than 68 s away goes round more than once.
    static let bucketCount = 1024
    private static let none = UInt32.max
    private static let due = UInt16.max

    private struct Link: BitwiseCopyable {
        var next = TimerWheel.none
        var previous = TimerWheel.none
        var deadline: UInt32 = 0
        /// The bucket it hangs in, `due`, or `bucketCount` when it hangs nowhere.
        var bucket = UInt16(TimerWheel.bucketCount)
    }

    private var links = ChunkedTable<Link>()
    private var heads = [UInt32](repeating: none, count: bucketCount)
    private var occupied = [UInt64](repeating: 0, count: bucketCount / 64)
    private var dueHead = none
    private let start: Instant
    private var current: UInt32 = 0
    /// How many deadlines are set.
    public private(set) var count = 0

    /// A wheel without deadlines, which begins to turn now.
    public init(now: Instant) { start = now }

    /// Sets the deadline of a slot, in place of any it had.
    public mutating func schedule(_ slot: UInt32, at deadline: Instant) {
        while links.count <= Int(slot) { links.append(Link()) }
        cancel(slot)
        // Rounded up, and past the tick that is being served: never early.
        insert(slot, deadline: max(tick(of: deadline) &+ 1, current &+ 1))
        count += 1
    }

    /// Drops the deadline of a slot, if it has one.
    public mutating func cancel(_ slot: UInt32) {
        guard Int(slot) < links.count else { return }
        let link = links[Int(slot)]
        guard link.bucket != Self.bucketCount else { return }
        unlink(slot, link)
        count -= 1
    }

    /// The next slot whose deadline has passed, its deadline dropped; nil when there are no more.
    /// The order within a tick (67 ms) is not promised.
    public mutating func popExpired(at now: Instant) -> UInt32? {
        let target = tick(of: now)
        while true {
            while dueHead != Self.none {
                let slot = dueHead
                let link = links[Int(slot)]
                unlink(slot, link)
                if link.deadline <= current {
                    count -= 1
                    return slot
                }
                insert(slot, deadline: link.deadline)
            }
            guard current < target else { return nil }
            guard count > 0 else {
                current = target
                return nil
            }
            current = min(nextOccupiedTick() ?? target, target)
            detachBucket(Int(current) % Self.bucketCount)
        }
    }

    /// When to look again: no deadline is before it. Nil when none is set.
    public func nextDeadline() -> Instant? {
        guard count > 0 else { return nil }
        if dueHead != Self.none { return start }
        guard let tick = nextOccupiedTick() else { return nil }
        return Instant(nanoseconds: start.nanoseconds + UInt64(tick) << Self.tickShift)
    }

    private func tick(of instant: Instant) -> UInt32 {
        guard instant > start else { return 0 }
        return UInt32(clamping: (instant.nanoseconds - start.nanoseconds) >> Self.tickShift)
    }

    private mutating func insert(_ slot: UInt32, deadline: UInt32) {
        let bucket = Int(deadline) % Self.bucketCount
        let head = heads[bucket]
        links[Int(slot)] = Link(next: head, deadline: deadline, bucket: UInt16(bucket))
        if head != Self.none { links[Int(head)].previous = slot }
        heads[bucket] = slot
        occupied[bucket / 64] |= 1 << UInt64(bucket % 64)
    }

    private mutating func unlink(_ slot: UInt32, _ link: Link) {
        if link.next != Self.none { links[Int(link.next)].previous = link.previous }
        if link.previous != Self.none {
            links[Int(link.previous)].next = link.next
        } else if link.bucket == Self.due {
            dueHead = link.next
        } else {
            heads[Int(link.bucket)] = link.next
            if link.next == Self.none { clearOccupied(Int(link.bucket)) }
        }
        links[Int(slot)].bucket = UInt16(Self.bucketCount)
    }

    /// Moves a bucket's chain to the due list, where those of a later round are sorted out again.
    private mutating func detachBucket(_ bucket: Int) {
        dueHead = heads[bucket]
        heads[bucket] = Self.none
        clearOccupied(bucket)
        var slot = dueHead
        while slot != Self.none {
            links[Int(slot)].bucket = Self.due
            slot = links[Int(slot)].next
        }
    }

    private mutating func clearOccupied(_ bucket: Int) {
        occupied[bucket / 64] &= ~(1 << UInt64(bucket % 64))
    }

    /// The first tick after `current` whose bucket holds anything.
    private func nextOccupiedTick() -> UInt32? {
        var distance = 1
        while distance <= Self.bucketCount {
            let bucket = (Int(current) + distance) % Self.bucketCount
            let word = occupied[bucket / 64] >> UInt64(bucket % 64)
            if word != 0 {
                let found = distance + word.trailingZeroBitCount
                return found <= Self.bucketCount ? current + UInt32(found) : nil
            }
            distance += 64 - bucket % 64
        }
        return nil
    }
}
