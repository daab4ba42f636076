// What the chat asks of a node: rooms, publishes, presence, and the end of each log.
import RedisClient
import Storage

extension EngineNode {
    // MARK: Rooms

    /// Opens a room, so that its log is kept here: it is live as soon as it was read. A room that
    /// is open already is the same room.
    package mutating func open(_ key: String) -> EngineRoom {
        if let room = roomsByKey[key] {
            rooms[TableIndex(rawValue: room.index)].isClosing = false
            return room
        }
        let generation = rooms.nextFree.map { rooms[$0].generation } ?? 0
        let names = RoomNames(key, prefix: options.prefix)
        let index = rooms.allocate(RoomState(key, names, generation, keep: options.keep))
        let room = EngineRoom(index: index.rawValue, generation: generation)
        roomsByKey[key] = room
        roomsByChannel[names.channel] = room
        requestRead(room)
        return room
    }

    /// Closes a room, as soon as nothing is pending in it. Opening it before that keeps it.
    package mutating func close(_ room: EngineRoom) {
        let index = index(of: room)
        guard !rooms[index].isClosing else { return }
        rooms[index].isClosing = true
        setPresence([], in: room)
        guard !rooms[index].isInClosing else { return }
        rooms[index].isInClosing = true
        closing.append(room)
    }

    /// The room with this key, if it is open.
    package func room(_ key: String) -> EngineRoom? { roomsByKey[key] }

    /// The key of an open room.
    package func key(of room: EngineRoom) -> String { rooms[index(of: room)].key }

    /// Whether the log is what Redis has, so that a join can be answered from it.
    package func isLive(_ room: EngineRoom) -> Bool { rooms[index(of: room)].isLive }

    // MARK: Saying

    /// Publishes a message. It comes as `placed`, or as `refused`; if that takes long, as `delayed`
    /// before.
    ///
    /// - Parameters:
    ///   - key: what names the message. If the same is published twice within the newest 1,000, by
    ///     whatever node, it is in the room once, and both come as `placed` at the same place.
    ///   - ticket: what the events about it carry.
    package mutating func publish(
        key: Span<UInt8>, body: Span<UInt8>, ticket: UInt64, in room: EngineRoom, at now: UInt64
    ) {
        let index = index(of: room)
        guard rooms[index].pending.count < options.pendingLimit else {
            return events.append(.refused(ticket: ticket, .tooManyPending))
        }
        rooms[index].pending.append(
            PendingPublish(
                bytes: joined(key, body), keyByteCount: key.count, ticket: ticket, since: now))
        if timers.delayCheckAt == nil { timers.delayCheckAt = now + options.delayedAfter }
        if rooms[index].isLive { makeReady(index) }
    }

    /// Says who is in a room on this node, in whatever way the chat writes that. Empty if nobody.
    package mutating func setPresence(_ value: [UInt8], in room: EngineRoom) {
        let index = index(of: room)
        guard rooms[index].presence.own != value else { return }
        rooms[index].presence.own = value
        writePresence(index)
    }

    // MARK: The log

    /// The serial numbers of the entries that the log has.
    package func serials(in room: EngineRoom) -> Range<Int> { rooms[index(of: room)].log.serials }

    /// An entry of the log by its serial number; nil if the log has forgotten it.
    package func entry(_ serial: Int, in room: EngineRoom) -> EngineEntry? {
        let index = index(of: room)
        return rooms[index].log.serials.contains(serial) ? rooms[index].log[serial] : nil
    }

    /// The place of the newest entry.
    package func head(of room: EngineRoom) -> EnginePlace { rooms[index(of: room)].log.head }

    /// From which serial number on a member goes on that has seen everything up to this place; nil
    /// if the place is not in the log, so that the member is not recovered.
    package func serial(behind place: EnginePlace, in room: EngineRoom) -> Int? {
        rooms[index(of: room)].log.serial(behind: place)
    }

    // MARK: Handles

    /// Where an open room is; a handle of a closed room is a bug of the caller and ends the
    /// process.
    func index(of room: EngineRoom) -> TableIndex<RoomState> {
        guard let index = find(room) else { preconditionFailure("the room is closed") }
        return index
    }

    /// The same for a room that may have been closed.
    func find(_ room: EngineRoom) -> TableIndex<RoomState>? {
        let index = TableIndex<RoomState>(rawValue: room.index)
        guard rooms.contains(index), rooms[index].isOpen,
            rooms[index].generation == room.generation
        else { return nil }
        return index
    }

    func handle(_ index: TableIndex<RoomState>) -> EngineRoom {
        EngineRoom(index: index.rawValue, generation: rooms[index].generation)
    }
}
