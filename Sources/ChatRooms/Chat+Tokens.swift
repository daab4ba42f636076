// Logging in by a token, on a server whose names come from outside: the token says who somebody is,
// for how long, and where they may go.
import Storage

extension Chat {
    /// A token is short; a longer one is not looked at.
    public static var tokenByteLimit: Int { 4096 }

    /// Logs in by the token in the command, or on a connection that has logged in, goes on with
    /// another token.
    mutating func logInByToken(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) -> Progress {
        let entersLobby = try command.fields.bool(.join, default: true)
        let client = try client(command, text)
        guard case .token(let answer) = command.read else {
            guard let token = try command.fields.string(ifPresent: .token) else {
                throw CommandError(
                    .badToken, "This server knows people by tokens: log in with a \"token\".")
            }
            guard Int(token.textByteCount) <= Self.tokenByteLimit else {
                throw CommandError(.badToken, "The token is too long.")
            }
            effects.accessTokens.append(token.text(in: text))
            effects.add(
                .checkToken(command.connection, index: effects.accessTokens.count - 1))
            return .asks
        }
        guard case .valid(let claims) = answer else {
            if case .invalid(let sentence) = answer {
                throw CommandError(.badToken, "", detail: sentence)
            }
            throw CommandError(.badToken, "The token is not valid.")
        }
        let name = try Name.user(claims.name)
        let key = NameKey(name)
        if let user = try command.fields.string(ifPresent: .user),
            NameKey(user.text(in: text)) != key
        {
            throw CommandError(.badToken, "The token is for another name.")
        }
        let slot = command.connection.slot
        if connections[slot].state == .loggedIn {
            return try renew(claims, key, command, text, &effects)
        }
        let (user, token) = try admitUser(key, name, command)
        grants.set(claims, command.connection)
        return try finishLogin(user, token, client, entersLobby, command, text, &effects)
    }

    /// Finds or creates the user whom a token names: who has the token needs no session.
    private mutating func admitUser(
        _ key: NameKey, _ name: String, _ command: borrowing Command
    ) throws(CommandError) -> (UserIndex, SessionToken) {
        guard !isReserved(key) else { throw reserved }
        let known = usersByName.find(key, in: users)
        try checkMayLogIn(key, known, command)
        guard let user = known else { return try newUser(name, key) }
        try checkConnectionCount(of: user)
        guard let token = tokens.popLast() else { throw noToken }
        if isAccount(user) {
            accounts[users[user].account].sessions.append(
                Account.Session(proof: token.proof, seenAt: command.now.wall))
            use(accounts[users[user].account].sessions.count - 1, of: user, name, command)
            return (user, token)
        }
        if users[user].connectionCount == 0 {
            returned(user)
            users[user].name = name
        }
        users[user].session = token.proof
        users[user].connectionCount += 1
        save(user)
        return (user, token)
    }

    /// The connection goes on with another token, which may be for fewer rooms.
    private mutating func renew(
        _ claims: TokenClaims, _ key: NameKey, _ command: borrowing Command, _ text: Span<UInt8>,
        _ effects: inout Effects
    ) throws(CommandError) -> Progress {
        let slot = command.connection.slot
        guard NameKey(users[connections[slot].user].name) == key else {
            throw CommandError(.badToken, "The token is for another name.")
        }
        grants.set(claims, command.connection)
        effects.add(.changed(command.connection))
        for name in roomNames(of: command.connection) where !claims.covers(NameKey(name)) {
            guard let filter = connectionFilter(user: nil, room: name) else { continue }
            _ = expel(
                command.connection, filter, text: Self.wrongRoom, at: command.now, &effects)
        }
        effects.add(
            .reply(to: command.connection, bytes: writeOK(command, text, &effects).text))
        return .done
    }

    static var wrongRoom: String { "Your token is not for this room." }

    /// The answer to `checkToken`. `key` may have closed since. It needs a session token in stock
    /// (``needsToken``), like `received`.
    public mutating func tokenChecked(
        _ key: ConnectionKey, _ answer: TokenAnswer, at now: Timestamp, _ effects: inout Effects
    ) {
        answerHeld(key, .token(answer), at: now, &effects)
    }

    /// Closes the connections whose tokens have ended.
    mutating func closeEndedTokens(
        at now: Timestamp, _ rest: inout Int, _ effects: inout Effects
    ) {
        while rest > 0, let key = grants.takeEnded(at: now) {
            rest -= 1
            grants.remove(key.slot)
            guard isKnown(key), connections[key.slot].state == .loggedIn else { continue }
            connections[key.slot].state = .closing
            effects.close(key, .tokenEnded, of: users[connections[key.slot].user].name)
        }
    }

    /// What is wrong with a user's name, as a sentence; nil if it is allowed.
    public static func flaw(inUserName name: String) -> String? {
        do throws(CommandError) {
            _ = try Name.user(name)
            return nil
        } catch {
            return error.sentence
        }
    }

    /// Why somebody with these claims may not read the room; nil if they may. For requests without
    /// a connection.
    public func refusal(of claims: TokenClaims, toRead room: String, at now: Timestamp)
        -> RoomAnswer?
    {
        let key = NameKey(room)
        guard claims.covers(key) else {
            return RoomAnswer(refusing: .forbidden, "This token is not for this room.")
        }
        let name = NameKey(claims.name)
        let user = usersByName.find(name, in: users)
        let subject = SanctionSubject(
            number: user.map { users[$0].number } ?? 0,
            isAccount: user.map { isAccount($0) } ?? false, key: name, address: .exempt)
        guard let ban = sanctions.find(.ban, of: subject, inRoom: key.folded, at: now) else {
            return nil
        }
        return RoomAnswer(CommandError(.forbidden, "You are banned", detail: ban.rest))
    }
}
