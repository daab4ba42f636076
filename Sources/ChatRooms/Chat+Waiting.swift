// Commands that wait: for the replies before theirs, or for what the store must read first. The
// connection's further commands wait behind them.
import Storage

/// How far a command has come.
enum Progress {
    case done
    /// It must wait until the messages before it are kept and answered.
    case waits
    /// The store, or somebody else outside the chat, has been asked for what it needs.
    case asks
    /// The login is done; the lobby is still to be entered, for which the store has been asked.
    case asksForLobby
}

/// What keeps a connection's commands from being carried out at once.
struct StoreWait {
    let generation: UInt32
    /// Replies that come when something is kept.
    var pendingCount = 0
    /// Commands that wait, oldest first.
    var held: [Held] = []
    /// The first of them waits for an answer from outside.
    var isAsking = false
    /// The server reads nothing more of the connection.
    var isPaused = false
    /// Whose connection it was, if its last reply says that the session has ended: it is closed
    /// behind that.
    var formerUser: String?

    enum Held {
        case command([UInt8])
        case enterLobby
        /// Not a command: what a connection has missed since a crash.
        case catchUp
    }
}

extension Chat {
    /// Whether a reply to this connection waits until something is kept.
    @inline(__always)
    func hasReplyPending(_ key: ConnectionKey) -> Bool {
        guard !waits.isEmpty, let wait = waits[key.slot] else { return false }
        return wait.generation == key.generation && wait.pendingCount > 0
    }

    /// Whether commands of this connection wait, so that the next one must wait behind them.
    @inline(__always)
    func holdsCommands(_ key: ConnectionKey) -> Bool {
        guard !waits.isEmpty, let wait = waits[key.slot] else { return false }
        return wait.generation == key.generation && !wait.held.isEmpty
    }

    /// Keeps a command until its turn comes, and has nothing more read of its connection.
    mutating func hold(
        _ held: StoreWait.Held, of key: ConnectionKey, isAsking: Bool, inFront: Bool,
        _ effects: inout Effects
    ) {
        var wait = takeWait(key, &effects)
        if inFront {
            wait.held.insert(held, at: 0)
        } else {
            wait.held.append(held)
        }
        wait.isAsking = wait.isAsking || isAsking
        if !wait.isPaused {
            wait.isPaused = true
            effects.add(.pause(key))
        }
        waits[key.slot] = wait
    }

    /// One more reply to this connection waits until something is kept.
    mutating func countPendingReply(_ key: ConnectionKey, _ effects: inout Effects) {
        var wait = takeWait(key, &effects)
        wait.pendingCount += 1
        if wait.pendingCount >= limits.pendingMessageLimit, !wait.isPaused {
            wait.isPaused = true
            effects.add(.pause(key))
        }
        waits[key.slot] = wait
    }

    /// What the connection waits for, to be put back with more.
    private mutating func takeWait(_ key: ConnectionKey, _ effects: inout Effects) -> StoreWait {
        if let wait = waits.removeValue(forKey: key.slot) { return wait }
        effects.add(.owes(key, true))
        return StoreWait(generation: key.generation)
    }

    /// A reply that has waited has been sent.
    mutating func settlePendingReply(
        _ key: ConnectionKey, at now: Timestamp, _ effects: inout Effects
    ) {
        guard isWaiting(key) else { return }
        waits[key.slot]!.pendingCount -= 1
        goOn(key, .nothing, at: now, &effects)
    }

    /// What the connection's first held command has asked for is there.
    mutating func answerHeld(
        _ key: ConnectionKey, _ read: StoreRead, at now: Timestamp, _ effects: inout Effects
    ) {
        guard isWaiting(key), waits[key.slot]!.isAsking else { return }
        waits[key.slot]!.isAsking = false
        goOn(key, read, at: now, &effects)
    }

    private func isWaiting(_ key: ConnectionKey) -> Bool {
        isKnown(key) && waits[key.slot]?.generation == key.generation
    }

    /// Carries out held commands as far as possible; without any, has the connection read again.
    private mutating func goOn(
        _ key: ConnectionKey, _ read: StoreRead, at now: Timestamp, _ effects: inout Effects
    ) {
        var read = read
        while var wait = waits[key.slot], let next = wait.held.first, !wait.isAsking,
            wait.pendingCount == 0
        {
            wait.held.removeFirst()
            waits[key.slot] = wait
            guard connections[key.slot].state != .closing else { continue }
            carryOut(next, of: key, read, at: now, &effects)
            read = .nothing
        }
        guard let wait = waits[key.slot], wait.held.isEmpty else { return }
        if wait.isPaused, wait.pendingCount <= limits.pendingMessageLimit / 2 {
            waits[key.slot]!.isPaused = false
            effects.add(.resume(key))
        }
        guard wait.pendingCount == 0 else { return }
        waits[key.slot] = nil
        effects.add(.owes(key, false))
        if let user = wait.formerUser { effects.close(key, .signedOut, of: user) }
    }

    private mutating func carryOut(
        _ held: StoreWait.Held, of key: ConnectionKey, _ read: StoreRead, at now: Timestamp,
        _ effects: inout Effects
    ) {
        let start = effects.bytes.count
        switch held {
        case .command(let text):
            let command = Command(text.span, of: key, at: now, read)
            carryOut(command, text.span, wasHeld: true, &effects)
        case .enterLobby:
            let command = Command(of: key, at: now, read)
            do throws(CommandError) {
                let progress = try enter(
                    RoomName(name: Self.lobby), command, Span(), View(), &effects)
                if case .asks = progress {
                    hold(.enterLobby, of: key, isAsking: true, inFront: true, &effects)
                }
            } catch {
                refuse(command, Span(), error, &effects)
            }
        case .catchUp:
            if case .asks = catchUp(key, read, at: now, &effects) {
                hold(.catchUp, of: key, isAsking: true, inFront: true, &effects)
            }
            return
        }
        charge(max(1, effects.bytes.count - start), paid: 1, to: key, at: now)
    }

    /// Carries out a command, or refuses it, or keeps it for later.
    mutating func carryOut(
        _ command: borrowing Command, _ text: Span<UInt8>, wasHeld: Bool, _ effects: inout Effects
    ) {
        do throws(CommandError) {
            try command.check()
            let progress = try perform(command, text, &effects)
            let key = command.connection
            switch progress {
            case .done: return
            case .waits, .asks:
                var isAsking = false
                if case .asks = progress { isAsking = true }
                hold(
                    .command([UInt8](copying: text)), of: key, isAsking: isAsking,
                    inFront: wasHeld, &effects)
            case .asksForLobby:
                hold(.enterLobby, of: key, isAsking: true, inFront: wasHeld, &effects)
            }
        } catch {
            refuse(command, text, error, &effects)
        }
    }

    /// Sends a reply when everything before it is answered. Its bytes are the last ones.
    mutating func answer(_ reply: StoreBatch.Reply, _ effects: inout Effects) {
        guard case .connection(let key) = reply.recipient else { return }
        guard hasReplyPending(key) else {
            return effects.add(.reply(to: key, bytes: reply.text))
        }
        appendReply(reply, &effects)
    }
}
