// What a token says about the person who has it, once somebody outside the chat has checked it.

/// The claims of a valid token.
public struct TokenClaims: Sendable, Equatable {
    /// The person's name here.
    public var name: String
    /// The rooms that it is for: names, in which `*` stands for any characters. Nil for all rooms.
    public var rooms: [String]?
    /// Whether the person moderates.
    public var isModerator: Bool
    /// From when on it is valid no more: milliseconds since 1970 in UTC.
    public var expiresAt: Int64

    /// Claims from their parts.
    public init(name: String, rooms: [String]? = nil, isModerator: Bool = false, expiresAt: Int64) {
        self.name = name
        self.rooms = rooms
        self.isModerator = isModerator
        self.expiresAt = expiresAt
    }

    /// The most patterns for rooms.
    public static var roomLimit: Int { 64 }

    /// Whether the token is for the room with this name.
    func covers(_ room: NameKey) -> Bool {
        guard let rooms else { return true }
        return rooms.contains { Self.matches(Array(NameKey($0).folded.utf8), room.folded.utf8) }
    }

    /// Whether a name is as the pattern says. It takes time in proportion to both lengths
    /// multiplied: after a mismatch, only the last `*` takes one more byte.
    private static func matches(_ pattern: [UInt8], _ name: String.UTF8View) -> Bool {
        let name = Array(name)
        var (place, position) = (0, 0)
        var star: (place: Int, position: Int)?
        while position < name.count {
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                star = (place, position)
                place += 1
            } else if place < pattern.count, pattern[place] == name[position] {
                place += 1
                position += 1
            } else if let last = star {
                star = (last.place, last.position + 1)
                place = last.place + 1
                position = last.position + 1
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}

/// What came of a token that was given to somebody to check.
public enum TokenAnswer: Sendable {
    /// It is valid.
    case valid(TokenClaims)
    /// It is not, for the reason in the sentence.
    case invalid(String)
}
