// Messages that come without a connection: over HTTP and from the control socket.
import Storage

/// The answer to a request that came without a connection.
public struct RoomAnswer: Sendable {
    /// One JSON object.
    public let json: [UInt8]
    /// Why the request was refused; nil if it was not.
    public let error: ErrorCode?
    /// Whether a new message was stored. False also for a retry of a kept message.
    public let isNew: Bool

    init(json: [UInt8], error: ErrorCode? = nil, isNew: Bool = false) {
        self.json = json
        self.error = error
        self.isNew = isNew
    }

    /// A refusal, as the protocol's `error`.
    init(_ refusal: CommandError) {
        var out = ByteBuffer(minimumCapacity: 256)
        out.append("{\"type\":\"error\",")
        refusal.write(to: &out)
        out.append("}")
        self.init(json: [UInt8](copying: out.span), error: refusal.code)
    }

    /// A refusal for a reason outside the chat, such as missing rights or an unreadable query.
    /// `text` says what to do.
    public init(refusing code: ErrorCode, _ text: StaticString) {
        self.init(CommandError(code, text))
    }
}

extension Chat {
    /// Puts a message into a room, from a program that is not a member of it. The caller decides
    /// whether the program may do so.
    ///
    /// A room that does not exist is opened, and is kept as if its last member had just left.
    ///
    /// - Parameters:
    ///   - body: a JSON object with `text`, and optionally `user` (the author's name;
    ///     ``ChatLimits/publisherName`` if it is missing) and `id`, as in `message`.
    ///   - roomName: the room, as a person writes it.
    ///   - publisher: tells publishers apart. Messages with the same `id` from the same publisher
    ///     in the same room are one message, within the kept history.
    ///   - now: the time of the call.
    ///   - effects: gets the message for all subscribers of the room.
    /// - Returns: `{"type":"ok","room":…,"epoch":…,"offset":…,"count":…}`, in which `count` is the
    ///   number of the room's members; or an `error`.
    public mutating func publish(
        _ body: Span<UInt8>, toRoom roomName: String, by publisher: UInt64, at now: Timestamp,
        _ effects: inout Effects
    ) -> RoomAnswer {
        do throws(CommandError) {
            return try publish(body, roomName, publisher, at: now, &effects)
        } catch {
            counters.count(error.code)
            return RoomAnswer(error)
        }
    }

    /// Counts a refusal of a request that the chat itself has not seen.
    public mutating func refusedOutside(_ code: ErrorCode) { counters.count(code) }

    private mutating func publish(
        _ body: Span<UInt8>, _ roomName: String, _ publisher: UInt64, at now: Timestamp,
        _ effects: inout Effects
    ) throws(CommandError) -> RoomAnswer {
        let name = try Name.room(roomName)
        var fields = CommandFields()
        try Command.check(fields.read(body), "Send a JSON object, like {\"text\":\"hello\"}.")
        let (text, id) = try messageParts(fields, body)
        var user = limits.publisherName
        if let value = try fields.string(ifPresent: .user) { user = try Name.user(value, body) }

        let known = roomsByName.find(NameKey(name), in: rooms)
        let room: RoomIndex
        if let known {
            room = known
        } else {
            room = try openRoom(name, for: Opener(owner: Self.operators), &effects)
        }
        let start = effects.bytes.count
        let offset = rooms[room].history.nextOffset
        let idByteCount = writePush(to: room, from: user, body, text, id, at: now, &effects)
        let end = effects.bytes.count
        let message = AcceptedMessage(
            sender: nil, room: room, offset: offset, author: publisher,
            mark: owners[Self.operators].mark, idByteCount: idByteCount, push: start..<end,
            acknowledgement: end..<end)
        if let first = firstOffset(of: message, effects) {
            effects.bytes.removeLast(effects.bytes.count - start)
            counters.retryCount += 1
            return acknowledgement(room, first, isNew: false)
        }
        roomHeard(room, isNew: known == nil, at: now)
        stored(message, at: now, &effects)
        return acknowledgement(room, offset, isNew: true)
    }

    private func acknowledgement(_ room: RoomIndex, _ offset: Int, isNew: Bool) -> RoomAnswer {
        var out = ByteBuffer(minimumCapacity: 256)
        out.append("{\"type\":\"ok\"")
        writePlace(of: room, offset, to: &out)
        out.append(",\"count\":")
        out.append(decimal: rooms[room].members.count)
        out.append("}")
        return RoomAnswer(json: [UInt8](copying: out.span), isNew: isNew)
    }

    /// Appends `,"room":"…","epoch":"…","offset":…`.
    func writePlace(of room: RoomIndex, _ offset: Int, to out: inout ByteBuffer) {
        out.append(",\"room\":\"")
        out.append(utf8: rooms[room].name)
        out.append("\",\"epoch\":\"")
        out.append(utf8: rooms[room].epoch.text)
        out.append("\",\"offset\":")
        out.append(decimal: offset)
    }
}
