// Timers of the handler: when each is due, whose it is, and the order in which they come.
import LinuxReactor
import Storage

/// A timer that is set; in a free place its number is 0.
struct TimerEntry: BitwiseCopyable {
    var name: TimerName = 0
    /// The connection with which it ends; nil for a timer of the server.
    var owner: ConnectionID?
    var deadline = Instant(nanoseconds: 0)
    /// Counted in the order of setting, so that equal times have an order. It distinguishes uses of
    /// the same place.
    var number: UInt64 = 0
}

/// All timers that are set. The wheel finds those which are due, about a tick late and in any
/// order; they are sorted then. No deadline is set in the past, so timers that the wheel finds
/// later are due later.
struct TimerTable: ~Copyable {
    /// The wheel's ticks have room for nine years.
    static let longestDelay = Duration.seconds(365 * 86_400)

    private typealias Index = TableIndex<TimerEntry>

    private struct Due {
        let index: Index
        let entry: TimerEntry
    }

    private var entries = SlotTable<TimerEntry>()
    private var wheel: TimerWheel
    /// By the slot of the connection; `none` for the server's own.
    private var names: [Slot: [TimerName: Index]] = [:]
    /// Due, and not taken yet. What is cancelled meanwhile is skipped when it is taken.
    private var due = Queue<Due>()
    private var lastNumber: UInt64 = 0

    init(now: Instant) { wheel = TimerWheel(now: now) }

    var count: Int { entries.count }

    /// When to look for timers that are due: no timer is due earlier. Nil if none is set.
    var nextDeadline: Instant? { wheel.nextDeadline() }

    func deadline(of name: TimerName, of owner: ConnectionID?) -> Instant? {
        index(of: name, owner).map { entries[$0].deadline }
    }

    /// Sets a timer, in place of the same timer that is set already. False if `limit` are set.
    mutating func set(
        _ name: TimerName, of owner: ConnectionID?, at deadline: Instant, limit: Int
    ) -> Bool {
        cancel(name, of: owner)
        guard entries.count < limit else { return false }
        lastNumber += 1
        let index = entries.allocate(
            TimerEntry(name: name, owner: owner, deadline: deadline, number: lastNumber))
        names[Self.key(owner), default: [:]][name] = index
        wheel.schedule(index.rawValue, at: deadline)
        return true
    }

    mutating func cancel(_ name: TimerName, of owner: ConnectionID?) {
        guard let index = index(of: name, owner) else { return }
        wheel.cancel(index.rawValue)
        remove(index)
    }

    /// The connection has ended, and its timers with it.
    mutating func endAll(of slot: Slot) {
        guard let ended = names.removeValue(forKey: slot) else { return }
        for index in ended.values {
            wheel.cancel(index.rawValue)
            entries.free(index, leaving: TimerEntry())
        }
    }

    /// Takes the next timer that is due; nil if there is none.
    mutating func takeDue(at now: Instant) -> TimerEntry? {
        if due.isEmpty { findDue(at: now) }
        while let next = due.popFirst() {
            guard entries[next.index].number == next.entry.number else { continue }
            remove(next.index)
            return next.entry
        }
        return nil
    }

    /// Whether timers were found due and have not been taken.
    var hasDue: Bool { !due.isEmpty }

    /// All timers in the order of setting.
    var inOrder: [TimerEntry] {
        var found: [TimerEntry] = []
        for index in entries.indices where entries[index].number != 0 {
            found.append(entries[index])
        }
        return found.sorted { $0.number < $1.number }
    }

    private mutating func findDue(at now: Instant) {
        var found: [Due] = []
        while let slot = wheel.popExpired(at: now) {
            let index = Index(rawValue: slot)
            found.append(Due(index: index, entry: entries[index]))
        }
        found.sort {
            ($0.entry.deadline, $0.entry.number) < ($1.entry.deadline, $1.entry.number)
        }
        for next in found { due.append(next) }
    }

    private func index(of name: TimerName, _ owner: ConnectionID?) -> Index? {
        guard let index = names[Self.key(owner)]?[name], entries[index].owner == owner else {
            return nil
        }
        return index
    }

    private mutating func remove(_ index: Index) {
        let (key, name) = (Self.key(entries[index].owner), entries[index].name)
        names[key]?[name] = nil
        if names[key]?.isEmpty == true { names[key] = nil }
        entries.free(index, leaving: TimerEntry())
    }

    private static func key(_ owner: ConnectionID?) -> Slot { owner?.index ?? .none }
}
