// What nodes say about the members of a room.

/// What the nodes say about who is in a room.
struct RoomPresence: Sendable {
    /// What this node says; empty if nobody is here.
    var own: [UInt8] = []
    /// What each other node has said last, whether it is alive or not.
    var others: [String: [UInt8]] = [:]
    /// The own value has to be written, or all have to be read.
    var isDirty = false
    /// A call is under way: there is one at a time.
    var isUnderWay = false
    /// Redis may have a value of this node that is not empty.
    var isWritten = false
    /// Nodes whose values are to be removed, since they are dead.
    var dead: [String] = []
}
