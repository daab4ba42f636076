// Giving entries to a shared log, and answering whoever waits for their places.
import Storage

extension Chat {
    /// What is said, before it has an author and a time.
    struct Said {
        var kind = EntryKind.message
        /// The offset of what it changes or answers; 0 if there is none.
        var target = 0
        /// As they stand inside of a JSON string; empty if there is none.
        var text: [UInt8] = []
        var id: [UInt8] = []
        var user: String
        /// See ``StoredEntry/author``.
        var author: Int64
    }

    /// Says something in a room whose log is shared, for a connection.
    mutating func share(
        _ said: Said, in room: RoomIndex, _ command: borrowing Command, _ text: Span<UInt8>,
        _ effects: inout Effects
    ) throws(CommandError) {
        if let first = placeOfKept(said, in: room) {
            counters.retryCount += 1
            return answer(acknowledge(command, text, room, first, &effects), &effects)
        }
        let owner = connections[command.connection.slot].owner
        let ticket = try ticket(for: said, in: room, owner, command.connection, at: command.now)
        let reference = command.reference.map { [UInt8](copying: text.extracting($0)) }
        let turn = addToLine(nil, command.connection, &effects)
        shared.posts[ticket]!.waiters.append(
            .connection(command.connection, turn: turn, reference: reference))
        effects.add(.accepted(in: id(of: room), byteCount: shared.posts[ticket]!.byteCount))
    }

    /// The same for a request from outside. Returns the answer if it is known already.
    mutating func share(
        _ said: Said, in room: RoomIndex, for request: RequestKey, at now: Timestamp
    ) throws(CommandError) -> RoomAnswer? {
        if let first = placeOfKept(said, in: room) {
            counters.retryCount += 1
            return RoomAnswer(json: acknowledgement(room, first))
        }
        let count = shared.posts.count
        let ticket = try ticket(for: said, in: room, Self.operators, request, at: now)
        let isNew = shared.posts.count > count
        shared.posts[ticket]!.waiters.append(.request(request, isNew: isNew))
        share(room, with: Self.operators)
        return nil
    }

    /// The place of the entry if it is a retry of what is kept.
    private func placeOfKept(_ said: Said, in room: RoomIndex) -> Place? {
        guard !said.id.isEmpty else { return nil }
        let offset = rooms[room].history.find(
            author: said.author, said.id.span, 0..<said.id.count)
        return offset.map { Place(offset: $0, epoch: rooms[room].history.epoch(of: $0)) }
    }

    /// The ticket of the entry: of the same one, if it is on its way already; else it is given to
    /// the log.
    private mutating func ticket(
        for said: Said, in room: RoomIndex, _ owner: OwnerIndex, _ sender: ConnectionKey,
        at now: Timestamp
    ) throws(CommandError) -> UInt64 {
        try checkStore()
        let number = nextTicket()
        let key =
            said.id.isEmpty
            ? EntryKey(seed: epochSeed, counter: number)
            : EntryKey(author: said.author, id: said.id.span)
        if let known = shared.tickets[SharedLog.PostKey(room: room, key: key)] {
            counters.retryCount += 1
            return known
        }
        var target: Place?
        if said.target > 0 {
            let history = rooms[room].history
            let isKept = said.target >= history.firstOffset
            target = Place(
                offset: said.target,
                epoch: isKept ? history.epoch(of: said.target) : EntryBody.unknownEpoch)
        }
        let body = EntryBody(
            kind: said.kind, target: target, author: said.author, at: now.wall, user: said.user
        ).bytes(id: said.id.span, text: said.text.span)
        let mark = owners[owner].mark
        try checkPlace(for: body.count, of: mark, in: room, at: now)
        try checkAllowance(of: owner, at: now)
        spendAllowance(of: owner, body.count, at: now)
        let post = SharedLog.Post(
            room: room, key: key, mark: mark, byteCount: body.count,
            last: rooms[room].history.lastOffset, sender: sender)
        shared.posts[number] = post
        shared.tickets[SharedLog.PostKey(room: room, key: key)] = number
        // It must not be forgotten meanwhile.
        if rooms[room].members.count == 0 { roomFilled(room) }
        rooms[room].pendingCount += 1
        pendingByteCount += body.count
        shared.orders.append(
            .add(LogPost(ticket: number, room: id(of: room), key: key, body: body)))
        return number
    }

    // MARK: Answers

    /// An entry has its place.
    mutating func placed(
        _ ticket: UInt64, _ place: Place, at now: Timestamp, _ effects: inout Effects
    ) {
        guard let room = shared.posts[ticket]?.room else { return }
        shared.posts[ticket]!.place = Place(
            offset: place.offset, epoch: Epoch(number: place.epoch).number)
        if place.offset <= rooms[room].history.lastOffset {
            settle(ticket, at: now, &effects)
        } else {
            // Nobody hears of an entry before everybody in the room has it.
            shared.early[room, default: []].append(ticket)
        }
    }

    /// Answers who waits for entries whose places the room's log has reached now.
    mutating func answerEarly(in room: RoomIndex, at now: Timestamp, _ effects: inout Effects) {
        guard !shared.early.isEmpty, let tickets = shared.early.removeValue(forKey: room) else {
            return
        }
        for ticket in tickets {
            guard let place = shared.posts[ticket]?.place else { continue }
            if place.offset <= rooms[room].history.lastOffset {
                settle(ticket, at: now, &effects)
            } else {
                shared.early[room, default: []].append(ticket)
            }
        }
    }

    /// An entry is in the room's log: says where to who waits for that.
    private mutating func settle(_ ticket: UInt64, at now: Timestamp, _ effects: inout Effects) {
        guard let post = shared.posts[ticket], let place = post.place else { return }
        let history = rooms[post.room].history
        // Under another epoch it is another entry, and this one may be lost.
        guard place.offset < history.firstOffset || history.epoch(of: place.offset) == place.epoch
        else { return failed(ticket, notYetKept, at: now, &effects) }
        forget(ticket, post)
        for waiter in post.waiters {
            switch waiter {
            case .request(let key, let isNew):
                let isNew = isNew && place.offset > post.last
                let json = acknowledgement(post.room, place)
                answer(key, .published(RoomAnswer(json: json, isNew: isNew)), &effects)
            case .connection(let key, let turn, let reference):
                var out = ByteBuffer(minimumCapacity: 128)
                out.append("{\"type\":\"ok\"")
                Self.write(reference, to: &out)
                out.append(",\"offset\":")
                out.append(decimal: place.offset)
                writeEpoch(place.epoch, of: post.room, to: &out)
                out.append("}")
                answerInLine(key, turn, [UInt8](copying: out.span), at: now, &effects)
            }
        }
        release(post, at: now, &effects)
    }

    /// An entry does not come, or not yet.
    mutating func failed(
        _ ticket: UInt64, _ error: CommandError, at now: Timestamp, _ effects: inout Effects
    ) {
        guard let post = shared.posts[ticket] else { return }
        forget(ticket, post)
        for waiter in post.waiters {
            counters.count(error.code)
            switch waiter {
            case .request(let key, _):
                answer(key, .published(RoomAnswer(error)), &effects)
            case .connection(let key, let turn, let reference):
                var out = ByteBuffer(minimumCapacity: 256)
                out.append("{\"type\":\"error\"")
                Self.write(reference, to: &out)
                out.append(",")
                error.write(to: &out)
                out.append("}")
                answerInLine(key, turn, [UInt8](copying: out.span), at: now, &effects)
            }
        }
        release(post, at: now, &effects)
    }

    /// The same entry may be said again from now on.
    private mutating func forget(_ ticket: UInt64, _ post: SharedLog.Post) {
        shared.posts[ticket] = nil
        shared.tickets[SharedLog.PostKey(room: post.room, key: post.key)] = nil
        pendingByteCount -= post.byteCount
    }

    /// All who waited for the entry are answered: its room may be forgotten. Not before that, since
    /// an answer lets commands go on, and the last member leave.
    private mutating func release(
        _ post: SharedLog.Post, at now: Timestamp, _ effects: inout Effects
    ) {
        rooms[post.room].pendingCount -= 1
        if rooms[post.room].members.count == 0 { roomEmptied(post.room, at: now, &effects) }
    }

    private static func write(_ reference: [UInt8]?, to out: inout ByteBuffer) {
        guard let reference else { return }
        out.append(",\"ref\":\"")
        out.append(reference.span)
        out.append("\"")
    }
}
