// What a moderator or an operator wants to be done, and what has come of it.

/// What moderators do.
public enum ModerationAction: String, Sendable, CaseIterable {
    /// Send somebody out, who may come back.
    case kick
    /// Keep somebody out, and end that.
    case ban, unban
    /// Let somebody say nothing, and end that.
    case mute, unmute
}

/// An order of a moderator or an operator.
public struct ModerationOrder: Sendable {
    /// What shall be done.
    public var action: ModerationAction
    /// In which room; nil for the whole server.
    public var room: String?
    /// To whom.
    public var user: String
    /// For how long; nil for good.
    public var seconds: Int?
    /// Why: one line, or nothing.
    public var reason: String

    /// An order from its parts.
    public init(
        _ action: ModerationAction, room: String?, user: String, seconds: Int? = nil,
        reason: String = ""
    ) {
        self.action = action
        self.room = room
        self.user = user
        self.seconds = seconds
        self.reason = reason
    }

    /// The reason of a Close frame has 123 bytes at most (RFC 6455 §5.5).
    public static var reasonByteLimit: Int { 123 }
    /// Ten years.
    public static var longestTime: Int { 315_360_000 }

    /// Whether a reason fits into one line that everybody can be shown.
    public static func isReason(_ text: String) -> Bool {
        text.utf8.count <= reasonByteLimit
            && !text.unicodeScalars.contains { $0.value < 0x20 || 0x7F...0x9F ~= $0.value }
    }

    /// What somebody reads who is sent out of the server, as the reason of the Close frame:
    /// `standard` without a reason. A reason that does not fit behind the words stands alone.
    public static func farewell(_ reason: String, standard: String) -> String {
        guard !reason.isEmpty else { return standard }
        let sentence = "You were sent out: " + reason
        return sentence.utf8.count <= reasonByteLimit ? sentence : reason
    }
}

extension ModerationOrder {
    /// The order in a command's fields.
    init(
        _ action: ModerationAction, _ fields: borrowing CommandFields, _ bytes: Span<UInt8>
    ) throws(CommandError) {
        let place = try fields.string(.room)
        let room = bytes.holds("*", in: place.range) ? nil : try Name.room(place, bytes)
        let name = try fields.string(.user)
        guard name.scalarCount <= Name.userScalarLimit else { throw Chat.nobody }
        self.init(action, room: room, user: name.text(in: bytes))
        seconds = try Self.seconds(fields, bytes)
        guard let reason = try fields.string(ifPresent: .reason) else { return }
        guard Int(reason.textByteCount) <= Self.reasonByteLimit,
            case let text = reason.text(in: bytes), Self.isReason(text)
        else { throw CommandError(.reason, "has at most 123 bytes and one line.") }
        self.reason = text
    }

    /// For how long. Whatever is wrong with it, the refusal says the same: what would be right.
    private static func seconds(
        _ fields: borrowing CommandFields, _ bytes: Span<UInt8>
    ) throws(CommandError) -> Int? {
        let value = fields[.seconds]
        switch value.kind {
        case .missing, .null: return nil
        case .number:
            if let seconds = value.integer(in: bytes), (1...longestTime).contains(seconds) {
                return seconds
            }
            fallthrough
        default:
            throw CommandError(
                .seconds, "must be a whole number, 1 to 315360000. Leave it out for good.")
        }
    }
}

/// What has been done.
public struct ModerationRecord: Sendable {
    /// What was done.
    public var action: ModerationAction
    /// In which room; nil in the whole server.
    public var room: String?
    /// To whom.
    public var user: String
    /// The moderator; nil if it was an operator.
    public var by: String?
    /// Until when, in milliseconds since 1970 in UTC; nil for good, or if it has no time.
    public var until: Int64?
    /// Why; empty if that was not said.
    public var reason: String
    /// Connections that were sent out.
    public var connectionCount = 0
}
