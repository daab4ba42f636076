// The newest logins that were refused, for operators who ask why somebody cannot get in.
import Storage

/// One refused login.
public struct RefusedLogin: Sendable {
    /// The name that was asked for. It may be no valid name, and contain any character; a name
    /// above ``RefusedLogins/nameScalarLimit`` is only described.
    public let name: String
    /// ``Chat/nameHash(_:)`` of the name, so that a search compares numbers.
    public let nameHash: UInt32
    /// Why it was refused, for programs.
    public let code: ErrorCode
    /// The same as a sentence.
    public let sentence: String
    /// The connection that asked.
    public let resourceID: UInt64
    /// When, in milliseconds since 1970.
    public let wall: Int64
}

/// The newest refused logins, in bounded memory.
public struct RefusedLogins: Sendable {
    /// The most that are kept.
    public static let limit = 1000
    /// A longer name is not kept.
    public static let nameScalarLimit = 64

    /// All that are kept.
    public private(set) var ring = Ring<RefusedLogin>(capacity: limit)

    mutating func note(
        _ value: JSONValue, _ text: Span<UInt8>, _ error: CommandError, _ resourceID: UInt64,
        at now: Timestamp
    ) {
        let name =
            value.scalarCount <= Self.nameScalarLimit
            ? value.text(in: text) : "(\(value.scalarCount) characters)"
        ring.append(
            RefusedLogin(
                name: name, nameHash: NameKey(name).hash, code: error.code,
                sentence: error.sentence, resourceID: resourceID,
                wall: now.wall))
    }
}
