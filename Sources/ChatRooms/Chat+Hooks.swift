// Incoming webhooks: programs that post in one room, and whose only right is a token.
import Storage

extension Chat {
    /// How many hooks there are.
    public var hookCount: Int { hooks.count }

    // MARK: What operators do

    /// Adds a hook for a room, which may be private, and need not exist. It posts as `name`, which
    /// is nobody else's then. Returns the hook with its token, which is not kept. A token must be
    /// in stock, see ``needsToken``.
    public mutating func addHook(
        room: String, name: String?, at now: Timestamp
    ) throws(OperatorRefusal) -> (hook: Hook, token: String) {
        do throws(CommandError) {
            let room = try Name.fromOutside(room)
            let name = try Name.user(name ?? Hook.standardName)
            try checkNobodyHas(name, at: now)
            try checkStore()
            guard hooks.count < Hooks.limit else {
                throw CommandError(
                    .forbidden, "There are as many hooks as there may be. Delete one first.")
            }
            guard let token = tokens.popLast(),
                let hook = hooks.add(
                    Hook(room: room, name: name, proof: token.proof, at: now.wall))
            else {
                throw CommandError(.unavailable, "The server cannot add a hook now. Try again.")
            }
            keep(.added(hook))
            var text = ByteBuffer(minimumCapacity: SessionToken.characterCount)
            token.write(to: &text)
            return (hook, text.span.string(0..<text.count))
        } catch {
            throw OperatorRefusal(error)
        }
    }

    /// Deletes the hook with this number: its token opens nothing from now on. Returns nil if there
    /// is none.
    public mutating func deleteHook(_ number: Int64) -> Hook? {
        guard let hook = hooks.remove(number) else { return nil }
        keep(.deleted(number))
        return hook
    }

    /// The hooks with numbers above `number`, `count` of them at most. It takes time in proportion
    /// to all of them.
    public func hooks(after number: Int64, count: Int) -> [Hook] {
        let numbers = hooks.entries.keys.filter { $0 > number }.sorted().prefix(count)
        return numbers.map { hooks.entries[$0]!.hook }
    }

    private mutating func keep(_ change: HookChange) {
        if hasStore { batch.items.append(.hook(change)) }
    }

    /// Begins with the hooks that the store has.
    mutating func begin(with stored: [Hook]) {
        for hook in stored { _ = hooks.add(hook) }
    }

    // MARK: Their names

    /// Whether nobody may log in with the name: it is kept for the server, or a hook's.
    func isReserved(_ key: NameKey) -> Bool {
        Name.isReserved(key, publisher: publisherKey) || hooks.have(key)
    }

    /// Throws if the name is somebody's, or looks like somebody's.
    private func checkNobodyHas(_ name: String, at now: Timestamp) throws(CommandError) {
        for key in [NameKey(name), NameKey.asItStands(name)].compactMap(\.self) {
            guard let user = usersByName.find(key, in: users) else { continue }
            let isThere = isAccount(user) || users[user].connectionCount > 0
            guard !isThere, now.monotonic - users[user].leftAt >= timing.nameReservation else {
                throw CommandError(
                    .nameTaken, "Somebody has this name: the hook needs another one.")
            }
        }
    }

    /// Throws if the name is a hook's: nobody reads what is sent to it.
    func checkReads(_ name: String) throws(CommandError) {
        guard hooks.have(NameKey(name)) else { return }
        throw CommandError(.notFound, "This is a program: it posts messages, and reads none.")
    }

    // MARK: What they post

    /// The hook with this token; nil if there is none.
    public func hook(withToken text: String) -> Hook? {
        SessionToken(Array(text.utf8)).flatMap { hooks.find($0.proof) }
    }

    /// Puts a hook's message into its room, for which ``admit(_:_:from:at:)`` was asked before.
    /// `body` is a JSON object with `text`, and optionally `id`, as in `message`; what else it has
    /// is ignored. The answer is that of ``publish(_:toRoom:by:for:at:_:)``.
    public mutating func post(
        _ body: Span<UInt8>, by hook: Hook, for request: RequestKey, at now: Timestamp,
        _ effects: inout Effects
    ) -> RoomAnswer? {
        publish(body, hook.room, hook.publisher, for: request, at: now, &effects)
    }

    /// Why a hook may not post so much from this address just now; nil if it may. What it posts is
    /// as much work for it as a command is for a user, and what is stored counts for the address.
    public mutating func admit(
        _ hook: Hook, _ byteCount: Int, from address: ClientAddress, at now: Timestamp
    ) -> RoomAnswer? {
        do throws(CommandError) {
            try spend(byteCount, by: hook, from: address, at: now)
            return nil
        } catch {
            counters.count(error.code)
            return RoomAnswer(error)
        }
    }

    private mutating func spend(
        _ byteCount: Int, by hook: Hook, from address: ClientAddress, at now: Timestamp
    ) throws(CommandError) {
        let owner = hold(address)
        defer { release(owner) }
        try checkAllowance(of: owner, at: now)
        if limits.commandsPerSecond > 0 {
            let interval = Int64(1_000_000 / limits.commandsPerSecond)
            let share = interval / Int64(limits.userWorkShare)
            let wait = hooks.charge(
                hook.number, share * Int64(2 * byteCount) / Int64(limits.commandWork),
                ordinary: share, burst: interval * Int64(limits.commandBurst),
                at: now.monotonic * 1000)
            if let wait {
                throw CommandError(
                    .rateLimited, "This hook posts too fast. Wait, then send it again.",
                    retryAfterMilliseconds: Int((wait + 999) / 1000))
            }
        }
        spendAllowance(of: owner, byteCount, at: now)
    }
}
