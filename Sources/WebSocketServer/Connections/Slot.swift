// Where a connection stands in the table of connections.
import Storage

/// Where a connection stands. Its slot is used again when it is gone, its ``ConnectionID`` is not.
typealias Slot = TableIndex<Connection>

extension ConnectionID {
    /// The slot of the connection that has this name, if it is still there.
    @inline(__always)
    var index: Slot { Slot(rawValue: slot) }

    init(resourceID: UInt64, _ slot: Slot) {
        self.init(resourceID: resourceID, slot: slot.rawValue)
    }
}
