// What a connection leaves behind when its slot is freed.
import LinuxReactor

/// A place that a connection has left, for those who count places.
struct VacatedPlace {
    let listener: ListenerKind
    let peer: NetworkAddress
    let wasAdmitted: Bool
    let wasRefused: Bool
}
