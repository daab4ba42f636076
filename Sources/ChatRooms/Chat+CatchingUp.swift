// A recovered connection gets what it has missed, room by room, and everything from then on.
import Storage

/// What a recovered connection has still to get.
struct CatchingUp {
    /// A room that it is in and not subscribed to yet.
    struct Missed {
        var room: RoomIndex
        /// What the room was when the connection was last in it.
        var kind: RoomKind
        /// The last entry that the connection has.
        var place: Place
    }

    /// When it was recovered, in milliseconds.
    var since: Int64
    var rooms: [Missed]
    /// The room for which the store is asked.
    var asked = RoomIndex.none
}

/// What others in a room will hear, when everybody can.
struct HeldNews {
    let room: RoomID
    /// Empty if nobody need hear it any more.
    var text: [UInt8]
    /// The number of members then, and the end, are not written yet.
    var isPresence = false
}

/// Somebody who has entered a room, or left it, of which the others have not heard yet.
struct HeldPresence: Hashable {
    let room: RoomID
    /// The user's number.
    let user: Int64
}

extension Chat {
    /// How long the store may take until a recovered connection has everything, in milliseconds.
    private static var catchingUpLimit: Int64 { 10_000 }

    /// Sends a recovered connection what it has missed, and subscribes it, in one room after the
    /// other. If the store must be asked, it goes on with the answer.
    mutating func catchUp(
        _ key: ConnectionKey, _ read: StoreRead, at now: Timestamp, _ effects: inout Effects
    ) -> Progress {
        let slot = key.slot
        var read = read
        while let next = catchingUp[slot]?.rooms.first {
            if next.room != catchingUp[slot]!.asked { read = .nothing }
            do throws(CommandError) {
                let command = Command(of: key, at: now, read)
                guard let missed = try find(next, command) else {
                    catchingUp[slot]!.asked = next.room
                    return .asks
                }
                sendEach(missed, of: next.room, to: key, &effects)
                effects.add(.subscribe(key, id(of: next.room)))
                catchingUp[slot]!.rooms.removeFirst()
                catchingUp[slot]!.asked = .none
            } catch {
                giveUp(slot, at: now, &effects)
                return .done
            }
        }
        endCatchingUp(slot, &effects)
        effects.add(.changed(key))
        return .done
    }

    /// What the connection has missed in a room; nil if the store must be asked, which is done
    /// then. Throws if there would be a gap, or if the connection may not be there.
    private mutating func find(
        _ next: CatchingUp.Missed, _ command: borrowing Command
    ) throws(CommandError) -> Excerpt? {
        let room = next.room
        guard !rooms[room].isLoading else {
            if case .failed = command.read { throw cannotRead }
            wait(.connection(command.connection), for: room)
            return nil
        }
        // Without its row in the store, the name of a private room leads to an open one, and a
        // conversation's second number may be anybody's.
        guard rooms[room].kind == next.kind, next.kind == .open || rooms[room].isStored else {
            throw cannotRead
        }
        if rooms[room].kind != .direct { try checkMayEnter(rooms[room].name, command) }
        try checkMayEnter(room, connections[command.connection.slot].user)
        let found = find(
            .after(next.place.offset, epoch: next.place.epoch),
            limit: limits.messagesPerRoomLimit, byteLimit: 4 * limits.pageByteLimit, in: room,
            command.read.page)
        switch found {
        case .missing(let request):
            try ask(request, for: .connection(command.connection), command.read, isNewest: false)
            return nil
        case .messages(let missed):
            guard missed.isContinuous, !missed.isMore else { throw cannotRead }
            return missed
        }
    }

    /// A recovered connection cannot go on: takes it out of its rooms, and closes it.
    private mutating func giveUp(_ slot: UInt32, at now: Timestamp, _ effects: inout Effects) {
        let user = connections[slot].user
        while case let subscription = connections[slot].firstSubscription, subscription != .none {
            unsubscribe(slot, from: subscriptions[subscription].room, &effects)
            leave(slot, subscription, at: now, &effects)
        }
        connections[slot].state = .closing
        effects.close(key(of: slot), .restarted, of: users[user].name)
        endCatchingUp(slot, &effects)
    }

    /// Gives up connections for which the store takes too long.
    mutating func closeLateRecoveries(at now: Timestamp, _ effects: inout Effects) {
        for (slot, recovery) in catchingUp.sorted(by: { $0.key < $1.key })
        where now.monotonic - recovery.since >= Self.catchingUpLimit {
            guard connections[slot].state == .loggedIn else {
                endCatchingUp(slot, &effects)
                continue
            }
            giveUp(slot, at: now, &effects)
        }
    }

    /// Ends the subscription of a connection to a room, unless it has not begun yet.
    mutating func unsubscribe(_ slot: UInt32, from room: RoomIndex, _ effects: inout Effects) {
        if !catchingUp.isEmpty,
            catchingUp[slot]?.rooms.contains(where: { $0.room == room }) == true
        {
            return
        }
        effects.add(.unsubscribe(key(of: slot), id(of: room)))
    }

    /// The connection has left a room in which it may still have had to catch up.
    mutating func forgetMissed(_ slot: UInt32, in room: RoomIndex) {
        guard !catchingUp.isEmpty, catchingUp[slot] != nil else { return }
        catchingUp[slot]!.rooms.removeAll { $0.room == room }
        if catchingUp[slot]!.asked == room { catchingUp[slot]!.asked = .none }
    }

    // MARK: What the others hear

    /// Publishes news of a room that are no entries of it: the bytes since `start`. As long as
    /// anybody has to catch up, it waits: the recovered connections know who is there, and must not
    /// miss a change of that.
    mutating func publishNews(in room: RoomIndex, from start: Int, _ effects: inout Effects) {
        guard !catchingUp.isEmpty else {
            return effects.publish(to: id(of: room), from: start)
        }
        heldNews.append(HeldNews(room: id(of: room), text: takeText(from: start, &effects)))
    }

    private func takeText(from start: Int, _ effects: inout Effects) -> [UInt8] {
        let count = effects.bytes.count
        let text = [UInt8](copying: effects.bytes.span.extracting(start..<count))
        effects.bytes.removeLast(count - start)
        return text
    }

    /// The others hear later that a user has entered or left: the bytes since `start`, up to the
    /// number of members.
    mutating func hold(
        _ event: PresenceEvent, _ user: UserIndex, _ room: RoomIndex, from start: Int,
        _ effects: inout Effects
    ) {
        let presence = HeldPresence(room: id(of: room), user: users[user].number)
        heldPresence[presence] = (event, heldNews.count)
        heldNews.append(
            HeldNews(room: presence.room, text: takeText(from: start, &effects), isPresence: true))
    }

    /// Whether the others hear nothing at all: the user has left and is back, or has entered and
    /// left, before they could hear of either.
    mutating func cancelsHeld(
        _ event: PresenceEvent, _ user: UserIndex, _ room: RoomIndex
    ) -> Bool {
        let presence = HeldPresence(room: id(of: room), user: users[user].number)
        guard let held = heldPresence[presence], held.event != event else { return false }
        heldPresence[presence] = nil
        heldNews[held.index].text = []
        return true
    }

    /// A recovered connection has everything, or is no more. After the last one, the others hear
    /// what has happened since the crash.
    mutating func endCatchingUp(_ slot: UInt32, _ effects: inout Effects) {
        guard catchingUp.removeValue(forKey: slot) != nil, catchingUp.isEmpty else { return }
        for news in heldNews where !news.text.isEmpty {
            guard let room = index(of: news.room) else { continue }
            let start = effects.bytes.count
            effects.bytes.append(news.text.span)
            if news.isPresence {
                effects.bytes.append(decimal: rooms[room].members.count)
                effects.bytes.append("}")
            }
            effects.publish(to: news.room, from: start)
        }
        heldNews = []
        heldPresence = [:]
    }

    /// A connection that was lost in a crash, or could not go on, is reported as closed: the others
    /// in its rooms hear that its user has left.
    mutating func tellLost(_ slot: UInt32, _ effects: inout Effects) {
        guard let left = lostRooms.removeValue(forKey: slot) else { return }
        let user = connections[slot].user
        let others = connectionSlots(of: user).compactMap { lostRooms[$0] }.joined()
        let stillThere = Set(others.compactMap { find($0) })
        for room in left.compactMap({ find($0) })
        where rooms[room].members.count > 0 && !stillThere.contains(room)
            && membership(of: user, in: room) == nil
        {
            tell(.leave, user, room, &effects)
        }
    }
}
