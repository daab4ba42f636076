// A server made of arrays: carries out the chat's effects at once and records what each connection
// got.

import Foundation
import Testing

@testable import ChatRooms

typealias JSON = [String: Any]

/// splitmix64: the same run for the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

final class World {
    var chat: Chat
    var effects = Effects()
    var now = Timestamp(monotonic: 1_000_000, wall: 1_795_381_500_123)
    var tokens = SeededGenerator(99)
    var connections: [UInt32: ConnectionKey] = [:]
    var generations: [UInt32: UInt32] = [:]
    var rooms = Set<RoomID>()
    var subscribers: [RoomID: Set<ConnectionKey>] = [:]
    var inbox: [ConnectionKey: [String]] = [:]
    var closes: [ConnectionKey: ChatClose] = [:]
    /// What was said at the close instead of the cause's own reason.
    var sentences: [ConnectionKey: String] = [:]
    /// What the tokens of a test say.
    var claims: [String: TokenClaims] = [:]
    /// What moderators have done.
    var moderations: [ModerationRecord] = []
    /// Every effect since the start, as text.
    var journal: [String] = []
    /// Where messages are kept; nil if in the chat's memory alone.
    var store: FakeStore?
    /// Connections of which nothing is read, and what they have sent since.
    var paused: [ConnectionKey: [String]] = [:]
    /// Connections that wait for an answer.
    var owed: Set<ConnectionKey> = []
    /// What requests have been answered that had to wait, by their numbers.
    var answers: [UInt32: RequestAnswer] = [:]

    /// Passwords that are being hashed or compared. They are answered at once, unless a test does.
    var passwords: [AskedWork] = []
    var answersPasswordsAtOnce = true

    /// A node of several, whose rooms have shared logs.
    init(sharing limits: ChatLimits, seed: UInt64) {
        chat = Chat(limits: limits, epochSeed: seed, store: .shared)
        tokens = SeededGenerator(seed)
    }

    init(_ limits: ChatLimits = .withoutRateLimit, seed: UInt64 = 7, store: FakeStore? = nil) {
        self.store = store
        chat = Chat(limits: limits, epochSeed: seed, store: store == nil ? .memory : .own)
        if let store { chat.begin(with: store.state, at: now) }
    }

    static let request = RequestKey(slot: 1 << 20, generation: 0)

    // `#expect` cannot expand noncopyable values.
    var userCount: Int { chat.userCount }
    var roomCount: Int { chat.roomCount }
    var historyByteCount: Int { chat.historyByteCount }
    var rememberedUserCount: Int { chat.users.count }
    var waitingCount: Int { chat.waiting.count }
    func isFollowed(_ room: RoomID) -> Bool {
        chat.index(of: room).map { chat.rooms[$0].isFollowed } ?? false
    }
    var effectCount: Int { effects.list.count }

    func isUpToDate(_ room: RoomID, _ query: PageQuery) -> Bool? { chat.isUpToDate(room, query) }

    func pass(_ duration: Duration) {
        now.monotonic += duration.milliseconds
        now.wall += duration.milliseconds
    }

    /// Opens a connection from the address with this number; 0 is exempt.
    func open(_ slot: UInt32, from address: UInt128 = 0) -> ConnectionKey {
        let key = ConnectionKey(slot: slot, generation: generations[slot, default: 0])
        connections[slot] = key
        inbox[key] = []
        chat.connectionOpened(
            key, resourceID: UInt64(slot) + 100, address: ClientAddress(bits: address), at: now)
        return key
    }

    func close(_ key: ConnectionKey) {
        guard connections[key.slot] == key else { return }
        connections[key.slot] = nil
        paused[key] = nil
        owed.remove(key)
        generations[key.slot] = key.generation + 1
        for room in subscribers.keys {
            subscribers[room]!.remove(key)
        }
        chat.connectionClosed(key, at: now, &effects)
        carryOut()
    }

    func tick() {
        chat.tick(at: now, &effects)
        carryOut()
    }

    /// Sends a text and returns everything that this connection got in answer, in order.
    @discardableResult
    func send(_ key: ConnectionKey, _ text: String) -> [JSON] {
        send(key, bytes: Array(text.utf8))
    }

    @discardableResult
    func send(_ key: ConnectionKey, bytes: [UInt8]) -> [JSON] {
        if chat.needsToken {
            chat.provide(SessionToken(bits: UInt128(tokens.next()) << 64 | UInt128(tokens.next())))
        }
        let before = inbox[key]!.count
        guard paused[key] == nil else {
            paused[key]!.append(String(decoding: bytes, as: UTF8.self))
            return []
        }
        chat.received(bytes.span, from: key, at: now, &effects)
        carryOut()
        return inbox[key]![before...].map(parse)
    }

    /// Sends a message from outside: the answer, and whether a message was stored.
    @discardableResult
    func publish(_ room: String, _ body: String, by publisher: UInt64 = 1) -> (JSON, Bool) {
        let answer = chat.publish(
            Array(body.utf8).span, toRoom: room, by: publisher, for: Self.request, at: now, &effects
        )!
        carryOut()
        return (parse(String(decoding: answer.json, as: UTF8.self)), answer.isNew)
    }

    /// A page of history for a reader without a connection.
    func page(_ room: String, _ query: PageQuery = PageQuery()) -> (JSON, isUpToDate: Bool) {
        let page = chat.page(ofRoom: room, query, for: Self.request, at: now, &effects)!
        carryOut()
        return (parse(String(decoding: page.answer.json, as: UTF8.self)), page.isUpToDate)
    }

    /// Opens a connection and logs in.
    func login(
        _ slot: UInt32, _ user: String, join: Bool = true, from address: UInt128 = 0
    ) -> ConnectionKey {
        let key = open(slot, from: address)
        let replies = send(key, #"{"type":"login","user":"\#(user)","join":\#(join)}"#)
        #expect(replies.first?["type"] as? String == "welcome", "\(replies)")
        return key
    }

    func heard(_ key: ConnectionKey) -> [JSON] { inbox[key]!.map(parse) }

    func carryOut() {
        var resumed: [(ConnectionKey, String)] = []
        var asked: [(ConnectionKey, String)] = []
        for effect in effects.list {
            switch effect {
            case .reply(let key, let range):
                let text = text(range)
                journal.append("reply \(key.slot) \(text)")
                if connections[key.slot] == key {
                    inbox[key]!.append(text)
                }
            case .publish(let room, let range, let place, _):
                let text = text(range)
                journal.append("publish \(room.index) \(text)")
                let type = parse(text).type
                #expect((place != nil) == EntryKind.allCases.contains { "\($0.name)" == type })
                #expect(rooms.contains(room))
                for key in subscribers[room]! {
                    inbox[key]!.append(text)
                }
            case .subscribe(let key, let room):
                journal.append("subscribe \(key.slot) \(room.index)")
                #expect(connections[key.slot] == key && rooms.contains(room))
                #expect(subscribers[room]!.insert(key).inserted)
            case .unsubscribe(let key, let room):
                journal.append("unsubscribe \(key.slot) \(room.index)")
                #expect(subscribers[room]!.remove(key) != nil)
            case .roomOpened(let room):
                journal.append("opened \(room.index) \(room.generation)")
                #expect(rooms.insert(room).inserted)
                #expect(!rooms.contains { $0.index == room.index && $0 != room })
                subscribers[room] = []
            case .reset(let room):
                journal.append("reset \(room.index)")
                #expect(rooms.contains(room))
            case .roomForgotten(let room):
                journal.append("forgotten \(room.index) \(room.generation)")
                #expect(rooms.remove(room) != nil)
                #expect(subscribers.removeValue(forKey: room) == [])
            case .answer(let key, let index):
                #expect(answers.updateValue(effects.answers[index], forKey: key.slot) == nil)
            case .hashPassword(let key, let index):
                passwords.append(AskedWork(key, effects.passwords[index], isCheck: false))
            case .checkPassword(let key, let index):
                passwords.append(AskedWork(key, effects.passwords[index], isCheck: true))
            case .read, .accepted, .changed: continue
            case .owes(let key, let owes): if owes { owed.insert(key) } else { owed.remove(key) }
            case .checkToken(let key, let index):
                asked.append((key, effects.accessTokens[index]))
            case .moderated(let index):
                let record = effects.moderations[index]
                journal.append("moderated \(record.action) \(record.user)")
                moderations.append(record)
            case .pause(let key): #expect(paused.updateValue([], forKey: key) == nil)
            case .resume(let key):
                guard connections[key.slot] == key else { continue }
                resumed.append(contentsOf: paused.removeValue(forKey: key)!.map { (key, $0) })
            case .close(let key, let cause, let user):
                #expect((user != nil) == (cause != .flooding && cause != .noLoginInTime))
                journal.append("close \(key.slot) \(cause.code)")
                #expect(closes[key] == nil)
                closes[key] = cause
                sentences[key] = user.flatMap { effects.formerUsers[$0].sentence }
            }
        }
        effects.removeAll()
        store?.take(from: self)
        for (key, token) in asked { answerToken(key, token) }
        while answersPasswordsAtOnce, !passwords.isEmpty { answerPassword() }
        for (key, text) in resumed where connections[key.slot] == key { send(key, text) }
    }

    private func text(_ range: Range<Int>) -> String { effects.string(range) }
}

extension Effects {
    func string(_ range: Range<Int>) -> String { text(range).string(0..<range.count) }
}

func parse(_ text: String) -> JSON {
    guard let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? JSON else {
        Issue.record("not a JSON object: \(text)")
        return [:]
    }
    return object
}

extension JSON {
    var type: String? { self["type"] as? String }
    var code: String? { self["code"] as? String }
    var offset: Int? { self["offset"] as? Int }
    var offsets: [Int] { (self["messages"] as? [JSON] ?? []).compactMap(\.offset) }
}
