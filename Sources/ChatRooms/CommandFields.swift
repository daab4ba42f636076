// Reads one command: a JSON object whose known fields are stored as ranges of its bytes.

/// The fields that any command of the protocol, or the `since` inside one, may have.
enum Field: Int, CaseIterable {
    case type, ref, user, token, session, join, room, since, limit, text, id, before, after
    case epoch, offset, everywhere, more, password, reply, emoji, to, seconds, reason, client
    case `private`

    var name: StaticString {
        switch self {
        case .type: "type"
        case .ref: "ref"
        case .user: "user"
        case .token: "token"
        case .session: "session"
        case .join: "join"
        case .room: "room"
        case .since: "since"
        case .limit: "limit"
        case .text: "text"
        case .id: "id"
        case .before: "before"
        case .after: "after"
        case .epoch: "epoch"
        case .offset: "offset"
        case .everywhere: "everywhere"
        case .more: "more"
        case .password: "password"
        case .reply: "reply"
        case .emoji: "emoji"
        case .to: "to"
        case .seconds: "seconds"
        case .reason: "reason"
        case .client: "client"
        case .private: "private"
        }
    }

    /// The field with this name. Escapes are not decoded here: see `CommandFields.field(named:)`.
    @inline(__always)
    init?(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        guard let candidate = Self.candidate(bytes, range), bytes.holds(candidate.name, in: range)
        else { return nil }
        self = candidate
    }

    /// Which field the name can be, by its length and its beginning: only one is compared then.
    @inline(__always)
    private static func candidate(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Field? {
        guard range.count >= 2 else { return nil }
        let (first, second) = (bytes[range.lowerBound], bytes[range.lowerBound + 1])
        return switch (range.count, first) {
        case (2, UInt8(ascii: "i")): .id
        case (2, _): .to
        case (3, _): .ref
        case (4, UInt8(ascii: "t")): second == UInt8(ascii: "y") ? .type : .text
        case (4, UInt8(ascii: "r")): .room
        case (4, UInt8(ascii: "u")): .user
        case (4, UInt8(ascii: "j")): .join
        case (4, _): .more
        case (5, UInt8(ascii: "s")): .since
        case (5, UInt8(ascii: "l")): .limit
        case (5, UInt8(ascii: "a")): .after
        case (5, UInt8(ascii: "t")): .token
        case (5, UInt8(ascii: "r")): .reply
        case (5, _): second == UInt8(ascii: "p") ? .epoch : .emoji
        case (6, UInt8(ascii: "b")): .before
        case (6, UInt8(ascii: "o")): .offset
        case (6, UInt8(ascii: "c")): .client
        case (6, _): .reason
        case (7, UInt8(ascii: "p")): .private
        case (7, _): bytes[range.lowerBound + 2] == UInt8(ascii: "s") ? .session : .seconds
        case (8, _): .password
        case (10, _): .everywhere
        default: nil
        }
    }
}

/// The known fields of one object. Unknown fields must be valid JSON and are ignored.
struct CommandFields: ~Copyable {
    enum Outcome: Equatable {
        case object
        case malformed
        case notAnObject
        /// A known field appears twice, and it is not clear which value is meant.
        case duplicate(Field)
    }

    private var values = InlineArray<25, JSONValue>(repeating: JSONValue())

    subscript(field: Field) -> JSONValue { values[field.rawValue] }

    /// Reads a whole text: one JSON value and nothing else after it.
    mutating func read(_ bytes: Span<UInt8>) -> Outcome {
        guard UInt32(exactly: bytes.count) != nil else { return .malformed }
        var scanner = JSONScanner()
        do throws(JSONScanner.Malformed) {
            scanner.skipSpace(bytes)
            var outcome = Outcome.object
            if scanner.peek(bytes) == UInt8(ascii: "{") {
                outcome = try members(&scanner, bytes)
            } else {
                _ = try scanner.value(bytes, depth: 0)
                outcome = .notAnObject
            }
            scanner.skipSpace(bytes)
            return scanner.position == bytes.count ? outcome : .malformed
        } catch {
            return .malformed
        }
    }

    private mutating func members(
        _ scanner: inout JSONScanner, _ bytes: Span<UInt8>
    ) throws(JSONScanner.Malformed) -> Outcome {
        var outcome = Outcome.object
        scanner.position += 1
        scanner.skipSpace(bytes)
        if scanner.peek(bytes) == UInt8(ascii: "}") {
            scanner.position += 1
            return outcome
        }
        while true {
            let key = try scanner.key(bytes)
            let value = try scanner.value(bytes, depth: 1)
            if let field = Self.field(named: key, bytes) {
                if values[field.rawValue].kind != .missing {
                    outcome = .duplicate(field)
                }
                values[field.rawValue] = value
            }
            scanner.skipSpace(bytes)
            guard scanner.peek(bytes) == UInt8(ascii: ",") else { break }
            scanner.position += 1
            scanner.skipSpace(bytes)
        }
        try scanner.expect(UInt8(ascii: "}"), bytes)
        return outcome
    }

    /// The field with this name, which may be written with escapes; nil if it is unknown.
    @inline(__always)
    private static func field(named key: JSONValue, _ bytes: Span<UInt8>) -> Field? {
        guard key.hasEscapes else { return Field(bytes, key.range) }
        let name = key.textBytes(in: bytes)
        return Field(name.span, 0..<name.count)
    }
}
