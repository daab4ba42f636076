// The listening sockets, and the counts of the connections that came by them.
import LinuxReactor
import Logging

/// The listening sockets, who may come in by them, and how many have.
package struct ListenerSet {
    package private(set) var listeners: [Listener]
    /// Those with connections to be accepted, by their place in ``listeners``.
    var ready: [Int] = []
    /// When listeners that were paused for want of descriptors are listened to again.
    private(set) var resumeAt: Instant?
    /// Before this nothing is logged of a pause: there may be ten a second.
    private var nextPauseReport = Instant(nanoseconds: 0)
    /// A descriptor to give up when there are no others.
    var reserve: FileDescriptor?
    var admission = Admission()
    let proxies: TrustedProxies
    /// Connections that are let in only to be refused in their own protocol.
    private(set) package var refusedCount = 0
    /// Connections of the people who run the server: they are not clients.
    private(set) var internalCount = 0

    /// How many connections at a time are let in only to be refused. They take no place from others.
    static var refusedLimit: Int { 32 }

    /// How many connections at a time do not count as clients'.
    static var internalLimit: Int { 32 }

    init(_ listeners: [Listener], reserve: FileDescriptor?, proxies: TrustedProxies) {
        self.listeners = listeners
        self.reserve = reserve
        self.proxies = proxies
    }

    // MARK: Places

    /// Takes one of the places for connections that do not count; false if there is none.
    mutating func takeInternalPlace() -> Bool {
        guard internalCount < Self.internalLimit else { return false }
        internalCount += 1
        return true
    }

    /// Takes one of the places for connections that are to be refused; false if there is none.
    mutating func takeRefusedPlace() -> Bool {
        guard refusedCount < Self.refusedLimit else { return false }
        refusedCount += 1
        return true
    }

    /// A connection is gone, and its descriptor is free again.
    mutating func vacated(_ place: VacatedPlace, at now: Instant) {
        if place.wasAdmitted { admission.release(place.peer) }
        if place.wasRefused { refusedCount -= 1 }
        if place.listener.isInternal { internalCount -= 1 }
        precondition(refusedCount >= 0 && internalCount >= 0, "a place was left twice")
        if resumeAt != nil { resumeAt = now }
    }

    // MARK: Pauses

    /// Notes that accepting pauses. Nil if it was paused already, otherwise whether the pause is to be
    /// logged: it is once a minute.
    mutating func pause(at now: Instant) -> Bool? {
        guard resumeAt == nil else { return nil }
        resumeAt = now + .milliseconds(100)
        for index in listeners.indices { listeners[index].isPaused = true }
        guard now >= nextPauseReport else { return false }
        nextPauseReport = now + .seconds(60)
        return true
    }

    /// Whether a pause is over.
    mutating func resume(at now: Instant) -> Bool {
        guard let time = resumeAt, now >= time else { return false }
        resumeAt = nil
        for index in listeners.indices { listeners[index].isPaused = false }
        return true
    }

    /// Takes the listeners out, to be closed for good.
    mutating func takeAll() -> [Listener] {
        defer {
            listeners = []
            ready = []
            resumeAt = nil
        }
        return listeners
    }
}
