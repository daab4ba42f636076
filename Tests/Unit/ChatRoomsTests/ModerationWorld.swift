// Moderators in a world: `mod` is an account that moderates, and sends its orders from slot 50.
import Testing

@testable import ChatRooms

extension World {
    /// Logs `mod` in, with an account, and lets it moderate.
    @discardableResult
    func enterModerator(_ name: String = "mod", _ slot: UInt32 = 50) -> ConnectionKey {
        let key = login(slot, name)
        #expect(makeAccount(key, "correct horse").type == "ok" || store != nil)
        store?.answerAll(self)
        #expect(setModerator(name))
        return key
    }

    // `#expect` cannot expand noncopyable values.
    func setModerator(_ name: String, _ isModerator: Bool = true) -> Bool {
        chat.setModerator(name, isModerator)
    }

    var sanctions: [Sanction] { chat.sanctions(after: 0, count: 10) }

    func carryOut(_ order: ModerationOrder) throws -> ModerationRecord {
        defer { carryOut() }
        return try chat.moderate(order, at: now, &effects)
    }

    /// An order of the moderator: what comes back last.
    @discardableResult
    func order(
        _ action: ModerationAction, _ room: String, _ user: String, _ fields: String = "",
        by slot: UInt32 = 50
    ) -> JSON {
        let json = #"{"type":"\#(action)","room":"\#(room)","user":"\#(user)"\#(fields)}"#
        return send(connections[slot]!, json).last ?? [:]
    }

    /// Answers a token as a checker would: the tokens of a test are its `claims`, by their text.
    func answerToken(_ key: ConnectionKey, _ token: String) {
        if chat.needsToken {
            chat.provide(SessionToken(bits: UInt128(tokens.next()) << 64 | UInt128(tokens.next())))
        }
        let answer = claims[token].map { TokenAnswer.valid($0) } ?? .invalid("Unknown token.")
        chat.tokenChecked(key, answer, at: now, &effects)
        carryOut()
    }

    func say(_ key: ConnectionKey, in room: String = "lobby") -> JSON {
        send(key, #"{"type":"message","room":"\#(room)","text":"hello"}"#).last ?? [:]
    }

    func join(_ key: ConnectionKey, _ room: String) -> JSON {
        send(key, #"{"type":"join","room":"\#(room)"}"#).first ?? [:]
    }

    /// What a login without anything but a name is answered.
    func knock(_ slot: UInt32, _ user: String, from address: UInt128 = 0) -> JSON {
        send(open(slot, from: address), #"{"type":"login","user":"\#(user)"}"#).first ?? [:]
    }

    /// The whole state, saved and restored, goes on in this world.
    func handOver() throws {
        let next = try Chat(
            restoring: chat.save(at: now), limits: .withoutRateLimit, at: now)
        chat = next
    }
}

extension JSON {
    var text: String { self["text"] as? String ?? "" }
}
