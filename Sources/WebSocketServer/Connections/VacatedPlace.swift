// What the accepting room must know of a connection whose slot was freed.
import LinuxReactor

/// A place that became free, for the counts of ``ListenerSet``.
struct VacatedPlace {
    let listener: ListenerKind
    let peer: NetworkAddress
    let wasAdmitted: Bool
    let wasRefused: Bool
}
