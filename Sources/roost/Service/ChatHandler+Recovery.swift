// The chat's part in connections that survive a crash: the library keeps a note of each outside of
// the process, and gives them back to the next one. See ARCHITECTURE, "After a crash".
//
// Not carried over, and begun anew: rates, refusals, how many messages a connection has sent, and
// the ends of connections for `roost why`.
import ChatRooms
import Storage
import WebSocketServer

extension ChatHandler: RecoveryHandler {
    /// The version of what stands in front of the chat's note, which has one of its own.
    private static var noteForm: UInt16 { 1 }
    /// A longer note is none: ``RecoveryHandler/saveConnection(_:to:_:)``.
    private static var noteByteLimit: Int { 640 }

    func saveConnection(
        _ id: ConnectionID, to writer: inout StateWriter, _ io: borrowing ServerContext
    ) -> Bool {
        let start = writer.count
        writer.write(Self.noteForm)
        // When it was opened, by the clock on the wall: the next process has another age.
        writer.write(io.timestamp.wall / 100 - Int64(notes.age(of: id, at: io.now)))
        return chat.saveNote(of: id.key, to: &writer)
            && writer.count - start <= Self.noteByteLimit
    }

    mutating func recoverConnection(
        _ id: ConnectionID, _ state: RecoveredState, from reader: inout StateReader,
        places: [TopicPlace], _ io: inout ServerContext
    ) throws(StateError) -> Bool {
        let form = try reader.read(UInt16.self)
        guard form == Self.noteForm else {
            throw StateError("a note of form \(form) cannot be read")
        }
        let openedAt = try reader.read(Int64.self)
        let places = places.map {
            RecoveredPlace(
                room: Int64(bitPattern: $0.topic),
                place: Place(offset: Int(clamping: $0.offset), epoch: $0.epoch))
        }
        let isTaken = try chat.recover(
            id.key, resourceID: id.resourceID, address: ClientAddress(io.peer(of: id)),
            from: &reader, places: places, isLost: state == .lost, at: io.timestamp, &effects)
        if isTaken {
            let age = (io.timestamp.wall / 100).subtractingReportingOverflow(openedAt)
            notes.opened(id, age: UInt32(clamping: age.partialValue), at: io.now)
        }
        carryOutEffects(&io)
        return isTaken
    }

    // MARK: Keeping the notes true

    mutating func subscribe(_ id: ConnectionID, to room: RoomID, _ io: inout ServerContext) {
        // Whatever is published by the same effects stands in front of this.
        setPlace(of: room, chat.newestPlace(in: room), &io)
        io.subscribe(id, to: topic(of: room))
        io.connectionChanged(id)
    }

    /// What was published to the room so far could be sent again after a crash.
    mutating func setPlace(of room: RoomID, _ place: Place?, _ io: inout ServerContext) {
        guard let place, let number = chat.storedNumber(of: room) else { return }
        io.setPlace(
            of: topic(of: room),
            TopicPlace(
                topic: UInt64(bitPattern: number), offset: UInt64(place.offset),
                epoch: place.epoch))
    }

    /// Does so for all rooms, after a hand-over.
    mutating func setPlaces(_ io: inout ServerContext) {
        guard chat.hasStore else { return }
        var rooms: [RoomID] = []
        chat.forEachRoom { rooms.append($0) }
        for room in rooms { setPlace(of: room, chat.newestPlace(in: room), &io) }
    }
}
