// The handle of an open room.

/// A room that a node has opened. A room that is closed and opened again has another handle.
package struct EngineRoom: Hashable, Sendable, BitwiseCopyable {
    /// Its place in the node's table, small enough to index a table of one's own.
    package let index: UInt32
    /// Tells the rooms apart that have had this place.
    package let generation: UInt32
}
