// User and room names: which names are allowed, and when two names are the same.

/// The form of a name in which it is looked up. Two names are the same if they are canonically
/// equivalent after upper- and then lower-casing: "Ann" is "ann", and "STRASSE" is "straße".
struct NameKey: Equatable {
    /// Not normalized to NFC: Swift compares and hashes strings by canonical equivalence.
    let folded: String
    let hash: UInt32

    init(_ name: borrowing String) {
        folded = Self.fold(name)
        // Every process has another seed, so a client cannot choose names that collide.
        hash = UInt32(truncatingIfNeeded: folded.hashValue)
    }

    private static func fold(_ name: borrowing String) -> String {
        let bytes = name.utf8Span.span
        var hasUpperCase = false
        for index in bytes.indices {
            guard bytes[index] < 0x80 else { return name.uppercased().lowercased() }
            hasUpperCase = hasUpperCase || (0x41...0x5A).contains(bytes[index])
        }
        return hasUpperCase ? name.lowercased() : copy name
    }
}

enum Name {
    static let userScalarLimit = 32
    static let roomScalarLimit = 64

    /// The user name in `value`.
    static func user(_ value: JSONValue, _ bytes: Span<UInt8>) throws(CommandError) -> String {
        guard value.scalarCount <= userScalarLimit, case let name = value.text(in: bytes),
            isAllowed(name)
        else {
            throw CommandError(
                .badName,
                "A user name is 1 to 32 letters, digits or _-. and begins with a letter or digit."
            )
        }
        return name
    }

    /// The room name in `value`.
    static func room(_ value: JSONValue, _ bytes: Span<UInt8>) throws(CommandError) -> String {
        // A name that is too long is refused before a string is made of it.
        guard value.scalarCount <= roomScalarLimit else { throw badRoom }
        return try room(value.text(in: bytes))
    }

    /// Returns `name` if it is a valid room name.
    static func room(_ name: String) throws(CommandError) -> String {
        guard name.unicodeScalars.count <= roomScalarLimit, isAllowed(name) else {
            if name.utf8.first == UInt8(ascii: "@") {
                throw CommandError(.badName, "Room names with @ are kept for direct conversations.")
            }
            throw badRoom
        }
        return name
    }

    private static var badRoom: CommandError {
        CommandError(
            .badName,
            "A room name is 1 to 64 letters, digits or _-. and begins with a letter or digit.")
    }

    /// Allowed are the general categories L, M and N and the characters `_ - .`; the first
    /// character must be of L or N, and none may be invisible.
    static func isAllowed(_ name: String) -> Bool {
        var isFirst = true
        for scalar in name.unicodeScalars {
            defer { isFirst = false }
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9": continue
            case "_", "-", ".":
                if isFirst { return false }
                continue
            default: break
            }
            let properties = scalar.properties
            guard !properties.isDefaultIgnorableCodePoint else { return false }
            switch properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter,
                .otherLetter, .decimalNumber, .letterNumber, .otherNumber:
                continue
            case .nonspacingMark, .spacingMark, .enclosingMark:
                if isFirst { return false }
            default: return false
            }
        }
        return !isFirst
    }
}
