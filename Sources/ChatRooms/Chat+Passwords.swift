// Passwords on their way: the chat has them hashed or compared by somebody else, and the command
// waits meanwhile.
import Storage

/// A password that is being compared, and for whom.
struct AskedPassword {
    /// The account's user; none if the name is nobody's account.
    var user: UserIndex
    var number: Int64
    var hash: String?
    /// Whose attempt it is.
    var keys: [PasswordFailures.Key]
}

extension Chat {
    // MARK: Asking

    /// Has a password compared with that of an account, if there is one with this name. Throws if
    /// too many wrong ones have been tried.
    mutating func check(
        _ password: Password, of name: String, _ command: borrowing Command,
        _ effects: inout Effects
    ) throws(CommandError) {
        let key = NameKey(name)
        var keys = [PasswordFailures.Key.account(key.folded)]
        let owner = connections[command.connection.slot].owner
        if owners[owner].kind == .address { keys.append(.address(owners[owner].address)) }
        let wait = passwordFailures.wait(keys, at: command.now)
        guard wait == 0 else {
            throw CommandError(
                .rateLimited, "Too many wrong passwords have been tried. Wait, then try again.",
                retryAfterMilliseconds: wait)
        }
        passwordFailures.begin(keys, at: command.now)
        let user = usersByName.find(key, in: users)
        let hash = user.flatMap { passwordHash(of: $0) }
        askedPasswords[command.connection] = AskedPassword(
            user: user ?? .none, number: user.map { users[$0].number } ?? 0, hash: hash, keys: keys)
        effects.passwords.append(PasswordWork(password: password.bytes, hash: hash))
        effects.add(.checkPassword(command.connection, index: effects.passwords.count - 1))
    }

    /// Has a password hashed.
    func hash(_ password: Password, _ command: borrowing Command, _ effects: inout Effects) {
        effects.passwords.append(PasswordWork(password: password.bytes, hash: nil))
        effects.add(.hashPassword(command.connection, index: effects.passwords.count - 1))
    }

    // MARK: Answers

    /// The answer to `hashPassword`: the hash, or nil if too many others wait. `key` may have
    /// closed since.
    public mutating func passwordHashed(
        _ key: ConnectionKey, _ hash: String?, at now: Timestamp, _ effects: inout Effects
    ) {
        answerHeld(key, .password(hash.map { .hashed($0) } ?? .busy), at: now, &effects)
    }

    /// The answer to `checkPassword`: whether it is the right one, or nil if too many others wait.
    /// `key` may have closed since. It needs a token in stock (``needsToken``), like `received`.
    public mutating func passwordChecked(
        _ key: ConnectionKey, _ isRight: Bool?, at now: Timestamp, _ effects: inout Effects
    ) {
        guard let asked = askedPasswords.removeValue(forKey: key) else { return }
        var answer = PasswordAnswer.wrong
        if isRight == nil {
            passwordFailures.takeBack(asked.keys)
            answer = .busy
        } else if isRight == true, isStillThere(asked) {
            passwordFailures.succeeded(asked.keys)
            answer = .right(asked.number)
        } else {
            counters.passwordFailureCount += 1
        }
        answerHeld(key, .password(answer), at: now, &effects)
    }

    /// Another password may have been set meanwhile, or the account deleted.
    private func isStillThere(_ asked: AskedPassword) -> Bool {
        asked.hash != nil && users.contains(asked.user)
            && users[asked.user].number == asked.number
            && passwordHash(of: asked.user) == asked.hash
    }

    /// The hash of a user's password; nil if the user has no account.
    private func passwordHash(of user: UserIndex) -> String? {
        isAccount(user) ? accounts[users[user].account].password : nil
    }

    static var isBusy: CommandError {
        CommandError(
            .unavailable, "Too many passwords are being checked just now. Try again.",
            retryAfterMilliseconds: retryTime)
    }
}
