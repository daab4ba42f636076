// Logging in: who may have a name.
import Storage

extension Chat {
    static var lobby: String { "lobby" }

    mutating func login(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) -> Progress {
        do throws(CommandError) {
            return try logIn(command, text, &effects)
        } catch {
            let name = command.fields[.user]
            // After the login only the lobby can refuse.
            let slot = command.connection.slot
            if name.kind == .string, connections[slot].state != .loggedIn {
                let resourceID = connections[slot].resourceID
                refusedLogins.note(name, text, error, resourceID, at: command.now)
            }
            throw error
        }
    }

    private mutating func logIn(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) -> Progress {
        if limits.requiresTokens { return try logInByToken(command, text, &effects) }
        let name = try Name.user(try command.fields.string(.user), text) { isFree($0) }
        let session = try command.fields.string(ifPresent: .session)
        let entersLobby = try command.fields.bool(.join, default: true)
        let client = try client(command, text)
        if try command.fields.string(ifPresent: .token) != nil {
            throw CommandError(.badToken, "This server knows no tokens. Log in without one.")
        }
        let given = session.flatMap { SessionToken($0.textBytes(in: text)) }
        let password = try command.fields.string(ifPresent: .password)
        let user: UserIndex
        let token: SessionToken
        if let password, !isSession(given?.proof, of: name) {
            let password = try Password(password, in: text)
            let key = NameKey(name)
            guard !isReserved(key) else { throw reserved }
            guard case .password(let answer) = command.read else {
                try check(password, of: name, command, &effects)
                return .asks
            }
            (user, token) = try admitUser(key, name, answer, command, &effects)
        } else {
            (user, token) = try admitUser(name, given, command)
        }
        return try finishLogin(user, token, client, entersLobby, command, text, &effects)
    }

    /// The connection is this user's from now on: welcomes it, and enters the lobby.
    mutating func finishLogin(
        _ user: UserIndex, _ token: SessionToken, _ client: [UInt8]?, _ entersLobby: Bool,
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) -> Progress {
        let slot = command.connection.slot
        connections[slot].user = user
        connections[slot].nextOfUser = users[user].firstConnection
        users[user].firstConnection = slot
        connections[slot].state = .loggedIn
        counters.loginCount += 1
        effects.add(.changed(command.connection))
        note(client, of: slot)
        let start = begin("welcome", command, text, &effects)
        writeWelcome(user, token, connections[slot].resourceID, to: &effects.bytes)
        effects.reply(to: command.connection, from: start)
        guard entersLobby else { return .done }
        // `welcome` carried the reference; `joined` must not repeat it.
        let entering = Command(
            of: command.connection, at: command.now, isReachable: command.isReachable)
        let progress = try enter(RoomName(name: Self.lobby), entering, text, View(), &effects)
        if case .asks = progress { return .asksForLobby }
        return progress
    }

    /// Finds or creates the user with this name, and counts one more connection for it. Returns the
    /// user and the session's token. Throws if the name belongs to another session.
    private mutating func admitUser(
        _ name: String, _ given: SessionToken?, _ command: borrowing Command
    ) throws(CommandError) -> (UserIndex, SessionToken) {
        let proof = given?.proof
        let now = command.now
        let key = NameKey(name)
        guard !isReserved(key) else { throw reserved }
        guard let user = usersByName.find(key, in: users) else {
            if let seen = NameKey.asItStands(name) {
                guard !isReserved(seen) else { throw reserved }
                guard usersByName.find(seen, in: users) == nil else {
                    throw CommandError(
                        .nameTaken, "This looks like somebody else's name. Choose another one.")
                }
            }
            try checkMayLogIn(key, nil, command)
            return try newUser(name, key, given)
        }
        if isAccount(user) {
            guard let session = accounts[users[user].account].session(with: proof) else {
                throw taken
            }
            try checkMayLogIn(key, user, command)
            try checkConnectionCount(of: user)
            use(session, of: user, name, command)
            return (user, given!)
        }
        guard users[user].connectionCount == 0 else {
            guard users[user].session == proof else { throw taken }
            try checkMayLogIn(key, user, command)
            try checkConnectionCount(of: user)
            users[user].connectionCount += 1
            return (user, given!)
        }
        let isSameClient = users[user].session == proof
        guard isSameClient || now.monotonic - users[user].leftAt >= timing.nameReservation else {
            throw CommandError(
                .nameTaken,
                "This name is kept for who just had it. Choose another one, or wait a minute.")
        }
        try checkMayLogIn(key, isSameClient ? user : nil, command)
        var token = given
        if !isSameClient {
            let new = try newToken(given)
            token = new
            forgetStored(user)
            users[user].session = new.proof
            users[user].number = takeUserNumber(new, key)
            // The rooms that the earlier user has opened do not count for this one.
            users[user].openedRoomCount = 0
        }
        returned(user)
        // The same name, perhaps in another spelling; its hash is the same.
        users[user].name = name
        users[user].connectionCount = 1
        save(user)
        return (user, token!)
    }

    func checkConnectionCount(of user: UserIndex) throws(CommandError) {
        let limit = min(limits.connectionsPerUserLimit, Int(UInt16.max))
        guard users[user].connectionCount < limit else {
            throw CommandError(
                .forbidden, "You are connected too many times. Close another one.")
        }
    }

    private mutating func takeUserNumber(_ token: SessionToken, _ key: NameKey) -> Int64 {
        if shared.isOn { return sharedNumber(token, key) }
        nextUserNumber += 1
        return nextUserNumber - 1
    }

    /// The token of a new session. One of several nodes does not know whether another one has
    /// issued the client's: it stays, since nobody else has it.
    private mutating func newToken(_ given: SessionToken?) throws(CommandError) -> SessionToken {
        if shared.isOn, let given { return given }
        guard let token = tokens.popLast() else { throw noToken }
        return token
    }

    mutating func newUser(
        _ name: String, _ key: NameKey, _ given: SessionToken? = nil
    ) throws(CommandError) -> (UserIndex, SessionToken) {
        let token = try newToken(given)
        let user = users.allocate(
            User(
                name: name, session: token.proof, number: takeUserNumber(token, key),
                nameHash: key.hash, connectionCount: 1))
        usersByName.insert(user, in: &users)
        save(user)
        return (user, token)
    }

    /// Whether nobody has the name, and anybody may take it.
    private func isFree(_ name: String) -> Bool {
        let key = NameKey(name)
        return !isReserved(key)
            && usersByName.find(key, in: users) == nil
    }

    /// The same for a name in use and for a name that is somebody's own.
    private var taken: CommandError {
        CommandError(
            .nameTaken,
            "Somebody has this name. Choose another one, or log in with its password.")
    }

    var reserved: CommandError {
        CommandError(.nameTaken, "This name is kept for the server. Choose another one.")
    }

    var noToken: CommandError {
        CommandError(.unavailable, "The server cannot log anybody in just now. Try again.")
    }
}
