// A room's messages for who asks without a connection: pages of history, and what is new.

/// Which of a room's messages are wanted.
public struct PageQuery: Hashable, Sendable {
    /// Messages behind this offset, oldest first; or the newest ones if both bounds are nil.
    public var after: Int?
    /// The life of the numbering that `after` is of; nil if the client does not know.
    public var epoch: String?
    /// Messages before this offset, the ones closest to it.
    public var before: Int?
    /// How many at most: 1 to 200.
    public var limit: Int

    /// A query; not both `after` and `before`.
    public init(after: Int? = nil, epoch: String? = nil, before: Int? = nil, limit: Int = 50) {
        self.after = after
        self.epoch = epoch
        self.before = before
        self.limit = limit
    }
}

/// What there is for a query just now.
public struct Page: Sendable {
    /// The room, for who wants to wait for more; nil if there is none.
    public let room: RoomID?
    /// True if there is nothing yet behind the place that was asked for: waiting makes sense.
    public let isUpToDate: Bool
    /// What to say.
    public let answer: RoomAnswer
}

extension Chat {
    /// A page of a room's messages:
    /// `{"type":"history","room":…,"epoch":…,"offset":…,"messages":[…],"more":…,"recovered":…}`.
    ///
    /// `offset` is the room's newest message. With `after` there is `recovered`, and the rule is
    /// that of `join`: true if nothing behind that place is gone, else the page holds the newest
    /// messages.
    public func page(ofRoom roomName: String, _ query: PageQuery) -> Page {
        do throws(Refusal) {
            let name = try Name.room(roomName)
            guard let room = roomsByName.find(NameKey(name), in: rooms) else {
                throw Refusal(
                    .notFound, "There is no such room: it comes into being when somebody enters.")
            }
            return page(of: room, query)
        } catch {
            return Page(room: nil, isUpToDate: false, answer: RoomAnswer(error))
        }
    }

    /// The same for a room that was found before.
    public func page(of room: RoomID, _ query: PageQuery) -> Page {
        guard room.index < rooms.placeCount, rooms[room.index].isOpen,
            rooms[room.index].generation == room.generation
        else {
            return Page(
                room: nil, isUpToDate: false,
                answer: RoomAnswer(refusing: .notFound, "The room was forgotten meanwhile."))
        }
        return page(of: room.index, query)
    }

    private func page(of room: UInt32, _ query: PageQuery) -> Page {
        let first = rooms[room].history.firstOffset
        let next = rooms[room].history.nextOffset
        let limit = min(max(query.limit, 1), 200)
        var recovered: Bool?
        var offsets = max(first, next - limit)..<next
        if let after = query.after {
            let isSameLife = query.epoch == nil || query.epoch == rooms[room].epoch.text
            recovered = isSameLife && after >= first - 1 && after < next
            if recovered == true { offsets = after + 1..<min(after + 1 + limit, next) }
        } else if let before = query.before {
            let end = min(max(before, first), next)
            offsets = max(first, end - limit)..<end
        }
        var out = ByteBuffer()
        out.put("{\"type\":\"history\"")
        writePlace(of: room, next - 1, to: &out)
        writeMessages(offsets, of: room, to: &out)
        let isMore = recovered == true ? offsets.upperBound < next : offsets.lowerBound > first
        out.put(isMore ? ",\"more\":true" : ",\"more\":false")
        if let recovered {
            out.put(recovered ? ",\"recovered\":true" : ",\"recovered\":false")
        }
        out.put("}")
        return Page(
            room: id(of: room), isUpToDate: recovered == true && offsets.isEmpty,
            answer: RoomAnswer(json: out.array()))
    }
}
