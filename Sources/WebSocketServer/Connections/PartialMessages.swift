// Messages that have begun and are not complete: when each began, the oldest first.
import LinuxReactor

/// The connections that are inside a message, or a frame's header, in the order in which these
/// began. The deadline is the same for all, so the first is always due first, and adding and
/// removing cost the same however many there are.
///
/// It stands beside the slots, which have no room for a time that few of them need; the flag
/// ``Connection/Flags/partial`` says which are in it.
struct PartialMessages {
    private struct Link {
        var previous: Slot
        var next: Slot
        let began: Instant
    }

    private var links: [Slot: Link] = [:]
    private var first = Slot.none
    private var last = Slot.none

    var count: Int { links.count }

    /// The connection whose message began first, and when.
    var oldest: (slot: Slot, began: Instant)? { links[first].map { (first, $0.began) } }

    /// A message of this connection began at `now`, which is never before the last one.
    mutating func append(_ slot: Slot, at now: Instant) {
        links[last]?.next = slot
        if first == .none { first = slot }
        let replaced = links.updateValue(
            Link(previous: last, next: .none, began: now), forKey: slot)
        precondition(replaced == nil, "a connection is inside one message at a time")
        last = slot
    }

    mutating func remove(_ slot: Slot) {
        guard let link = links.removeValue(forKey: slot) else {
            preconditionFailure("the connection is inside no message")
        }
        if first == slot { first = link.next } else { links[link.previous]?.next = link.next }
        if last == slot { last = link.previous } else { links[link.next]?.previous = link.previous }
    }
}

extension ConnectionTable {
    /// A message has begun and is not complete.
    mutating func beginPartial(_ slot: Slot, at now: Instant) {
        slots[slot].flags.insert(.partial)
        partials.append(slot, at: now)
    }

    /// It is complete, or nobody waits for it any more.
    mutating func endPartial(_ slot: Slot) {
        guard slots[slot].flags.contains(.partial) else { return }
        slots[slot].flags.remove(.partial)
        partials.remove(slot)
    }
}
