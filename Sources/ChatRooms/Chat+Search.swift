// The command `search`: which rooms are searched for it, and the reply with what the store has
// found. Without a store, `Chat+SearchMemory` looks at what is in memory.
import Storage

/// A `search`, checked.
struct SearchCommand {
    var query: SearchQuery
    /// All of them are rooms that the connection is in.
    var rooms: [RoomIndex]
    /// As an earlier reply has said it; nil begins with the newest.
    var before: SearchCursor?
    var limit: Int
}

/// Where a search has stopped, as a client gets and returns it.
enum SearchCursor: Equatable {
    case store(Int64)
    /// See ``Chat/searchMemory(_:_:_:_:)``.
    case memory(second: UInt32, room: UInt64, offset: Int)

    /// nil if it is none.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        switch parts.count {
        case 1:
            guard let number = Int64(text) else { return nil }
            self = .store(number)
        case 3:
            guard let second = UInt32(parts[0]), let room = UInt64(parts[1]),
                let offset = Int(parts[2])
            else { return nil }
            self = .memory(second: second, room: room, offset: offset)
        default: return nil
        }
    }

    var text: String {
        switch self {
        case .store(let number): "\(number)"
        case .memory(let second, let room, let offset): "\(second)-\(room)-\(offset)"
        }
    }
}

extension Chat {
    /// The greatest `limit` of a search, and the one without.
    static var searchMessageLimit: Int { 50 }
    static var standardSearchLimit: Int { 20 }
    /// What looking at a text of the store counts for, in bytes of work: a thousand are a command.
    static var searchWork: Int { 16 }

    /// Looks for messages in the rooms of the connection, or in one of them.
    mutating func search(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) -> Progress {
        let search = try searchCommand(command, text)
        guard hasStore else {
            searchMemory(search, command, text, &effects)
            return .done
        }
        switch command.read {
        case .failed: throw cannotRead
        case .found(let found):
            replyFound(found, search, command, text, &effects)
            let work = found.visitedCount * Self.searchWork
            charge(work, paid: 1, to: command.connection, at: command.now)
            return .done
        default: break
        }
        var request = SearchRequest(
            ticket: 0, rooms: [], query: search.query, before: nil, countLimit: search.limit,
            byteLimit: limits.pageByteLimit)
        if case .store(let number) = search.before { request.before = number }
        for room in search.rooms where rooms[room].isStored {
            request.rooms.append(
                SearchRequest.Room(number: rooms[room].storedNumber, name: rooms[room].name))
        }
        ask(request, for: .connection(command.connection))
        return .asks
    }

    private func searchCommand(
        _ command: borrowing Command, _ text: Span<UInt8>
    ) throws(CommandError) -> SearchCommand {
        let value = try command.fields.string(.text)
        let name = try command.fields.string(ifPresent: .room)
        let limit = try command.fields.number(ifPresent: .limit, text)
        guard Int(value.scalarCount) <= SearchQuery.scalarLimit else {
            throw CommandError(.tooLong, "A search has at most 200 characters.")
        }
        let query = SearchQuery(value.text(in: text))
        guard !query.phrases.isEmpty else {
            throw CommandError(.badRequest, "A search has at least one word in it.")
        }
        guard query.phrases.count <= SearchQuery.phraseLimit else {
            throw CommandError(.tooLong, "A search has at most 10 words and phrases.")
        }
        var cursor: SearchCursor?
        if let before = try command.fields.string(ifPresent: .before) {
            cursor = SearchCursor(before.text(in: text))
            if case .store = cursor, hasStore {
            } else if case .memory = cursor, !hasStore {
            } else {
                throw CommandError(.before, "must be what an earlier search has replied.")
            }
        }
        let slot = command.connection.slot
        var found: [RoomIndex] = []
        if let name {
            found = [subscriptions[try subscription(of: slot, name, text)].room]
        } else {
            var index = connections[slot].firstSubscription
            while index != .none {
                found.append(subscriptions[index].room)
                index = subscriptions[index].link
            }
        }
        return SearchCommand(
            query: query, rooms: found, before: cursor,
            limit: min(max(limit ?? Self.standardSearchLimit, 1), Self.searchMessageLimit))
    }

    // MARK: The reply

    /// Begins `{"type":"found",…,"messages":[`. Returns the position of its first byte.
    func beginFound(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) -> Int {
        let start = begin("found", command, text, &effects)
        effects.bytes.append(",\"messages\":[")
        return start
    }

    /// Ends it, and sends it. `next` is where the search goes on; nil if it has come to the end.
    mutating func endFound(
        from start: Int, next: SearchCursor?, _ command: borrowing Command,
        _ effects: inout Effects
    ) {
        if let next {
            effects.bytes.append("],\"more\":true,\"before\":\"")
            effects.bytes.append(utf8: next.text)
            effects.bytes.append("\"}")
        } else {
            effects.bytes.append("],\"more\":false}")
        }
        counters.searchCount += 1
        effects.reply(to: command.connection, from: start)
    }

    /// Replies with what the store has found, as far as it is true by now: messages may have been
    /// changed since it was read, and the connection may have left a room.
    private mutating func replyFound(
        _ found: FoundMessages, _ search: SearchCommand, _ command: borrowing Command,
        _ text: Span<UInt8>, _ effects: inout Effects
    ) {
        let start = beginFound(command, text, &effects)
        let before = effects.bytes.count
        for index in found.entries.indices {
            let number = found.entries[index].room
            let room = search.rooms.first { rooms[$0].storedNumber == number }
            guard let room, let fold = presentFold(index, of: found, search.query, in: room) else {
                continue
            }
            if effects.bytes.count > before { effects.bytes.append(UInt8(ascii: ",")) }
            let bytes = found.bytes.span
            let entry = found.entries[index]
            _ = EntryFrame.write(
                entry, room: rooms[room].name, user: bytes.string(entry.user),
                text: bytes.extracting(entry.text), id: bytes.extracting(entry.id), as: fold,
                to: &effects.bytes)
        }
        endFound(from: start, next: found.next.map { .store($0) }, command, &effects)
    }

    /// What has become of a message by now; nil if it is no longer what is searched for.
    private func presentFold(
        _ index: Int, of found: FoundMessages, _ query: SearchQuery, in room: RoomIndex
    ) -> Fold? {
        let offset = found.entries[index].place.offset
        let changes = rooms[room].history.changes(of: offset..<offset + 1)
        guard let fold = fold(of: offset, changes, onto: found.folds[index], in: room),
            fold.deletion == 0
        else { return nil }
        guard fold.edition != found.folds[index].edition else { return fold }
        var words = SearchWords()
        words.read(fold.text.span)
        return query.matches(words) ? fold : nil
    }

    private mutating func ask(_ request: SearchRequest, for asker: Asker) {
        var request = request
        request.ticket = nextTicket()
        asked[request.ticket] = .page(asker, isNewest: false)
        questions.append(.search(request))
    }
}
