// A chat and its users, driven by the input: what must be true of every effect and of the end.
import Foundation

@testable import ChatRooms

/// Whatever users send, and whenever another process takes over, the effects fit together, every
/// text is JSON, and nothing is left of users who have gone.
func fuzzChat(_ span: Span<UInt8>) throws {
    var input = FuzzInput(span)
    var limits = ChatLimits()
    limits.commandsPerSecond = input.choice([0, 5])
    limits.roomLimit = input.choice([10, 2])
    limits.roomsPerConnectionLimit = 3
    limits.messagesPerRoomLimit = input.choice([20, 3])
    limits.historyByteLimitPerRoom = input.choice([1 << 16, 600])
    limits.historyByteLimit = input.choice([1 << 18, 3000])
    limits.goneUserLimit = 3
    limits.accountLimit = 2
    limits.roomsPerAddressLimit = input.choice([nil, 2])
    limits.openedRoomsPerUserLimit = 3
    limits.pageByteLimit = input.choice([1 << 16, 500])
    limits.presenceMemberLimit = input.choice([200, 1])
    limits.floodRefusalLimit = 5
    var town = Town(limits)
    while !input.isAtEnd { try town.step(&input) }
    try town.end()
}

/// A server made of sets: it carries out effects and rejects senseless ones.
private struct Town: ~Copyable {
    private let limits: ChatLimits
    private var chat: Chat
    private var effects = Effects()
    private var now = Timestamp(monotonic: 1_000_000, wall: 1_795_381_500_123)
    private var tokenCount: UInt64 = 0
    private var generations = [UInt32](repeating: 0, count: 6)
    private var connections: [UInt32: ConnectionKey] = [:]
    private var closing: Set<ConnectionKey> = []
    private var paused: Set<ConnectionKey> = []
    private var passwords: [(ConnectionKey, PasswordWork, isCheck: Bool)] = []
    private var passwordCount = 0
    private var subscribers: [RoomID: Set<ConnectionKey>] = [:]
    /// The session from `welcome`, for a later login.
    private var session = ""

    init(_ limits: ChatLimits) {
        self.limits = limits
        chat = Chat(limits: limits, epochSeed: 7)
    }

    mutating func step(_ input: inout FuzzInput) throws {
        let kind = input.byte()
        let slot = UInt32(kind >> 4) % 6
        switch kind & 0xF {
        case 0, 1: open(slot)
        case 2: try close(slot)
        case 3: try pass(Int64(input.byte()) * 40)
        case 4: try pass(Int64(input.byte()) * 8000)
        case 5: try handOver()
        case 6: try send(slot, input.take(Int(input.byte())))
        default: try send(slot, Array(command(kind & 0xF, &input).utf8))
        }
    }

    private func command(_ kind: UInt8, _ input: inout FuzzInput) -> String {
        let room = input.choice(["lobby", "Lobby", "straße", "STRASSE", "b", "c", "@a,b"])
        let number = Int(input.byte())
        switch kind {
        case 7:
            let user = input.choice(["ann", "ANN", "bob", "çelik", "e\u{301}", ""])
            if number % 4 == 3 {
                let password = number % 8 == 3 ? "password" : "another one"
                return #"{"type":"login","user":"\#(user)","password":"\#(password)"}"#
            }
            return #"{"type":"login","user":"\#(user)","session":"\#(session)","ref":"1"}"#
        case 8: return #"{"type":"join","room":"\#(room)","limit":\#(number)}"#
        case 9:
            let epoch = subscribers.count % 2 == 0 ? "k3v9" : "0"
            let since = #"{"epoch":"\#(epoch)","offset":\#(number)}"#
            return #"{"type":"join","room":"\#(room)","since":\#(since)}"#
        case 10: return #"{"type":"leave","room":"\#(room)"}"#
        case 11: return #"{"type":"typing","room":"\#(room)"}"#
        case 12: return #"{"type":"history","room":"\#(room)","before":\#(number)}"#
        case 13:
            guard number % 8 != 7 else {
                return #"{"type":"logout","everywhere":\#(number > 99)}"#
            }
            guard number % 8 != 6 else { return #"{"type":"account","password":"password"}"# }
            guard number % 8 > 1 else {
                let action = ModerationAction.allCases[number / 8 % 5]
                let place = number > 99 ? "*" : room
                return #"{"type":"\#(action)","room":"\#(place)","user":"bob","seconds":9}"#
            }
            return #"{"type":"who","room":"\#(room)"}"#
        case 14:
            let text = String(repeating: #"\u00e9é"#, count: number)
            return #"{"type":"message","room":"\#(room)","text":"\#(text)"}"#
        default:
            return #"{"type":"message","text":"hi","room":"\#(room)","id":"\#(number % 4)"}"#
        }
    }

    private mutating func open(_ slot: UInt32) {
        guard connections[slot] == nil else { return }
        generations[Int(slot)] += 1
        let key = ConnectionKey(slot: slot, generation: generations[Int(slot)])
        connections[slot] = key
        // The first address is exempt; two connections come from each of the others.
        let address = ClientAddress(bits: UInt128(slot) / 2)
        chat.connectionOpened(key, resourceID: UInt64(slot), address: address, at: now)
    }

    private mutating func close(_ slot: UInt32) throws {
        guard let key = connections.removeValue(forKey: slot) else { return }
        for room in subscribers.keys { subscribers[room]!.remove(key) }
        closing.remove(key)
        paused.remove(key)
        chat.connectionClosed(key, at: now, &effects)
        try carryOut()
    }

    private mutating func pass(_ milliseconds: Int64) throws {
        now.monotonic += milliseconds
        now.wall += milliseconds
        chat.tick(at: now, &effects)
        try carryOut()
    }

    private mutating func send(_ slot: UInt32, _ bytes: [UInt8]) throws {
        // A message from an unknown connection is harmless.
        let key = connections[slot] ?? ConnectionKey(slot: slot, generation: 77)
        if chat.needsToken {
            tokenCount += 1
            chat.provide(SessionToken(bits: UInt128(tokenCount) << 100 | UInt128(tokenCount)))
        }
        chat.received(bytes.span, from: key, at: now, &effects)
        try carryOut()
    }

    private mutating func handOver() throws {
        var next = try Chat(restoring: chat.save(at: now), limits: limits, at: now)
        // Times before all others become one early time; from then on nothing changes.
        let saved = next.save(at: now)
        let again = try Chat(restoring: saved, limits: limits, at: now)
        try check(again.save(at: now) == saved, "saved again, it is something else")
        if !chat.needsToken { next.provide(SessionToken(bits: UInt128(tokenCount + 1))) }
        chat = next
    }

    /// The hash of a password is the password.
    private mutating func answerPassword() throws {
        let (key, work, isCheck) = passwords.removeFirst()
        let hash = String(decoding: work.password, as: UTF8.self)
        passwordCount += 1
        let isBusy = passwordCount % 8 == 7
        if isCheck {
            if chat.needsToken {
                tokenCount += 1
                chat.provide(SessionToken(bits: UInt128(tokenCount) << 100 | UInt128(tokenCount)))
            }
            chat.passwordChecked(key, isBusy ? nil : work.hash == hash, at: now, &effects)
        } else {
            chat.passwordHashed(key, isBusy ? nil : hash, at: now, &effects)
            _ = chat.appointModerators(["ann"])
        }
        try carryOut()
    }

    /// All users leave, accounts are deleted, and time passes.
    mutating func end() throws {
        for slot in 0..<6 as Range<UInt32> { try close(slot) }
        for place in 0..<chat.accountPlaceCount {
            guard let name = chat.account(atPlace: place)?.name else { continue }
            let isDeleted = chat.deleteAccount(name, at: now, &effects)
            try check(isDeleted, "an account of nobody")
            try carryOut()
        }
        for _ in 0..<3 { try pass(100_000_000) }
        try check(subscribers.isEmpty, "rooms without members: \(subscribers.count)")
        let left = [
            chat.rooms.count, chat.users.count, chat.memberships.count,
            chat.subscriptions.count,
            chat.historyByteCount, chat.waiting.count, chat.ownersByAddress.count,
        ]
        try check(left, equals: [0, 0, 0, 0, 0, 0, 0], "left over")
        // Two owners are always there.
        try check(chat.owners.count, equals: 2, "owners of nothing")
    }

    private mutating func carryOut() throws {
        for effect in effects.list {
            switch effect {
            case .reply(let key, let range):
                try check(connections[key.slot] == key, "a reply to nobody")
                session = try readText(effects.text(range)) ?? session
            case .publish(let room, let range, _, _):
                try check(subscribers[room] != nil, "published in no room")
                session = try readText(effects.text(range)) ?? session
            case .subscribe(let key, let room):
                try check(connections[key.slot] == key, "nobody subscribes")
                let isNew = subscribers[room]?.insert(key).inserted
                try check(isNew == true, "subscribed twice, or to no room")
            case .unsubscribe(let key, let room):
                try check(subscribers[room]?.remove(key) != nil, "unsubscribed what is not")
            case .roomOpened(let room):
                try check(!subscribers.keys.contains { $0.index == room.index }, "a room's place")
                subscribers[room] = []
            case .roomForgotten(let room):
                let members = subscribers.removeValue(forKey: room)
                try check(members?.isEmpty == true, "forgotten with members")
            case .answer: try check(false, "waits without a store")
            case .reset: try check(false, "another log without any")
            case .hashPassword(let key, let index):
                passwords.append((key, effects.passwords[index], isCheck: false))
            case .checkPassword(let key, let index):
                passwords.append((key, effects.passwords[index], isCheck: true))
            case .checkToken: try check(false, "asks for a token")
            case .moderated(let index):
                try check(effects.moderations[index].by != nil, "moderated by nobody")
            case .owes, .changed: continue
            case .read, .accepted: try check(false, "reads without a store")
            case .pause(let key): try check(paused.insert(key).inserted, "paused twice")
            case .resume(let key): try check(paused.remove(key) != nil, "was not paused")
            case .close(let key, _, _):
                try check(connections[key.slot] == key, "nobody is closed")
                try check(closing.insert(key).inserted, "closed twice")
            }
        }
        effects.removeAll()
        while !passwords.isEmpty { try answerPassword() }
        try check(paused.isEmpty, "paused for ever")
        try check(chat.accountCount <= limits.accountLimit, "accounts")
        try check(chat.rooms.count == subscribers.count, "rooms")
        try check(chat.rooms.count <= limits.roomLimit, "\(chat.rooms.count) rooms")
        try check(chat.historyByteCount <= limits.historyByteLimit, "bytes of history")
    }
}

/// Every text is an object with a type. Returns the session in it, if any.
private func readText(_ text: Span<UInt8>) throws -> String? {
    let bytes = text.indices.map { text[$0] }
    let object = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
    try check(object?["type"] is String, "no JSON: \(String(decoding: bytes, as: UTF8.self))")
    return object?["session"] as? String
}
