// The indices of the chat's tables: each kind of record has its own type of index.
import Storage

/// The place of a user in ``Chat/users``.
typealias UserIndex = TableIndex<User>

/// The place of a room in ``Chat/rooms``.
typealias RoomIndex = TableIndex<Room>

/// The place of a membership in ``Chat/memberships``.
typealias MembershipIndex = TableIndex<Membership>

/// The place of a connection's subscription to a room in ``Chat/subscriptions``.
typealias RoomSubscriptionIndex = TableIndex<RoomSubscription>

/// The place of an owner in ``Chat/owners``.
typealias OwnerIndex = TableIndex<Owner>

extension StateWriter {
    /// Writes an index as its number.
    mutating func write<Record>(_ index: TableIndex<Record>) { write(index.rawValue) }
}

extension StateReader {
    /// Reads an index. The table may have no such place: check with ``SlotTable/contains(_:)``.
    mutating func readIndex<Record>() throws(StateError) -> TableIndex<Record> {
        TableIndex(rawValue: try read())
    }
}
