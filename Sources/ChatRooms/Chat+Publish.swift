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
    /// After how many seconds the same request may be accepted; nil if that is not known.
    public let retryAfter: Int?

    init(json: [UInt8], error: ErrorCode? = nil, isNew: Bool = false, retryAfter: Int? = nil) {
        self.json = json
        self.error = error
        self.isNew = isNew
        self.retryAfter = retryAfter
    }

    /// A refusal, as the protocol's `error`.
    init(_ refusal: CommandError) {
        var out = ByteBuffer(minimumCapacity: 256)
        out.append("{\"type\":\"error\",")
        refusal.write(to: &out)
        out.append("}")
        let wait = refusal.retryAfterMilliseconds
        self.init(
            json: [UInt8](copying: out.span), error: refusal.code,
            retryAfter: wait > 0 ? (wait + 999) / 1000 : nil)
    }

    /// A refusal for a reason outside the chat, such as missing rights or an unreadable query.
    /// `text` says what to do.
    public init(refusing code: ErrorCode, _ text: StaticString) {
        self.init(CommandError(code, text))
    }
}

/// A program that says something without a connection.
struct Publisher {
    /// Tells publishers apart; only its lower 63 bits count.
    var number: UInt64
    /// The author of all that it says; nil if its messages may name one.
    var name: String?
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
    ///   - publisher: tells publishers apart; only its lower 63 bits count. Messages with the same
    ///     `id` from the same publisher in the same room are one message, within the kept history.
    ///   - request: names the request in the answer, if it must wait for the store.
    ///   - now: the time of the call.
    ///   - effects: gets the message for all subscribers of the room.
    /// - Returns: `{"type":"ok","room":…,"epoch":…,"offset":…,"count":…}`, in which `count` is the
    ///   number of the room's members; or an `error`. Nil if the answer comes later, as an effect.
    public mutating func publish(
        _ body: Span<UInt8>, toRoom roomName: String, by publisher: UInt64,
        for request: RequestKey, at now: Timestamp, _ effects: inout Effects
    ) -> RoomAnswer? {
        let publisher = Publisher(number: publisher, name: nil)
        return publish(body, roomName, publisher, for: request, at: now, &effects)
    }

    /// The same for a publisher who may have a name of its own.
    mutating func publish(
        _ body: Span<UInt8>, _ roomName: String, _ publisher: Publisher, for request: RequestKey,
        at now: Timestamp, _ effects: inout Effects
    ) -> RoomAnswer? {
        let held = HeldRequest.publish([UInt8](copying: body), room: roomName, by: publisher)
        return publish(held, body, roomName, publisher, .nothing, for: request, at: now, &effects)
    }

    /// Counts a refusal of a request that the chat itself has not seen.
    public mutating func refusedOutside(_ code: ErrorCode) { counters.count(code) }

    /// The same, for a request that may have waited already.
    mutating func publish(
        _ held: HeldRequest, _ body: Span<UInt8>, _ roomName: String, _ publisher: Publisher,
        _ read: StoreRead, for request: RequestKey, at now: Timestamp, _ effects: inout Effects
    ) -> RoomAnswer? {
        let start = effects.bytes.count
        do throws(CommandError) {
            let name = try Name.fromOutside(roomName)
            var fields = CommandFields()
            try Command.check(fields.read(body), "Send a JSON object, like {\"text\":\"hello\"}.")
            let (text, id) = try messageParts(fields, body)
            var user = publisher.name ?? limits.publisherName
            if publisher.name == nil, let value = try fields.string(ifPresent: .user) {
                user = try Name.user(value, body)
            }
            try checkStore()
            let opener = Opener(owner: Self.operators)
            guard let room = try open(name, for: opener, held, read, request, &effects) else {
                return nil
            }
            // The sign bit tells publishers from users.
            let author = Int64(bitPattern: publisher.number | 1 << 63)
            if shared.isOn {
                let said = Said(
                    text: text.bytes(body), id: idBytes(id, body), user: user, author: author)
                return try share(said, in: room, for: request, at: now)
            }
            let entry = writeFrame(
                .message, of: 0, to: room, from: user, by: author, body, text, id, at: now,
                &effects)
            let message = AcceptedEntry(
                room: room, entry: entry, mark: owners[Self.operators].mark)
            return publish(message, for: request, at: now, &effects)
        } catch {
            effects.bytes.removeLast(effects.bytes.count - start)
            counters.count(error.code)
            return RoomAnswer(error)
        }
    }

    private mutating func publish(
        _ message: consuming AcceptedEntry, for request: RequestKey, at now: Timestamp,
        _ effects: inout Effects
    ) -> RoomAnswer? {
        let room = message.room
        let start = message.entry.frame.lowerBound
        if let first = placeOfRetry(message, effects) {
            effects.bytes.removeLast(effects.bytes.count - start)
            counters.retryCount += 1
            let json = acknowledgement(room, first)
            guard !isKept(first, in: room) else { return RoomAnswer(json: json) }
            appendReply(reply(json, for: request, isNew: false, &effects), &effects)
            return nil
        }
        let json = acknowledgement(room, message.entry.place)
        guard hasStore else {
            kept(message, at: now, &effects)
            roomHeard(room, at: now, &effects)
            return RoomAnswer(json: json, isNew: true)
        }
        message.reply = reply(json, for: request, isNew: true, &effects)
        share(room, with: Self.operators)
        latest = now
        append(message, &effects)
        return nil
    }

    /// The room with this name, opened if it is not in memory. Nil if the store must be asked for
    /// it: then the request waits.
    mutating func open(
        _ name: String, for opener: Opener, _ held: HeldRequest, _ read: StoreRead,
        _ request: RequestKey, _ effects: inout Effects
    ) throws(CommandError) -> RoomIndex? {
        let known = roomsByName.find(NameKey(name), in: rooms)
        if case .failed = read, known.map({ rooms[$0].isLoading }) ?? true { throw cannotRead }
        let room: RoomIndex
        if let known {
            room = known
        } else {
            room = try openRoom(RoomName(name: name), for: opener, &effects)
        }
        guard rooms[room].isLoading else { return room }
        heldRequests[request] = held
        wait(.request(request), for: room)
        return nil
    }

    /// Appends a reply to the effects' bytes.
    private func reply(
        _ json: [UInt8], for request: RequestKey, isNew: Bool, _ effects: inout Effects
    ) -> StoreBatch.Reply {
        let start = effects.bytes.count
        effects.bytes.append(json.span)
        return StoreBatch.Reply(
            recipient: .request(request, isNew: isNew), text: start..<effects.bytes.count,
            reference: 0..<0)
    }

    func acknowledgement(_ room: RoomIndex, _ place: Place) -> [UInt8] {
        var out = ByteBuffer(minimumCapacity: 256)
        out.append("{\"type\":\"ok\",\"room\":\"")
        out.append(utf8: rooms[room].name)
        out.append("\"")
        writeEpoch(place.epoch, of: room, to: &out)
        out.append(",\"offset\":")
        out.append(decimal: place.offset)
        out.append(",\"count\":")
        out.append(decimal: memberCount(of: room))
        out.append("}")
        return [UInt8](copying: out.span)
    }
}
