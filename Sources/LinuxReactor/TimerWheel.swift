// A timer wheel: one deadline for each of up to a million slots, changed in constant time.
import Storage

/// A hashed timer wheel (Varghese & Lauck 1987, scheme 6). Each slot has at most one deadline,
/// which is in the bucket of its tick. It expires at its deadline or up to two ticks later, never
/// earlier.
public struct TimerWheel: ~Copyable {
    /// A tick has 2^26 ns, about 67 ms: fine enough for timeouts of seconds.
    static let tickShift: UInt64 = 26
    /// The wheel turns round in 1,024 ticks, about 68 s; later deadlines wait several rounds.
    static let bucketCount = 1024
    private static let none = UInt32.max
    private static let due = UInt16.max

    private struct Link: BitwiseCopyable {
        var next = TimerWheel.none
        var previous = TimerWheel.none
        var deadline: UInt32 = 0
        /// Its bucket; `due` in the due list; `bucketCount` if it is in no list.
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

    /// A wheel without deadlines that starts at `now`.
    public init(now: Instant) { start = now }

    /// Sets the deadline of a slot and replaces any earlier one.
    public mutating func schedule(_ slot: UInt32, at deadline: Instant) {
        while links.count <= Int(slot) { links.append(Link()) }
        cancel(slot)
        // Rounded up, and later than the current tick, so that it never expires early.
        insert(slot, deadline: max(tick(of: deadline) &+ 1, current &+ 1))
        count += 1
    }

    /// Removes the deadline of a slot, if it has one.
    public mutating func cancel(_ slot: UInt32) {
        guard Int(slot) < links.count else { return }
        let link = links[Int(slot)]
        guard link.bucket != Self.bucketCount else { return }
        unlink(slot, link)
        count -= 1
    }

    /// Removes the next deadline that has passed and returns its slot; nil if there are no more.
    /// The order within a tick (67 ms) is not specified.
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

    /// The time up to which deadlines have been removed: the latest one's, to a tick.
    package var reached: Instant {
        Instant(nanoseconds: start.nanoseconds + UInt64(current) << Self.tickShift)
    }

    /// When to call ``popExpired(at:)`` again: no deadline is earlier. Nil if no deadline is set.
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

    /// Moves a bucket's list to the due list; `popExpired` puts deadlines of a later round back.
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

    /// The first tick after `current` whose bucket is not empty.
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
