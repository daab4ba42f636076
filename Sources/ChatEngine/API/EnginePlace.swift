// The name of an entry: where it stands in a room's log, and in which epoch it was written.

/// The place of an entry in a room's log. Both numbers together name the entry and everything
/// before it: an epoch is continued by the Redis process alone that began it, so that nothing that
/// was lost is followed by something with the names of what was lost.
package struct EnginePlace: Hashable, Sendable, BitwiseCopyable {
    /// The number of the entry in its room, from 1 on.
    package var offset: UInt64
    /// A random number, which says nothing but whether two are the same.
    package var epoch: UInt64

    /// A place from its parts.
    package init(offset: UInt64, epoch: UInt64) {
        self.offset = offset
        self.epoch = epoch
    }

    /// Redis counts in numbers that are exact up to here; a greater offset is none of ours.
    package static let offsetLimit: UInt64 = 1 << 53

    /// The place before all entries: where an empty room stands.
    package static let start = EnginePlace(offset: 0, epoch: 0)
}

extension EnginePlace: CustomStringConvertible {
    /// As Redis writes it: the id of an entry of a stream.
    package var description: String { "\(offset)-\(epoch)" }
}
