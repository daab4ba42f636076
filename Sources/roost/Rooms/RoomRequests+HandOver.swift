// Requests that wait for news of a room, and event streams, on their way to the program that takes
// this one's place. Their connections go on by themselves; here is what the chat knows of them.
//
// Requests whose answers the store must find first are not among them: the chat is written when
// nothing is on its way to the store.
import ChatRooms
import Storage
import WebSocketServer

extension ChatHandler {
    func saveRoomRequests(to writer: inout StateWriter, _ io: borrowing ServerContext) {
        let waiting = waiters.all
        writer.write(UInt32(waiting.count + released.count))
        for (room, waiter) in waiting {
            writer.writeRecord {
                waiter.save(room, waiter.deadline.nanoseconds(since: io.now), to: &$0)
            }
        }
        // They are about to be answered: there, their time is over.
        for index in 0..<released.count {
            let (room, waiter) = released[index]
            writer.writeRecord { waiter.save(room, 0, to: &$0) }
        }
        let ids = streams.ids
        writer.write(UInt32(ids.count))
        for id in ids {
            writer.writeRecord { writer in
                id.save(to: &writer)
                streams[id]?.save(to: &writer)
            }
        }
    }

    mutating func restoreRoomRequests(
        from reader: inout StateReader, _ io: inout ServerContext
    ) throws(StateError) {
        (waiters, streams, released) = (RoomWaiters(), RoomStreams(), Queue())
        for _ in 0..<(try reader.read(UInt32.self)) {
            let (room, waiter) = try reader.readRecord { reader throws(StateError) in
                let room = try RoomID(from: &reader)
                return (room, try RoomWaiters.Waiter(from: &reader, at: io.now))
            }
            guard io.isAnswerable(waiter.id) else { continue }
            // Requests that were about to be answered may be beyond the limits.
            if !waiters.add(waiter, for: room) { released.append((room, waiter)) }
        }
        for _ in 0..<(try reader.read(UInt32.self)) {
            let (id, stream) = try reader.readRecord { reader throws(StateError) in
                let id = try ConnectionID(from: &reader)
                return (id, try RoomStreams.Stream(from: &reader))
            }
            guard io.isEventStream(id) else { continue }
            guard streams.hasPlace(for: stream.address), streams[id] == nil else {
                throw StateError("there are too many event streams")
            }
            streams.add(stream, id)
            if stream.query != nil { streams.queue(id) }
        }
        if streams.behindCount > 0 || !released.isEmpty { io.continueLater() }
    }
}

extension RoomWaiters.Waiter {
    fileprivate func save(_ room: RoomID, _ nanosecondsLeft: UInt64, to writer: inout StateWriter) {
        room.save(to: &writer)
        id.save(to: &writer)
        writer.write(address.bits)
        query.save(to: &writer)
        writer.write(nanosecondsLeft)
    }

    fileprivate init(from reader: inout StateReader, at now: Instant) throws(StateError) {
        id = try ConnectionID(from: &reader)
        address = ClientAddress(bits: try reader.read())
        query = try PageQuery(from: &reader)
        let left: UInt64 = try reader.read()
        guard left <= RoomWaiters.longest.wholeNanoseconds else {
            throw StateError("a request waits for too long")
        }
        deadline = now.advanced(by: left)
    }
}

extension RoomStreams.Stream {
    fileprivate func save(to writer: inout StateWriter) {
        room.save(to: &writer)
        writer.write(address.bits)
        writer.write(query != nil)
        query?.save(to: &writer)
        writer.write(beginning != nil)
        guard let beginning else { return }
        writer.write(beginning.resumes)
        beginning.query.save(to: &writer)
        writer.write(Int64(beginning.limit))
    }

    fileprivate init(from reader: inout StateReader) throws(StateError) {
        room = try RoomID(from: &reader)
        address = ClientAddress(bits: try reader.read())
        query = try reader.readBool() ? try PageQuery(from: &reader) : nil
        guard try reader.readBool() else { return }
        beginning = StreamBeginning(
            resumes: try reader.readBool(), query: try PageQuery(from: &reader),
            limit: try reader.readCount())
    }
}

extension PageQuery {
    fileprivate func save(to writer: inout StateWriter) {
        writer.write(Int64(after ?? -1))
        writer.write(epoch != nil)
        writer.write(epoch ?? "")
        writer.write(Int64(before ?? -1))
        writer.write(Int64(limit))
    }

    fileprivate init(from reader: inout StateReader) throws(StateError) {
        let after = try reader.read(Int64.self)
        let hasEpoch = try reader.readBool()
        let epoch = try reader.readString()
        let before = try reader.read(Int64.self)
        self.init(
            after: after < 0 ? nil : Int(after), epoch: hasEpoch ? epoch : nil,
            before: before < 0 ? nil : Int(before), limit: try reader.readCount())
    }
}

extension RoomID {
    fileprivate func save(to writer: inout StateWriter) {
        writer.write(index)
        writer.write(generation)
    }

    fileprivate init(from reader: inout StateReader) throws(StateError) {
        self.init(index: try reader.read(), generation: try reader.read())
    }
}
