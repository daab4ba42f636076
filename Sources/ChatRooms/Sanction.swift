// A ban or a mute: whom it holds for, where, for how long, and why.
import Storage

/// What a moderator or an operator has decided about somebody, as it is kept.
public struct Sanction: Sendable, Equatable {
    /// What somebody may not do.
    public enum Kind: UInt8, Sendable, CaseIterable {
        /// Not enter the room, or without a room, not log in.
        case ban = 1
        /// Say nothing in the room, or without a room, nowhere.
        case mute = 2

        /// The kind as it is written.
        public var name: String {
            switch self {
            case .ban: "ban"
            case .mute: "mute"
            }
        }
    }

    /// Tells sanctions apart. The chat gives the numbers.
    public var number: Int64 = 0
    /// What is forbidden.
    public var kind: Kind
    /// The room's name as it was written; nil if it holds everywhere.
    public var room: String?
    /// The name that the user had.
    public var user: String
    /// The user's number, see ``StoredUser``.
    public var userNumber: Int64
    /// Whether the name was the user's own. If not, the sanction holds for the name and the address
    /// too, as long as those who come are no accounts.
    public var isAccount: Bool
    /// Where a user without an account came from; exempt if that is not known, or does not count.
    public var address: ClientAddress
    /// Since when: milliseconds since 1970 in UTC.
    public var at: Int64
    /// Until when; nil for good.
    public var until: Int64?
    /// The moderator who has decided it; nil if it was an operator.
    public var by: String?
    /// Why, in one line; empty if that was not said.
    public var reason: String

    /// A sanction from its parts.
    public init(
        kind: Kind, room: String?, user: String, userNumber: Int64, isAccount: Bool,
        address: ClientAddress, at: Int64, until: Int64?, by: String?, reason: String
    ) {
        self.kind = kind
        self.room = room
        self.user = user
        self.userNumber = userNumber
        self.isAccount = isAccount
        self.address = address
        self.at = at
        self.until = until
        self.by = by
        self.reason = reason
    }

    /// Whether its time is over.
    func hasEnded(at now: Timestamp) -> Bool { until.map { $0 <= now.wall } ?? false }

    /// How long it holds, and why, to continue a sentence: " until 2026-11-29 21:05:00 UTC: spam".
    var rest: String { Self.rest(until: until, reason) }

    /// Appends the fields `until` and `reason`, each if there is one.
    static func writeRest(until: Int64?, _ reason: String, to out: inout ByteBuffer) {
        if let until {
            out.append(",\"until\":\"")
            Timestamp(monotonic: 0, wall: until).writeWall(to: &out)
            out.append("\"")
        }
        guard !reason.isEmpty else { return }
        let bytes = reason.utf8Span.span
        out.append(",\"reason\":\"")
        out.append(escaped: bytes, 0..<bytes.count)
        out.append("\"")
    }

    static func rest(until: Int64?, _ reason: String) -> String {
        let time = until.map { wall in
            let text = Timestamp(monotonic: 0, wall: wall).wallText
            return " until \(text.prefix(10)) \(text.dropFirst(11).prefix(8)) UTC"
        }
        return (time ?? " for good") + (reason.isEmpty ? "." : ": \(reason)")
    }
}

/// A change of what is decided, for the store.
public enum ModerationChange: Sendable {
    /// A sanction that is new.
    case set(Sanction)
    /// Sanctions that were lifted, replaced, or are over.
    case ended([Int64])
}

/// Somebody to whom a sanction may apply.
struct SanctionSubject {
    /// The user's number; 0 if there is no such user yet.
    var number: Int64
    var isAccount: Bool
    var key: NameKey
    var address: ClientAddress
}
