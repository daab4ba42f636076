// The kinds of entries that a room's log has.

/// What an entry of a room's log is: something that was said, or a change of that or of the room.
public enum EntryKind: UInt8, Sendable, CaseIterable {
    /// Something that was said; its target is the message that it answers, if there is one.
    case message
    /// Its target, a message, has another text now.
    case edited
    /// Its target, a message, has no text any more.
    case deleted
    /// The room is about something else now.
    case topic
    /// Its author has another reaction to its target, a message, or none any more.
    case reaction

    /// The `type` of its frame.
    var name: StaticString {
        switch self {
        case .message: "message"
        case .edited: "edited"
        case .deleted: "deleted"
        case .topic: "topic"
        case .reaction: "reaction"
        }
    }

    /// Whether it changes what its target, an earlier message, shows.
    public var changesTarget: Bool {
        switch self {
        case .message, .topic: false
        case .edited, .deleted, .reaction: true
        }
    }

    /// The kinds that change their target, for a condition of SQL: their numbers with commas.
    public static var changesInSQL: String {
        allCases.filter(\.changesTarget).map { "\($0.rawValue)" }.joined(separator: ",")
    }
}
