// Hooks in a world: an operator adds and deletes them, programs post by their tokens.
import Testing

@testable import ChatRooms

extension World {
    /// Adds a hook, and returns it with its token.
    func addHook(_ room: String, _ name: String? = nil) throws -> (hook: Hook, token: String) {
        if chat.needsToken {
            chat.provide(SessionToken(bits: UInt128(tokens.next()) << 64 | UInt128(tokens.next())))
        }
        defer { carryOut() }
        return try chat.addHook(room: room, name: name, at: now)
    }

    /// Why a hook is not added; nil if it is.
    func refusal(ofHook room: String, _ name: String? = nil) -> ErrorCode? {
        do {
            _ = try addHook(room, name)
            return nil
        } catch {
            return (error as? OperatorRefusal)?.code
        }
    }

    @discardableResult
    func deleteHook(_ number: Int64) -> Hook? {
        defer { carryOut() }
        return chat.deleteHook(number)
    }

    // `#expect` cannot expand noncopyable values.
    var hooks: [Hook] { chat.hooks(after: 0, count: .max) }

    /// What a program gets that has this token: nil if the token opens nothing. The answer is empty
    /// as long as the store has not kept the message.
    @discardableResult
    func post(_ token: String, _ body: String, from address: UInt128 = 0) -> (JSON, Bool)? {
        guard let hook = chat.hook(withToken: token) else { return nil }
        let bytes = Array(body.utf8)
        let from = ClientAddress(bits: address)
        let answer =
            chat.admit(hook, bytes.count, from: from, at: now)
            ?? chat.post(bytes.span, by: hook, for: Self.request, at: now, &effects)
        carryOut()
        guard let answer else { return ([:], false) }
        return (parse(String(decoding: answer.json, as: UTF8.self)), answer.isNew)
    }
}
