// The chat and its store: what shall be kept goes out in batches, and what was kept comes back to
// be published. The chat itself keeps only a cache of the newest messages.
import Storage

/// A message that has been given to the store, to recognize a retry of it.
struct PendingID: Hashable {
    let room: RoomIndex
    let author: Int64
    let id: [UInt8]

    init(room: RoomIndex, author: Int64, id: [UInt8]) {
        self.room = room
        self.author = author
        self.id = id
    }

    init(_ message: borrowing AcceptedEntry, _ effects: borrowing Effects) {
        self.init(
            room: message.room, author: message.entry.author,
            id: [UInt8](copying: effects.bytes.span.extracting(message.entry.id)))
    }
}

extension Chat {
    /// Whether there is anything for the store to do: ``takeBatch(at:)`` or ``takeQuestions()``
    /// have something, or ``takeLogOrders()``. It is never true of a chat without a store.
    public var hasWorkForStore: Bool {
        !batch.items.isEmpty || !fullBatches.isEmpty || !questions.isEmpty
            || (!changedUsers.isEmpty && storeState == .works) || shared.hasWork
    }

    /// What shall be kept, the oldest of it; nil if there is nothing. Call it until it is nil, and
    /// give the batches to the store in their order, before the questions that came with them.
    ///
    /// A batch has 32 KiB, and not as much as fits into a turn: all of it is published at once when
    /// it is kept, and that may be ten times the work of taking it.
    public mutating func takeBatch(at now: Timestamp) -> StoreBatch? {
        latest = now
        if storeState == .works { addChangedUsers(at: now) }
        var taken = StoreBatch()
        if let full = fullBatches.popFirst() {
            taken = full
        } else if !batch.items.isEmpty {
            swap(&taken, &batch)
        } else {
            return nil
        }
        batchCount += 1
        taken.number = batchCount
        return taken
    }

    /// What the store is asked since the last call.
    public mutating func takeQuestions() -> [StoreQuestion] {
        let taken = questions
        questions = []
        return taken
    }

    /// Throws if nothing can be kept just now.
    func checkStore() throws(CommandError) {
        guard hasStore || shared.isOn else { return }
        guard storeState == .works, pendingByteCount < limits.pendingByteLimit else {
            throw cannotKeep
        }
    }

    var cannotKeep: CommandError {
        CommandError(
            .unavailable, "The server cannot keep messages just now. Try again.",
            retryAfterMilliseconds: Self.retryTime)
    }

    /// Of what may be kept all the same.
    var notYetKept: CommandError {
        CommandError(
            .unavailable,
            "The server could not keep this yet, and may still do so. Send it again, with its id.",
            retryAfterMilliseconds: Self.retryTime)
    }

    /// Milliseconds after which something is tried again that the store could not do.
    static var retryTime: Int { 2_000 }

    var cannotRead: CommandError {
        CommandError(
            .unavailable, "The server cannot read older messages just now. Try again.",
            retryAfterMilliseconds: Self.retryTime)
    }

    // MARK: Giving

    /// The most bytes of a batch, but for the last thing in it.
    private static var batchByteLimit: Int { 32 << 10 }

    private mutating func endFullBatch() {
        guard batch.bytes.count >= Self.batchByteLimit else { return }
        // No message is kept before its author.
        if storeState == .works { addChangedUsers(at: latest) }
        fullBatches.append(batch)
        batch = StoreBatch()
    }

    /// Gives a message to the store. Its frame and reply are the last bytes.
    mutating func append(_ message: borrowing AcceptedEntry, _ effects: inout Effects) {
        let room = message.room
        let entry = message.entry
        if !rooms[room].isStored { store(room) }
        // It must not be forgotten meanwhile.
        if rooms[room].members.count == 0 { roomFilled(room) }
        rooms[room].pendingCount += 1
        if !entry.id.isEmpty { pendingIDs[PendingID(message, effects)] = entry.place }
        let distance = batch.add(effects.bytes.span, from: entry.frame.lowerBound)
        pendingByteCount += effects.bytes.count - entry.frame.lowerBound
        effects.bytes.removeLast(effects.bytes.count - entry.frame.lowerBound)
        batch.items.append(
            .entry(
                entry.moved(by: distance), room: id(of: room), mark: message.mark,
                reply: message.reply.moved(by: distance)))
        effects.add(.accepted(in: id(of: room), byteCount: entry.frame.count))
        endFullBatch()
        if case .connection(let key) = message.reply.recipient { countPendingReply(key, &effects) }
    }

    /// Has a reply sent when everything before it is kept. Its bytes are the last ones.
    mutating func appendReply(_ reply: StoreBatch.Reply, _ effects: inout Effects) {
        let start = reply.text.lowerBound
        if shared.isOn, case .connection(let key) = reply.recipient {
            let text = [UInt8](copying: effects.bytes.span.extracting(start...))
            effects.bytes.removeLast(effects.bytes.count - start)
            _ = addToLine(text, key, &effects)
            return
        }
        let distance = batch.add(effects.bytes.span, from: start)
        pendingByteCount += effects.bytes.count - start
        effects.bytes.removeLast(effects.bytes.count - start)
        batch.items.append(.reply(reply.moved(by: distance)))
        endFullBatch()
        if case .connection(let key) = reply.recipient { countPendingReply(key, &effects) }
    }

    /// Gives a room to the store that it does not have yet.
    mutating func store(_ room: RoomIndex) {
        rooms[room].isStored = true
        let last = rooms[room].history.last
        batch.items.append(
            .room(
                StoredRoom(
                    number: rooms[room].storedNumber, key: storeKey(of: room),
                    name: rooms[room].name, last: last, firstOffset: last.offset + 1,
                    topic: rooms[room].topic, kind: rooms[room].kind, people: rooms[room].people,
                    creator: rooms[room].creator)))
    }

    // MARK: Answers

    /// The store's answer. Call it for each, in the order in which they came.
    public mutating func answered(
        _ answer: StoreAnswer, at now: Timestamp, _ effects: inout Effects
    ) {
        switch answer {
        case .room(let ticket, let room, let page): loaded(ticket, room, page, at: now, &effects)
        case .page(let ticket, let page):
            guard let asked = asked.removeValue(forKey: ticket),
                case .page(let who, let isNewest) = asked
            else { return }
            effects.add(read(page, for: who))
            goOn(who, .page(page, isNewest: isNewest), at: now, &effects)
        case .listing(let ticket, let list, let rowCount):
            guard case .listing(let asker) = asked.removeValue(forKey: ticket) else { return }
            effects.add(.read(for: asker.key, messageCount: rowCount, byteCount: 0))
            goOn(asker, .listing(list), at: now, &effects)
        case .found(let ticket, let found): searched(ticket, found, at: now, &effects)
        case .failed(let ticket): readFailed(ticket, at: now, &effects)
        case .stored(let batch): stored(batch, at: now, &effects)
        case .delayed(let batch): delayed(batch, at: now, &effects)
        case .state(let state): storeState = state
        case .log(let event): heard(event, at: now, &effects)
        }
    }

    /// Everything in the batch is kept: publishes its messages, and answers who waits for it.
    private mutating func stored(
        _ batch: StoreBatch, at now: Timestamp, _ effects: inout Effects
    ) {
        let isAnswered = batch.number <= answeredBatchCount
        let base = effects.bytes.count
        effects.bytes.append(batch.bytes.span)
        pendingByteCount -= batch.bytes.count
        var settled: [ConnectionKey] = []
        for item in batch.items {
            switch item {
            case .room, .forgetUser, .people, .read, .moderation, .hook: continue
            case .entry(let entry, let id, let mark, let reply):
                let room = RoomIndex(rawValue: id.index)
                var message = AcceptedEntry(room: room, entry: entry.moved(by: base), mark: mark)
                rooms[room].pendingCount -= 1
                if !entry.id.isEmpty {
                    pendingIDs[PendingID(message, effects)] = nil
                }
                if !isAnswered { message.reply = reply.moved(by: base) }
                kept(message, at: now, &effects)
                if !isAnswered { answerRequest(message.reply, &effects) }
                settle(reply, isAnswered, &settled)
                if rooms[room].members.count == 0 { roomEmptied(room, at: now, &effects) }
            case .reply(let reply), .user(_, let reply):
                guard !isAnswered else { continue }
                let moved = reply.moved(by: base)
                if case .connection(let key) = moved.recipient {
                    effects.add(.reply(to: key, bytes: moved.text))
                }
                answerRequest(moved, &effects)
                settle(reply, isAnswered, &settled)
            }
        }
        for key in settled { settlePendingReply(key, at: now, &effects) }
    }

    /// It is not known whether a batch is kept: says so to who waits for it.
    private mutating func delayed(
        _ batch: StoreBatch, at now: Timestamp, _ effects: inout Effects
    ) {
        guard batch.number > answeredBatchCount else { return }
        answeredBatchCount = batch.number
        var settled: [ConnectionKey] = []
        for item in batch.items {
            switch item {
            case .room, .forgetUser, .people, .read, .moderation, .hook: continue
            case .entry(_, _, _, let reply), .user(_, let reply):
                refuse(reply, batch.bytes, &effects)
                settle(reply, false, &settled)
            case .reply(let reply) where reply.isAcknowledgement:
                refuse(reply, batch.bytes, &effects)
                settle(reply, false, &settled)
            case .reply(let reply):
                let moved = reply.moved(by: effects.bytes.count - reply.text.lowerBound)
                effects.bytes.append(batch.bytes.span.extracting(reply.text))
                if case .connection(let key) = moved.recipient {
                    effects.add(.reply(to: key, bytes: moved.text))
                }
                answerRequest(moved, &effects)
                settle(reply, false, &settled)
            }
        }
        for key in settled { settlePendingReply(key, at: now, &effects) }
    }

    private func settle(
        _ reply: StoreBatch.Reply, _ isAnswered: Bool, _ settled: inout [ConnectionKey]
    ) {
        guard !isAnswered, case .connection(let key) = reply.recipient else { return }
        settled.append(key)
    }

    /// Says that it is not known whether something is kept.
    private mutating func refuse(
        _ reply: StoreBatch.Reply, _ bytes: [UInt8], _ effects: inout Effects
    ) {
        let error = notYetKept
        counters.count(error.code)
        switch reply.recipient {
        case .nobody: return
        case .request(let key, _): answer(key, .published(RoomAnswer(error)), &effects)
        case .connection(let key):
            let start = effects.bytes.count
            effects.bytes.append("{\"type\":\"error\"")
            if !reply.reference.isEmpty {
                effects.bytes.append(",\"ref\":\"")
                effects.bytes.append(bytes.span.extracting(reply.reference))
                effects.bytes.append("\"")
            }
            effects.bytes.append(",")
            error.write(to: &effects.bytes)
            effects.bytes.append("}")
            effects.reply(to: key, from: start)
        }
    }

    private func answerRequest(_ reply: StoreBatch.Reply, _ effects: inout Effects) {
        guard case .request(let key, let isNew) = reply.recipient else { return }
        let json = [UInt8](copying: effects.bytes.span.extracting(reply.text))
        answer(key, .published(RoomAnswer(json: json, isNew: isNew)), &effects)
    }

    /// Answers a request that has waited.
    func answer(_ key: RequestKey, _ answer: RequestAnswer, _ effects: inout Effects) {
        effects.answers.append(answer)
        effects.add(.answer(key, index: effects.answers.count - 1))
    }
}
