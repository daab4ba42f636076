// What the accepting room must know of a connection whose slot was freed.
import LinuxReactor

/// A place that became free, for the counts of ``ListenerSet``.
struct VacatedPlace {
    let slot: Slot
    let listener: ListenerKind
    let peer: NetworkAddress
    let wasAdmitted: Bool
    /// Whether it counted as a WebSocket of its address.
    let isWebSocket: Bool
    /// Whether it had a place among the connections that are accepted only to be refused.
    let wasRefused: Bool
}
