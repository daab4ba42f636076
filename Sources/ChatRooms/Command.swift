// A command as it was received, and the table of commands and their handlers.
import Storage

/// One command while the chat handles it. Its bytes are passed as a separate argument.
struct Command: ~Copyable {
    let connection: ConnectionKey
    let now: Timestamp
    /// False if the client has gone and only its commands are left: replies are for nobody then.
    let isReachable: Bool
    /// What the store has read for it, if it had to wait for that.
    let read: StoreRead
    private(set) var fields = CommandFields()
    private var outcome = CommandFields.Outcome.object

    static let referenceByteLimit = 64

    /// A command without fields.
    @inline(__always)
    init(
        of connection: ConnectionKey, at now: Timestamp, isReachable: Bool = true,
        _ read: StoreRead = .nothing
    ) {
        self.connection = connection
        self.now = now
        self.isReachable = isReachable
        self.read = read
    }

    /// A command whose fields are in the text, as far as it is valid: see ``check()``.
    @inline(__always)
    init(
        _ text: Span<UInt8>, of connection: ConnectionKey, at now: Timestamp,
        isReachable: Bool = true, _ read: StoreRead = .nothing
    ) {
        self.init(of: connection, at: now, isReachable: isReachable, read)
        outcome = fields.read(text)
    }

    /// Where the `ref` stands in the command's text; nil if it has no valid one.
    var reference: Range<Int>? {
        let reference = fields[.ref]
        guard reference.kind == .string, reference.textByteCount <= Self.referenceByteLimit else {
            return nil
        }
        return reference.range
    }

    /// Checks everything that does not depend on the command's type.
    func check() throws(CommandError) {
        try Self.check(
            outcome, "Send a JSON object, like {\"type\":\"who\",\"room\":\"lobby\"}.")
        if let reference = try fields.string(ifPresent: .ref),
            reference.textByteCount > Self.referenceByteLimit
        {
            throw CommandError(.ref, "has at most 64 bytes.")
        }
    }

    /// Checks that the bytes were one JSON object with no field twice. `sentence` is the error's
    /// text for another JSON value.
    static func check(
        _ outcome: CommandFields.Outcome, _ sentence: StaticString
    ) throws(CommandError) {
        switch outcome {
        case .object: return
        case .malformed: throw CommandError(.badJSON, "Send one JSON object per message, as UTF-8.")
        case .notAnObject: throw CommandError(.badRequest, sentence)
        case .duplicate(let field): throw CommandError(field, "stands there twice.")
        }
    }

    /// Appends `,"ref":"…"` as the client wrote it, if the command has a valid one.
    func writeReference(_ text: Span<UInt8>, to out: inout ByteBuffer) {
        guard let range = reference else { return }
        out.append(",\"ref\":\"")
        out.append(text.extracting(range))
        out.append("\"")
    }
}

/// The commands that this server knows. To add a command, add a case, a line in each table below,
/// and a handler in a file `Chat+….swift`.
enum CommandType: CaseIterable {
    case message, typing, join, leave, history, who, edit, delete, react, topic, login, logout
    case account, direct, rooms, mine, read, create, invite, uninvite, search
    case sessions
    case kick, ban, mute, unban, unmute, sanctions

    var name: StaticString {
        switch self {
        case .message: "message"
        case .typing: "typing"
        case .join: "join"
        case .leave: "leave"
        case .history: "history"
        case .who: "who"
        case .edit: "edit"
        case .delete: "delete"
        case .react: "react"
        case .topic: "topic"
        case .login: "login"
        case .logout: "logout"
        case .account: "account"
        case .direct: "direct"
        case .rooms: "rooms"
        case .mine: "mine"
        case .read: "read"
        case .create: "create"
        case .invite: "invite"
        case .uninvite: "uninvite"
        case .search: "search"
        case .sessions: "sessions"
        case .kick: "kick"
        case .ban: "ban"
        case .mute: "mute"
        case .unban: "unban"
        case .unmute: "unmute"
        case .sanctions: "sanctions"
        }
    }

    /// True if the command requires a login; false if it requires that there was none yet.
    var needsLogin: Bool { self != .login }

    init?(_ value: JSONValue, _ text: Span<UInt8>) {
        guard !value.hasEscapes else {
            let name = value.textBytes(in: text)
            guard let type = Self.allCases.first(where: { $0.name.bytes == name }) else {
                return nil
            }
            self = type
            return
        }
        if text.holds(CommandType.message.name, in: value.range) {
            self = .message
            return
        }
        for type in Self.allCases where text.holds(type.name, in: value.range) {
            self = type
            return
        }
        return nil
    }
}

extension Chat {
    /// Finds the command's type, checks that the connection may use it, and carries it out.
    mutating func perform(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) -> Progress {
        guard let type = CommandType(try command.fields.string(.type), text) else {
            var error = CommandError(.unknownType, "This server knows ")
            let names = CommandType.allCases.map { "\($0.name)" }
            error.detail = names.dropLast().joined(separator: ", ") + " and \(names.last!)."
            throw error
        }
        let isLoggedIn = connections[command.connection.slot].state == .loggedIn
        if type.needsLogin && !isLoggedIn {
            throw CommandError(.notLoggedIn, "Log in first: {\"type\":\"login\",\"user\":\"…\"}")
        }
        if !type.needsLogin && isLoggedIn && !limits.requiresTokens {
            throw CommandError(
                .alreadyLoggedIn, "You are logged in. Open another connection instead.")
        }
        if shared.isOn { try checkIsShared(type) }
        // Replies come in the order of the commands, and messages are answered when they are kept.
        if type != .message, hasReplyPending(command.connection) { return .waits }
        switch type {
        case .message: try message(command, text, &effects)
        case .typing: try typing(command, text, &effects)
        case .join: return try join(command, text, &effects)
        case .leave: try leave(command, text, &effects)
        case .history: if command.isReachable { return try history(command, text, &effects) }
        case .who: if command.isReachable { try who(command, text, &effects) }
        case .edit: return try edit(command, text, &effects)
        case .delete: return try delete(command, text, &effects)
        case .react: return try react(command, text, &effects)
        case .topic: try topic(command, text, &effects)
        case .login: return try login(command, text, &effects)
        case .logout: try logout(command, text, &effects)
        case .account: return try account(command, text, &effects)
        case .direct: return try direct(command, text, &effects)
        case .rooms: if command.isReachable { return try rooms(command, text, &effects) }
        case .mine: if command.isReachable { return try mine(command, text, &effects) }
        case .read: try read(command, text, &effects)
        case .create: return try create(command, text, &effects)
        case .invite: try invite(command, text, &effects)
        case .uninvite: try uninvite(command, text, &effects)
        case .search: if command.isReachable { return try search(command, text, &effects) }
        case .sessions: sessions(command, text, &effects)
        case .kick: try moderate(.kick, command, text, &effects)
        case .ban: try moderate(.ban, command, text, &effects)
        case .mute: try moderate(.mute, command, text, &effects)
        case .unban: try moderate(.unban, command, text, &effects)
        case .unmute: try moderate(.unmute, command, text, &effects)
        case .sanctions: try listSanctions(command, text, &effects)
        }
        return .done
    }

    /// Begins a reply: `{"type":"…","ref":"…"`. Returns the position of its first byte.
    func begin(
        _ type: StaticString, _ command: borrowing Command, _ text: Span<UInt8>,
        _ effects: inout Effects
    ) -> Int {
        let start = effects.bytes.count
        effects.bytes.append("{\"type\":\"")
        effects.bytes.append(type)
        effects.bytes.append("\"")
        command.writeReference(text, to: &effects.bytes)
        return start
    }
}
