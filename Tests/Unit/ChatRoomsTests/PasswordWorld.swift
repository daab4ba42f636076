// Passwords in a world: a hash is the password itself, read backwards, and takes as long as a test
// wants.
import Testing

@testable import ChatRooms

/// A password that somebody shall hash or compare.
struct AskedWork {
    let key: ConnectionKey
    let work: PasswordWork
    let isCheck: Bool

    init(_ key: ConnectionKey, _ work: PasswordWork, isCheck: Bool) {
        self.key = key
        self.work = work
        self.isCheck = isCheck
    }

    var hash: String { String(decoding: work.password.reversed(), as: UTF8.self) }
}

extension World {
    /// Answers the oldest question, or says that too many wait.
    func answerPassword(isBusy: Bool = false) {
        let asked = passwords.removeFirst()
        if chat.needsToken {
            chat.provide(SessionToken(bits: UInt128(tokens.next()) << 64 | UInt128(tokens.next())))
        }
        if asked.isCheck {
            let isRight = asked.work.hash.map { $0 == asked.hash } ?? false
            chat.passwordChecked(asked.key, isBusy ? nil : isRight, at: now, &effects)
        } else {
            #expect(asked.work.hash == nil)
            chat.passwordHashed(asked.key, isBusy ? nil : asked.hash, at: now, &effects)
        }
        carryOut()
    }

    /// Logs in with a password: all that comes back.
    @discardableResult
    func login(
        _ slot: UInt32, _ user: String, password: String, from address: UInt128 = 0
    ) -> [JSON] {
        send(
            open(slot, from: address),
            #"{"type":"login","user":"\#(user)","password":"\#(password)","join":false}"#)
    }

    /// Logs in by a session.
    @discardableResult
    func login(_ slot: UInt32, _ user: String, session: String) -> JSON {
        send(
            open(slot), #"{"type":"login","user":"\#(user)","session":"\#(session)","join":false}"#)[
                0]
    }

    /// Makes the name of a connection an account.
    @discardableResult
    func makeAccount(_ key: ConnectionKey, _ password: String) -> JSON {
        send(key, #"{"type":"account","password":"\#(password)","ref":"a"}"#).last ?? [:]
    }
}
