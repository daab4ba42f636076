// The command `account`: makes a name somebody's own. And whose name an account is.
import Storage

extension Chat {
    /// How many accounts there are.
    public var accountCount: Int { accounts.count }

    func isAccount(_ user: UserIndex) -> Bool { users[user].account != .none }

    /// The shortest time between two passwords of one user, in milliseconds: each costs a tenth of
    /// a second.
    static var passwordInterval: Int64 { 60_000 }

    /// Makes the name in use this person's own, or changes the password. The reply comes when the
    /// store has it.
    mutating func account(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) -> Progress {
        let password = try Password(try command.fields.string(.password), in: text)
        guard !limits.requiresTokens else {
            throw CommandError(.forbidden, "Names come by tokens here, and have no passwords.")
        }
        let user = connections[command.connection.slot].user
        if case .password(let answer) = command.read {
            do throws(CommandError) {
                guard case .hashed(let hash) = answer else { throw Self.isBusy }
                try checkAccount(user, command)
                return own(user, hash, command, text, &effects)
            } catch {
                // It was not set, so the next attempt need not wait.
                users[user].passwordRestsAt = .min
                throw error
            }
        }
        let wait = users[user].passwordRestsAt.subtractingReportingOverflow(command.now.monotonic)
        guard wait.overflow || wait.partialValue <= 0 else {
            throw CommandError(
                .rateLimited, "A password can be set once a minute.",
                retryAfterMilliseconds: Int(wait.partialValue))
        }
        try checkAccount(user, command)
        users[user].passwordRestsAt = command.now.monotonic + Self.passwordInterval
        hash(password, command, &effects)
        return .asks
    }

    /// Throws if the store cannot keep an account now, or if there is no place for one more.
    private func checkAccount(_ user: UserIndex, _ command: borrowing Command) throws(CommandError)
    {
        try checkStore()
        guard !isAccount(user) else { return }
        guard users[user].isFindable else {
            throw CommandError(
                .forbidden, "Somebody else has this name by now. Log in with another one.")
        }
        guard accounts.count < limits.accountLimit else {
            throw CommandError(.forbidden, "This server has no place for more accounts.")
        }
        let owner = connections[command.connection.slot].owner
        guard
            owners[owner].kind != .address
                || owners[owner].accountCount < limits.accountsPerAddressLimit
        else {
            throw CommandError(
                .forbidden, "Too many accounts have been made from your network.")
        }
    }

    private mutating func own(
        _ user: UserIndex, _ hash: String, _ command: borrowing Command, _ text: Span<UInt8>,
        _ effects: inout Effects
    ) -> Progress {
        let key = command.connection
        if isAccount(user) {
            accounts[users[user].account].password = hash
        } else {
            let session = Account.Session(
                proof: users[user].session, seenAt: command.now.wall,
                slots: connectionSlots(of: user))
            makeAccount(
                Account(user: user, password: hash, sessions: [session]),
                for: connections[key.slot].owner)
        }
        acknowledge(user, command, text, &effects)
        return .done
    }

    /// Makes a user's name an account, which counts for `owner`.
    mutating func makeAccount(_ account: Account, for owner: OwnerIndex) {
        let user = account.user
        users[user].account = accounts.allocate(account)
        count(users[user].account, for: owner)
    }

    /// An account counts for its owner.
    mutating func count(_ account: AccountIndex, for owner: OwnerIndex) {
        accounts[account].owner = owner
        owners[owner].useCount += 1
        owners[owner].accountCount += 1
    }

    /// The name of a user without connections is nobody's own any more.
    mutating func removeAccount(of user: UserIndex) {
        let account = users[user].account
        awayAccountCount -= 1
        let owner = accounts[account].owner
        owners[owner].accountCount -= 1
        release(owner)
        users[user].account = .none
        accounts.free(account, leaving: Account())
    }
}
