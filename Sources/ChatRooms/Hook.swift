// An incoming webhook: a program that has its token may post in one room, under one name.

/// A hook, as it is kept. Its token is not: what is kept of it proves that somebody has it.
public struct Hook: Sendable, Equatable {
    /// Tells hooks apart. The chat gives the numbers.
    public var number: Int64 = 0
    /// The room's name as it was written.
    public var room: String
    /// The author of what it posts.
    public var name: String
    /// Proves that somebody has its token.
    public var proof: SessionProof
    /// When it was added: milliseconds since 1970 in UTC.
    public var at: Int64

    /// The name of a hook that was given none.
    public static var standardName: String { "hook" }

    /// A hook from its parts.
    public init(room: String, name: String, proof: SessionProof, at: Int64) {
        self.room = room
        self.name = name
        self.proof = proof
        self.at = at
    }

    /// The hook as an author. Its number is of the token, so no later hook has the same one.
    var publisher: Publisher {
        Publisher(number: UInt64(truncatingIfNeeded: proof.bits), name: name)
    }
}

/// A change of the hooks, for the store.
public enum HookChange: Sendable {
    /// A hook that is new.
    case added(Hook)
    /// A hook that is no more, by its number.
    case deleted(Int64)
}
