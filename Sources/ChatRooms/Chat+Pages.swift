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

extension Chat {
    /// A page of a room's messages:
    /// `{"type":"history","room":…,"epoch":…,"offset":…,"messages":[…],"more":…,"recovered":…}`.
    ///
    /// `offset` is the room's newest message. With `after` there is also `recovered`, by the rule
    /// of `join`: true if all messages after that offset are kept; otherwise the page has the
    /// newest messages.
    public func page(ofRoom roomName: String, _ query: PageQuery) -> Page {
        do throws(CommandError) {
            let name = try Name.room(roomName)
            guard let room = roomsByName.find(NameKey(name), in: rooms) else {
                throw CommandError(
                    .notFound, "There is no such room: it comes into being when somebody enters.")
            }
            return page(of: room, query)
        } catch {
            return Page(room: nil, isUpToDate: false, answer: RoomAnswer(error))
        }
    }

    /// The same for a room that an earlier page named.
    public func page(of room: RoomID, _ query: PageQuery) -> Page {
        let index = RoomIndex(rawValue: room.index)
        guard rooms.contains(index), rooms[index].isOpen,
            rooms[index].generation == room.generation
        else {
            return Page(
                room: nil, isUpToDate: false,
                answer: RoomAnswer(refusing: .notFound, "The room was forgotten meanwhile."))
        }
        return page(of: index, query)
    }

    private func page(of room: RoomIndex, _ query: PageQuery) -> Page {
        let first = rooms[room].history.firstOffset
        let next = rooms[room].history.nextOffset
        let limit = min(max(query.limit, 1), 200)
        var recovered: Bool?
        var offsets = newest(of: max(first, next - limit)..<next, in: room)
        if let after = query.after {
            let isSameLife = query.epoch == nil || query.epoch == rooms[room].epoch.text
            recovered = isSameLife && after >= first - 1 && after < next
            if recovered == true {
                offsets = oldest(of: after + 1..<min(after + 1 + limit, next), in: room)
            }
        } else if let before = query.before {
            let end = min(max(before, first), next)
            offsets = newest(of: max(first, end - limit)..<end, in: room)
        }
        var out = ByteBuffer(minimumCapacity: 256)
        out.append("{\"type\":\"history\"")
        writePlace(of: room, next - 1, to: &out)
        writeMessages(offsets, of: room, to: &out)
        let isMore = recovered == true ? offsets.upperBound < next : offsets.lowerBound > first
        out.append(isMore ? ",\"more\":true" : ",\"more\":false")
        if let recovered {
            out.append(recovered ? ",\"recovered\":true" : ",\"recovered\":false")
        }
        out.append("}")
        return Page(
            room: id(of: room), isUpToDate: recovered == true && offsets.isEmpty,
            answer: RoomAnswer(json: [UInt8](copying: out.span)))
    }
}
