// A room's messages for requests without a connection: pages of history, and new messages.
import Storage

/// Which of a room's messages are requested.
public struct PageQuery: Hashable, Sendable {
    /// Messages after this offset, oldest first. If both bounds are nil, the newest messages.
    public var after: Int?
    /// The epoch of the numbering that `after` belongs to; nil if the client does not know it.
    public var epoch: String?
    /// The last messages before this offset.
    public var before: Int?
    /// The greatest number of messages: 1 to 200.
    public var limit: Int

    /// A query. Give `after` or `before` or neither, not both.
    public init(after: Int? = nil, epoch: String? = nil, before: Int? = nil, limit: Int = 50) {
        self.after = after
        self.epoch = epoch
        self.before = before
        self.limit = limit
    }
}

/// The present answer to a query.
public struct Page: Sendable {
    /// The room, to wait for more messages in it; nil if it does not exist.
    public let room: RoomID?
    /// True if the room has no message after `after` yet, so that waiting makes sense.
    public let isUpToDate: Bool
    /// The answer to send.
    public let answer: RoomAnswer
}

/// A request that waits for the store.
enum HeldRequest {
    case publish([UInt8], room: String, by: Publisher)
    case page(PageQuery, room: String)
}

extension Chat {
    /// A page of a room's messages:
    /// `{"type":"history","room":…,"epoch":…,"offset":…,"messages":[…],"more":…,"recovered":…}`.
    ///
    /// `offset` and `epoch` are the room's newest message's; with `first_epoch` beside them, the
    /// first of `messages` has that one. With `after` there is also `recovered`, by the rule of
    /// `join`: true if that message and all after it are kept; otherwise the page has the newest
    /// messages. `request` names the request in the answer if it must wait for the store: then nil
    /// is returned, and the page comes as an effect.
    public mutating func page(
        ofRoom roomName: String, _ query: PageQuery, for request: RequestKey, at now: Timestamp,
        _ effects: inout Effects
    ) -> Page? {
        page(roomName, query, .nothing, for: request, &effects)
    }

    /// The same for a room that an earlier page named.
    public mutating func page(
        of room: RoomID, _ query: PageQuery, for request: RequestKey, at now: Timestamp,
        _ effects: inout Effects
    ) -> Page? {
        guard let index = index(of: room) else {
            return Page(
                room: nil, isUpToDate: false,
                answer: RoomAnswer(refusing: .notFound, "The room was forgotten meanwhile."))
        }
        return page(rooms[index].name, query, .nothing, for: request, &effects)
    }

    /// Whether the room has no message behind the query's `after` yet; nil if the room is not open
    /// any more. Asks nobody.
    public func isUpToDate(_ room: RoomID, _ query: PageQuery) -> Bool? {
        guard let index = index(of: room) else { return nil }
        return query.after == rooms[index].history.lastOffset
    }

    func index(of room: RoomID) -> RoomIndex? {
        let index = RoomIndex(rawValue: room.index)
        guard rooms.contains(index), rooms[index].isOpen,
            rooms[index].generation == room.generation
        else { return nil }
        return index
    }

    private mutating func page(
        _ roomName: String, _ query: PageQuery, _ read: StoreRead, for request: RequestKey,
        _ effects: inout Effects
    ) -> Page? {
        do throws(CommandError) {
            let name = try Name.fromOutside(roomName)
            if !hasStore, !shared.isOn, roomsByName.find(NameKey(name), in: rooms) == nil {
                throw noSuchRoom
            }
            // Reading costs no address its rooms: whose a room is counts when somebody enters.
            guard
                let room = try open(
                    name, for: Opener(owner: Self.exempt), .page(query, room: roomName), read,
                    request, &effects)
            else { return nil }
            // It was opened only to look whether the store has it.
            guard isThere(room) else { throw noSuchRoom }
            return try page(of: room, query, read, for: request)
        } catch {
            return Page(room: nil, isUpToDate: false, answer: RoomAnswer(error))
        }
    }

    private var noSuchRoom: CommandError {
        CommandError(
            .notFound, "There is no such room: it comes into being when somebody enters.")
    }

    /// Whether anybody may know of the room.
    func isThere(_ room: RoomIndex) -> Bool {
        guard rooms[room].kind == .open else { return false }
        return rooms[room].isPermanent || memberCount(of: room) > 0
            || rooms[room].history.lastOffset > 0 || rooms[room].pendingCount > 0
    }

    /// Throws a refusal; nil if the store must be asked.
    private mutating func page(
        of room: RoomIndex, _ query: PageQuery, _ read: StoreRead, for request: RequestKey
    ) throws(CommandError) -> Page? {
        let limit = min(max(query.limit, 1), Self.pageMessageLimit)
        var isNewest = query.after == nil && query.before == nil
        if case .page(_, let asked) = read { isNewest = asked }
        var recovered: Bool?
        var selection = Selection.newest
        if let before = query.before { selection = .before(before) }
        if let after = query.after, !isNewest {
            let proof = query.epoch.map { Epoch([UInt8]($0.utf8))?.number ?? EpochRuns.unknown }
            let found = find(
                .after(after, epoch: proof), limit: limit, byteLimit: limits.pageByteLimit,
                in: room, read.page)
            switch found {
            case .missing(let question):
                return try ask(question, query, room, read, request, isNewest: false)
            case .messages(let messages):
                if messages.isContinuous { return page(of: room, messages, recovered: true) }
            }
        }
        if query.after != nil { recovered = false }
        let found = find(
            selection, limit: limit, byteLimit: limits.pageByteLimit, in: room,
            isNewest || query.before != nil ? read.page : nil)
        switch found {
        case .missing(let question):
            return try ask(question, query, room, read, request, isNewest: query.before == nil)
        case .messages(let messages): return page(of: room, messages, recovered: recovered)
        }
    }

    private mutating func ask(
        _ question: PageRequest, _ query: PageQuery, _ room: RoomIndex, _ read: StoreRead,
        _ request: RequestKey, isNewest: Bool
    ) throws(CommandError) -> Page? {
        try ask(question, for: .request(request), read, isNewest: isNewest)
        heldRequests[request] = .page(query, room: rooms[room].name)
        return nil
    }

    private func page(of room: RoomIndex, _ messages: Excerpt, recovered: Bool?) -> Page {
        var out = ByteBuffer(minimumCapacity: 256)
        out.append("{\"type\":\"history\",\"room\":\"")
        out.append(utf8: rooms[room].name)
        out.append("\"")
        writePlace(of: messages, in: room, to: &out)
        writeMessages(messages, of: room, to: &out)
        out.append(messages.isMore ? ",\"more\":true" : ",\"more\":false")
        if let recovered {
            out.append(recovered ? ",\"recovered\":true" : ",\"recovered\":false")
        }
        out.append("}")
        return Page(
            room: id(of: room), isUpToDate: recovered == true && messages.isEmpty,
            answer: RoomAnswer(json: [UInt8](copying: out.span)))
    }

    // MARK: Requests that have waited

    /// What the request has asked for is there.
    mutating func answerHeldRequest(
        _ request: RequestKey, _ read: StoreRead, at now: Timestamp, _ effects: inout Effects
    ) {
        guard let held = heldRequests.removeValue(forKey: request) else { return }
        switch held {
        case .publish(let body, let room, let publisher):
            let answer = publish(
                held, body.span, room, publisher, read, for: request, at: now, &effects)
            if let answer { self.answer(request, .published(answer), &effects) }
        case .page(let query, let room):
            let page = page(room, query, read, for: request, &effects)
            if let page { answer(request, .page(page), &effects) }
        }
    }
}
