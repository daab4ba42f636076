// A command as it came in, and the table that says what becomes of it.

/// One command on its way through the chat. Its bytes travel beside it.
struct Command {
    let connection: ConnectionKey
    let now: Timestamp
    var fields = CommandFields()

    static let referenceByteLimit = 64

    init(connection: ConnectionKey, now: Timestamp) {
        self.connection = connection
        self.now = now
    }

    /// What can be said of any command before its type is known.
    func check(_ outcome: CommandFields.Outcome) throws(Refusal) {
        try Self.check(
            outcome, "Send a JSON object, like {\"type\":\"who\",\"room\":\"lobby\"}.")
        if let reference = try fields.string(ifPresent: .ref),
            reference.textByteCount > Self.referenceByteLimit
        {
            throw Refusal(.ref, "has at most 64 bytes.")
        }
    }

    /// What can be said of any bytes that ought to be one JSON object; `sentence` is for what is
    /// none.
    static func check(
        _ outcome: CommandFields.Outcome, _ sentence: StaticString
    ) throws(Refusal) {
        switch outcome {
        case .object: return
        case .malformed: throw Refusal(.badJSON, "Send one JSON object per message, as UTF-8.")
        case .notAnObject: throw Refusal(.badRequest, sentence)
        case .duplicate(let field): throw Refusal(field, "stands there twice.")
        }
    }

    /// Appends `,"ref":"…"` as the client wrote it, if the command has one that may be repeated.
    func writeReference(_ text: Span<UInt8>, to out: inout ByteBuffer) {
        let reference = fields[.ref]
        guard reference.kind == .string, reference.textByteCount <= Self.referenceByteLimit else {
            return
        }
        out.put(",\"ref\":\"")
        out.put(text, reference.range)
        out.put("\"")
    }
}

/// The commands that this server knows. Adding one is a case, a line in each table below, and a
/// handler in a file `Chat+….swift`.
enum CommandType: CaseIterable {
    case message, typing, join, leave, history, who, login

    var name: StaticString {
        switch self {
        case .message: "message"
        case .typing: "typing"
        case .join: "join"
        case .leave: "leave"
        case .history: "history"
        case .who: "who"
        case .login: "login"
        }
    }

    /// Whether the command is for connections that have logged in, or for those that have not.
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
        _ command: Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(Refusal) {
        guard let type = CommandType(try command.fields.string(.type), text) else {
            throw Refusal(
                .unknownType,
                "This server knows login, join, leave, message, typing, history and who.")
        }
        let isLoggedIn = connections[command.connection.slot].state == .loggedIn
        if type.needsLogin && !isLoggedIn {
            throw Refusal(.notLoggedIn, "Log in first: {\"type\":\"login\",\"user\":\"…\"}")
        }
        if !type.needsLogin && isLoggedIn {
            throw Refusal(.alreadyLoggedIn, "You are logged in. Open another connection instead.")
        }
        switch type {
        case .message: try message(command, text, &effects)
        case .typing: try typing(command, text, &effects)
        case .join: try join(command, text, &effects)
        case .leave: try leave(command, text, &effects)
        case .history: try history(command, text, &effects)
        case .who: try who(command, text, &effects)
        case .login: try login(command, text, &effects)
        }
    }

    /// Begins a reply: `{"type":"…","ref":"…"`. Returns where it begins.
    func begin(
        _ type: StaticString, _ command: borrowing Command, _ text: Span<UInt8>,
        _ effects: inout Effects
    ) -> Int {
        let start = effects.bytes.count
        effects.bytes.put("{\"type\":\"")
        effects.bytes.put(type)
        effects.bytes.put("\"")
        command.writeReference(text, to: &effects.bytes)
        return start
    }
}
