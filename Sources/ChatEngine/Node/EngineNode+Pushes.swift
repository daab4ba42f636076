// Pushes: what is said, as it is said.
import RedisClient
import Storage

extension EngineNode {
    /// A push, whatever it is. In the order in which it was received, also in relation to replies.
    package mutating func pushed(_ push: borrowing RedisReply, at now: UInt64) {
        guard let message = RedisMessage(push) else {
            guard stage != .down, stage != .leaving else { return }
            return endedPushed(push)
        }
        pushed(message, at: now)
    }

    /// The same of a push that is a message.
    package mutating func pushed(_ message: borrowing RedisMessage, at now: UInt64) {
        guard stage != .down, stage != .leaving else { return }
        let channel = message.channel
        if let room = roomsByChannel[channel] {
            pushed(message.bytes, in: room, at: now)
        } else if channel == heart.channel {
            var reader = WireReader(message.bytes)
            if let probe = reader.number() { heart.hear(probe) }
        }
    }

    /// Redis has ended the subscription to a room by itself: it is read, and subscribed anew.
    private mutating func endedPushed(_ push: borrowing RedisReply) {
        var values = push.values
        guard values.next()?.isString("sunsubscribe") == true, let channel = values.next(),
            let room = roomsByChannel[String(copying: channel.bytes)]
        else { return }
        requestRead(room)
    }

    private mutating func pushed(_ bytes: Span<UInt8>, in room: EngineRoom, at now: UInt64) {
        var reader = WireReader(bytes)
        guard let kind = reader.take(until: UInt8(ascii: " ")), kind.count == 1 else { return }
        if kind[0] == UInt8(ascii: "m") {
            messagesPushed(&reader, in: room)
        } else if kind[0] == UInt8(ascii: "p") {
            guard let node = reader.take(until: 0x0A) else { return }
            presencePushed(
                String(copying: node), [UInt8](copying: reader.takeRest()), in: room, at: now)
        }
    }

    /// A run of messages of one epoch, which follow each other.
    private mutating func messagesPushed(_ reader: inout WireReader, in room: EngineRoom) {
        guard let index = find(room) else { return }
        if case .waitingToRefill = rooms[index].stage { readInsteadOfRefilling(index) }
        guard rooms[index].isLive || options.faults.keepPushesWhileSyncing else { return }
        guard var previous = reader.place(until: UInt8(ascii: " ")),
            var place = reader.place(until: 0x0A)
        else { return requestRead(room) }
        let first = rooms[index].log.endSerial
        var fits = true
        while fits, !reader.isAtEnd {
            guard let key = Self.takeEntry(&reader) else {
                fits = false
                break
            }
            if rooms[index].log.serial(of: place) == nil {
                fits =
                    rooms[index].log.head == previous && rooms[index].log.isFollowed(by: place)
                    || options.faults.ignorePredecessor
                        && place.offset > rooms[index].log.head.offset
                if fits { keep(key.entry(place, after: previous), in: index) }
            }
            previous = place
            place.offset &+= 1
        }
        let last = rooms[index].log.endSerial
        if last > first {
            if rooms[index].wasLive { events.append(.appended(room, serials: first..<last)) }
            settle(index, isComplete: false)
        }
        if !fits { requestRead(room) }
    }

    /// The bytes of an entry of a run: `KEYLENGTH BODYLENGTH\nKEYBODY`.
    @_lifetime(copy reader)
    private static func takeEntry(_ reader: inout WireReader) -> PushedEntry? {
        guard let keyCount = reader.number(until: UInt8(ascii: " ")),
            let bodyCount = reader.number(until: 0x0A),
            let keyByteCount = Int(exactly: keyCount), let bodyByteCount = Int(exactly: bodyCount)
        else { return nil }
        let (count, overflows) = keyByteCount.addingReportingOverflow(bodyByteCount)
        guard !overflows, let bytes = reader.take(count) else { return nil }
        return PushedEntry(bytes: bytes, keyByteCount: keyByteCount)
    }
}

/// The key and the body of an entry, where they lie in a push.
private struct PushedEntry: ~Escapable {
    let bytes: Span<UInt8>
    let keyByteCount: Int

    @_lifetime(copy bytes)
    init(bytes: Span<UInt8>, keyByteCount: Int) {
        self.bytes = bytes
        self.keyByteCount = keyByteCount
    }

    func entry(_ place: EnginePlace, after previous: EnginePlace) -> EngineEntry {
        EngineEntry(
            place, after: previous, bytes: [UInt8](copying: bytes), keyByteCount: keyByteCount)
    }
}
