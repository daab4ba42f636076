// The bounds of a reply.

/// What a reply may cost. A reply beyond one of them is refused at the line that says so, before
/// its bytes have been received.
package struct ReplyLimits: Equatable, Sendable {
    /// How deep aggregates may stand in each other: a flat array has the depth 1. At most 32, which
    /// is the room that ``ReplyScanner`` has.
    package var depth = 16
    /// How many values all aggregates of a reply may have together, keys of maps included.
    package var elementCount = 1 << 20
    /// How many bytes a simple string, an error or a number may have.
    package var lineByteCount = 64 * 1024
    /// How many bytes a bulk string may have.
    package var bulkByteCount = 64 << 20
    /// How many bytes a whole reply may have.
    package var byteCount = 256 << 20

    package init() {}
}
