// The listening sockets, and the counts of the connections accepted on them.
import LinuxReactor
import Logging

/// The listening sockets, the rules of admission, and how many places are taken.
package struct ListenerSet {
    package private(set) var listeners: [Listener]
    /// Indices in ``listeners`` of the listeners that have connections to accept.
    var ready: [Int] = []
    /// When paused listeners are watched again; nil if accepting is not paused.
    private(set) var resumeAt: Instant?
    /// No pause is logged before this time: there may be ten a second.
    private var nextPauseReport = Instant(nanoseconds: 0)
    /// A spare descriptor, closed to accept a connection when no others are left.
    var reserve: FileDescriptor?
    var admission = Admission()
    var shares = AddressShares()
    /// Where a full server looks for connections that it can close.
    var arrivals = Arrivals()
    /// Connections that were closed in this turn to make room, and are freed at its end.
    var evictedCount = 0
    let proxies: TrustedProxies
    /// Whether a proxy that is not trusted has been logged.
    var hasReportedProxy = false
    /// Connections that were accepted only to be refused in their own protocol.
    private(set) package var refusedCount = 0
    /// Connections of the server's operators: they do not count as clients.
    private(set) var internalCount = 0
    /// The operators' connections of each kind that were not closed to make room.
    private var internalSlots: [ListenerKind: [Slot]] = [:]

    /// How many connections may be open at a time only to be refused. They take no place from
    /// others.
    static var refusedLimit: Int { 32 }

    /// How many internal connections of one kind may be open at a time: several operators and
    /// scrapers. Programs that collect metrics take no place from an operator who stops the
    /// server.
    static var internalLimit: Int { 32 }

    init(_ listeners: [Listener], reserve: FileDescriptor?, proxies: TrustedProxies) {
        self.listeners = listeners
        self.reserve = reserve
        self.proxies = proxies
    }

    // MARK: Places

    /// The internal connections that have the places of this kind.
    func internalSlots(_ kind: ListenerKind) -> [Slot] { internalSlots[kind] ?? [] }

    /// Gives an internal connection one of the places of its kind.
    mutating func takeInternalPlace(_ slot: Slot, _ kind: ListenerKind) {
        internalCount += 1
        internalSlots[kind, default: []].append(slot)
    }

    /// Frees the place of an internal connection that is about to end.
    mutating func leaveInternalPlace(_ slot: Slot, _ kind: ListenerKind) {
        internalSlots[kind]?.removeAll { $0 == slot }
    }

    /// Takes one of the places for connections that are to be refused; false if none is free.
    mutating func takeRefusedPlace() -> Bool {
        guard refusedCount < Self.refusedLimit else { return false }
        refusedCount += 1
        return true
    }

    /// A connection has ended, and its descriptor is free again.
    mutating func vacated(_ place: VacatedPlace, at now: Instant) {
        if place.wasAdmitted {
            admission.leave(place.slot, of: place.peer, isWebSocket: place.isWebSocket)
        }
        if place.wasRefused { refusedCount -= 1 }
        if place.listener.isInternal {
            internalCount -= 1
            leaveInternalPlace(place.slot, place.listener)
        }
        precondition(refusedCount >= 0 && internalCount >= 0, "a place was left twice")
        if resumeAt != nil { resumeAt = now }
    }

    // MARK: Pauses

    /// Pauses accepting. Returns nil if it was paused already, otherwise whether to log the pause:
    /// at most once a minute.
    mutating func pause(at now: Instant) -> Bool? {
        guard resumeAt == nil else { return nil }
        resumeAt = now + .milliseconds(100)
        for index in listeners.indices { listeners[index].isPaused = true }
        guard now >= nextPauseReport else { return false }
        nextPauseReport = now + .seconds(60)
        return true
    }

    /// Ends a pause whose time is over; false if there is none.
    mutating func resume(at now: Instant) -> Bool {
        guard let time = resumeAt, now >= time else { return false }
        resumeAt = nil
        for index in listeners.indices { listeners[index].isPaused = false }
        return true
    }

    /// Removes all listeners and returns them, to be closed for good.
    mutating func takeAll() -> [Listener] {
        defer {
            listeners = []
            ready = []
            resumeAt = nil
        }
        return listeners
    }
}
