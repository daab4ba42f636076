// What a node has to say, in the words of the chat.
import ChatEngine
import ChatRooms
import Storage

extension EngineLink {
    /// Adds to the news what an event means.
    mutating func translate(_ event: EngineEvent, at now: UInt64) {
        switch event {
        case .live(let room, let serials):
            if let id = rooms[room] { goLive(id, serials) }
        case .appended(let room, let serials):
            guard let id = rooms[room] else { return }
            told(id, serials)
            news.append(.log(.appended(id, part(serials, of: room))))
        case .reset(let room, let serials):
            guard let id = rooms[room] else { return }
            told(id, serials)
            figures.resetCount += 1
            news.append(.log(.reset(id, part(serials, of: room))))
        case .placed(let ticket, let place):
            if let since = waiting.removeValue(forKey: ticket) {
                figures.placed(after: now - min(now, since))
            }
            news.append(
                .log(
                    .placed(
                        ticket: ticket,
                        Place(offset: Int(clamping: place.offset), epoch: place.epoch))))
        case .delayed(let ticket):
            figures.delayedCount += 1
            news.append(.log(.delayed(ticket: ticket)))
        case .refused(let ticket, let refusal):
            waiting[ticket] = nil
            figures.refusedCount += 1
            news.append(.refusal(refusal))
            if case .unknown = refusal {
                news.append(.log(.delayed(ticket: ticket)))
            } else {
                news.append(.log(.refused(ticket: ticket)))
            }
        case .presence(let room, let other, let value):
            if let id = rooms[room] { hear(value, of: other, in: id) }
        case .state(let state):
            let begins = state == .up && lastState != .slow
            changed(state, at: now)
            guard begins else { return }
            // People who come from now on wait until the room was read.
            for (id, room) in followed where room.wasLive { news.append(.log(.syncing(id))) }
        case .reconnect(let trouble): news.append(.useless(trouble))
        }
    }

    /// The chat has heard of these entries, if it listens already: before the room is live for it
    /// the first time, it does not.
    private mutating func told(_ id: RoomID, _ serials: Range<Int>) {
        guard followed[id]?.wasLive == true else { return }
        followed[id]?.toldSerial = serials.upperBound
    }

    /// Nothing is missing in the room's log. The chat gets what it has not heard of yet, and the
    /// entry before, by which it knows that nothing is between.
    mutating func goLive(_ id: RoomID, _ serials: Range<Int>) {
        guard let room = followed[id] else { return }
        let told = room.toldSerial
        let name = room.wasLive ? room.name : name(of: room, serials)
        followed[id]?.name = name
        followed[id]?.wasLive = true
        followed[id]?.toldSerial = serials.upperBound
        let first = max(serials.lowerBound, min(told - 1, serials.upperBound))
        news.append(.log(.live(id, name: name, part(first..<serials.upperBound, of: room.room))))
    }

    /// The room's name, as other nodes write it.
    private func name(of room: Followed, _ serials: Range<Int>) -> String {
        if let first = serials.first, let entry = node.entry(first, in: room.room),
            let name = SharedForm.name(in: entry.body, key: room.key)
        {
            return name
        }
        for (_, value) in node.presences(in: room.room) {
            if let name = SharedForm.name(in: value.span, key: room.key) { return name }
        }
        return room.name
    }

    private func part(_ serials: Range<Int>, of room: EngineRoom) -> LogPart {
        var part = LogPart()
        for serial in serials {
            // The oldest may be gone, if more has come since.
            guard let entry = node.entry(serial, in: room) else { continue }
            part.append(
                Place(offset: Int(clamping: entry.place.offset), epoch: entry.place.epoch),
                EntryKey(entry.key),
                entry.body.extracting(SharedForm.startOfSaid(in: entry.body)...))
        }
        return part
    }

    /// The people in the room on another node; what cannot be read is nobody.
    mutating func hear(_ value: [UInt8], of other: String, in id: RoomID) {
        let said = value.span.extracting(SharedForm.startOfSaid(in: value.span)...)
        let presence = value.isEmpty ? nil : RoomPresence(said)
        news.append(.log(.presence(id, node: other, presence)))
    }
}
