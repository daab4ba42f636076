// A room: its name, its members and its messages.

struct Room: Named {
    var name = ""
    var nameHash: UInt32 = 0
    var link = none
    /// Rises with every room that had this place.
    var generation: UInt32 = 0
    var isOpen = false
    /// Keeps messages, and is in the chain of those that do.
    var isSpoken = false
    /// The member count is to be pushed, and the room is listed for it.
    var isCountChanged = false
    var epoch = Epoch(number: 0)
    /// The name's UTF-8, to be compared with commands. Needs no escapes: names hold nothing that
    /// JSON wants escaped.
    var nameBytes: [UInt8] = []
    var history = History()
    var members = Chain<Members>()
    /// Milliseconds; without meaning while there are members.
    var emptySince: Int64 = 0
    /// When the count was pushed last, in milliseconds.
    var countPushedAt = Int64.min / 2
    var empty = Links()
    var spoken = Links()
}
