// Saying something without a connection: what HTTP and the control socket bring.

/// What a request that came without a connection is answered with.
public struct RoomAnswer: Sendable {
    /// One JSON object.
    public let json: [UInt8]
    /// Why it was not done; nil if it was.
    public let error: ErrorCode?
    /// Whether a message came into being. False also for a retry of one that is kept.
    public let isNew: Bool

    init(json: [UInt8], error: ErrorCode? = nil, isNew: Bool = false) {
        self.json = json
        self.error = error
        self.isNew = isNew
    }

    /// A refusal: the protocol's `error`.
    init(_ refusal: Refusal) {
        var out = ByteBuffer()
        out.put("{\"type\":\"error\",")
        refusal.write(to: &out)
        out.put("}")
        self.init(json: out.array(), error: refusal.code)
    }

    /// A refusal for a reason that is not the chat's: the caller's rights, a query that cannot be
    /// read. The sentence says what to do.
    public init(refusing code: ErrorCode, _ text: StaticString) {
        self.init(Refusal(code, text))
    }
}

extension Chat {
    /// Puts a message into a room, from a program that is no member of it. Whether it may is for
    /// the caller to decide.
    ///
    /// The room is opened if there is none, and is kept like one that its last member has just
    /// left.
    ///
    /// - Parameters:
    ///   - body: a JSON object with `text`, and perhaps `user` (who says it;
    ///     ``ChatLimits/publisherName`` if it is missing) and `id`, as `message` has it.
    ///   - roomName: the room, as a person writes it.
    ///   - publisher: tells publishers apart. The same `id` of the same one in the same room is one
    ///     message, within the kept history.
    ///   - now: the instant of the call.
    ///   - effects: what everybody in the room gets.
    /// - Returns: `{"type":"ok","room":…,"epoch":…,"offset":…,"count":…}`, of which `count` says
    ///   how many members the room has; or an `error`.
    public mutating func publish(
        _ body: Span<UInt8>, toRoom roomName: String, by publisher: UInt64, at now: Timestamp,
        _ effects: inout Effects
    ) -> RoomAnswer {
        do throws(Refusal) {
            return try publish(body, roomName, publisher, at: now, &effects)
        } catch {
            counters.count(error.code)
            return RoomAnswer(error)
        }
    }

    private mutating func publish(
        _ body: Span<UInt8>, _ roomName: String, _ publisher: UInt64, at now: Timestamp,
        _ effects: inout Effects
    ) throws(Refusal) -> RoomAnswer {
        let name = try Name.room(roomName)
        var fields = CommandFields()
        try Command.check(fields.read(body), "Send a JSON object, like {\"text\":\"hello\"}.")
        let (text, id) = try messageParts(fields)
        var user = limits.publisherName
        if let value = try fields.string(ifPresent: .user) { user = try Name.user(value, body) }

        let known = roomsByName.find(NameKey(name), in: rooms)
        let room: UInt32
        if let known { room = known } else { room = try openRoom(name, &effects) }
        let start = effects.bytes.count
        let offset = rooms[room].history.nextOffset
        let idByteCount = writePush(to: room, from: user, body, text, id, at: now, &effects)
        let end = effects.bytes.count
        let message = AcceptedMessage(
            sender: nil, room: room, offset: offset, author: publisher, idByteCount: idByteCount,
            push: start..<end, acknowledgement: end..<end)
        if let first = firstOffset(of: message, effects) {
            effects.bytes.truncate(to: start)
            counters.retryCount += 1
            return acknowledgement(room, first, isNew: false)
        }
        roomHeard(room, isNew: known == nil, at: now)
        stored(message, &effects)
        return acknowledgement(room, offset, isNew: true)
    }

    private func acknowledgement(_ room: UInt32, _ offset: Int, isNew: Bool) -> RoomAnswer {
        var out = ByteBuffer()
        out.put("{\"type\":\"ok\"")
        writePlace(of: room, offset, to: &out)
        out.put(",\"count\":")
        out.put(number: rooms[room].members.count)
        out.put("}")
        return RoomAnswer(json: out.array(), isNew: isNew)
    }

    /// Appends `,"room":"…","epoch":"…","offset":…`.
    func writePlace(of room: UInt32, _ offset: Int, to out: inout ByteBuffer) {
        out.put(",\"room\":\"")
        out.put(text: rooms[room].name)
        out.put("\",\"epoch\":\"")
        out.put(text: rooms[room].epoch.text)
        out.put("\",\"offset\":")
        out.put(number: offset)
    }
}
