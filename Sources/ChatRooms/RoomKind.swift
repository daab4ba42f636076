// The people who may be in a room: anybody, two people, or everybody who was invited.

/// The kinds of rooms.
public enum RoomKind: UInt8, Sendable, CaseIterable {
    /// Anybody may enter.
    case open
    /// The conversation of two people. It is found by their numbers, and not by its name.
    case direct
    /// People who were invited may enter.
    case `private`

    /// The `kind` in a frame.
    var name: StaticString {
        switch self {
        case .open: "open"
        case .direct: "direct"
        case .private: "private"
        }
    }
}

/// The two people of a direct conversation, by their numbers. See ``StoredUser``.
struct DirectPair: Hashable {
    let first: Int64
    let second: Int64

    init(_ one: Int64, _ other: Int64) {
        (first, second) = (min(one, other), max(one, other))
    }

    /// The key under which the store finds the conversation. No name of a room begins with "@".
    var key: String { "@\(first),\(second)" }
}

/// A room that a client names: by its name, or by the two people who are in it.
struct RoomName {
    let name: String
    var pair: DirectPair?
}
