// Names of users and rooms: which are allowed.
import CUnicode

enum Name {
    static let userScalarLimit = 32
    static let roomScalarLimit = 64
    /// Names that nobody may imitate, beside the server's own: of those who speak for the server,
    /// and the name that a page gives to its reader.
    static let reserved = ["admin", "administrator", "moderator", "system", "you"]

    /// What a name is for: the two differ in length, and in their sentences.
    enum Use {
        case user, room

        var scalarLimit: Int {
            switch self {
            case .user: userScalarLimit
            case .room: roomScalarLimit
            }
        }
    }

    /// The user name in `value`. A refusal suggests a name for which `isFree` is true.
    static func user(
        _ value: JSONValue, _ bytes: Span<UInt8>, isFree: (String) -> Bool = { _ in true }
    ) throws(CommandError) -> String {
        try name(value, bytes, .user, isFree)
    }

    /// The room name in `value`.
    static func room(_ value: JSONValue, _ bytes: Span<UInt8>) throws(CommandError) -> String {
        try name(value, bytes, .room) { _ in true }
    }

    /// Returns `name` if it is a valid user name.
    static func user(_ name: String) throws(CommandError) -> String {
        try checked(name, .user) { _ in true }
    }

    /// Returns `name` if it is a valid room name.
    static func room(_ name: String) throws(CommandError) -> String {
        try checked(name, .room) { _ in true }
    }

    /// Returns `name` if it is a valid room name. Conversations of two are not there for others.
    static func fromOutside(_ name: String) throws(CommandError) -> String {
        guard fault(in: name, .room) != .direct else {
            throw CommandError(.notFound, "There is no such room.")
        }
        return try room(name)
    }

    private static func name(
        _ value: JSONValue, _ bytes: Span<UInt8>, _ use: Use, _ isFree: (String) -> Bool
    ) throws(CommandError) -> String {
        // A name that is too long is refused before a string is made of it.
        guard value.scalarCount <= use.scalarLimit else { throw NameFault.tooLong.error(use) }
        return try checked(value.text(in: bytes), use, isFree)
    }

    private static func checked(
        _ name: String, _ use: Use, _ isFree: (String) -> Bool
    ) throws(CommandError) -> String {
        if let fault = fault(in: name, use) {
            throw fault.error(use, suggestion: suggestion(for: name, use, isFree))
        }
        return name
    }

    /// Whether names like this one are kept for the server and its operators. `publisher` is the
    /// key of the server's own name.
    static func isReserved(_ key: NameKey, publisher: NameKey) -> Bool {
        guard let letters = key.asciiLetters else { return false }
        return letters == publisher.asciiLetters || reserved.contains(letters)
    }

    /// Whether a name that was saved by a server with other rules can be written as it is.
    static func isWritable(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 4 * roomScalarLimit
            && name.utf8.allSatisfy(isWritable)
    }

    /// The same for a name's UTF-8.
    static func isWritable(_ name: Span<UInt8>) -> Bool {
        guard !name.isEmpty, name.count <= 4 * roomScalarLimit else { return false }
        for index in name.indices where !isWritable(name[index]) { return false }
        return true
    }

    private static func isWritable(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x22 && byte != 0x5C && byte != 0x7F
    }

    static func isAllowed(_ name: String) -> Bool { fault(in: name, .room) == nil }

    // MARK: The rules

    /// What is wrong with the name; nil if nothing is. PROTOCOL.md has the rules.
    static func fault(in name: String, _ use: Use) -> NameFault? {
        var count = 0
        for scalar in name.unicodeScalars {
            count += 1
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9": continue
            case "_", "-", ".": if count == 1 { return .first }
            case "@" where count == 1 && use == .room: return .direct
            case " ": return .blank
            case _ where scalar.value < 0x80: return .kind(of: scalar)
            default: return faultBeyondASCII(name, use)
            }
        }
        if count == 0 { return .empty }
        return count > use.scalarLimit ? .tooLong : nil
    }

    private static func faultBeyondASCII(_ name: String, _ use: Use) -> NameFault? {
        var scripts = ScriptMixture()
        var before = cunicode_look_up(0)
        var baseScripts = NameCharacters.everyScript
        let scalars = Array(name.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let next = index + 1 < scalars.count ? cunicode_look_up(scalars[index + 1].value) : nil
            if isJoiner(scalar, before, next) { continue }
            let character = cunicode_look_up(scalar.value)
            defer { before = character }
            switch character.kind {
            case CUNICODE_LETTER_OR_NUMBER: baseScripts = character.scripts
            case CUNICODE_SPACING_MARK, CUNICODE_MARK:
                if index == 0 { return .first }
                // A mark of one script on a letter of another is no part of any language.
                if character.scripts & baseScripts == 0 { scripts.breakApart(by: character) }
            default:
                guard scalar == "_" || scalar == "-" || scalar == "." else {
                    return index == 0 && scalar == "@" && use == .room ? .direct : .kind(of: scalar)
                }
                if index == 0 { return .first }
                baseScripts = NameCharacters.everyScript
            }
            // Without a letter after it, it is not seen.
            let isStacker = character.flags & 1 != 0
            if isStacker, next?.kind != CUNICODE_LETTER_OR_NUMBER { return .invisible }
            scripts.add(character)
        }
        if scalars.count > use.scalarLimit { return .tooLong }
        if let (one, other) = scripts.conflict { return .mixed(one, other) }
        return hasTooManyMarks(name) ? .marks : nil
    }

    /// UAX #31, 2.3: a joiner after a virama, and a non-joiner between letters of which the first
    /// one would else be joined to the next. No key has them.
    private static func isJoiner(
        _ scalar: Unicode.Scalar, _ before: cunicode_character, _ next: cunicode_character?
    ) -> Bool {
        guard scalar == "\u{200D}" || scalar == "\u{200C}",
            next?.kind == CUNICODE_LETTER_OR_NUMBER
        else { return false }
        return before.combining_class == 9 || scalar == "\u{200C}" && before.flags & 2 != 0
    }

    /// Marks pile up: two on a letter are as many as Vietnamese needs, four as many as Tibetan,
    /// Burmese and pointed Hebrew do, whose marks have places of their own. The same mark twice is
    /// in no name.
    private static func hasTooManyMarks(_ name: String) -> Bool {
        let iotaBelow: UInt32 = 0x345
        var (count, common) = (0, 0)
        var last: UInt32 = 0
        for scalar in NameKey.decompose(name) where scalar != 0x200C && scalar != 0x200D {
            defer { last = scalar }
            guard scalar >= 0x300, case let character = cunicode_look_up(scalar),
                character.kind == CUNICODE_MARK
            else {
                (count, common) = (0, 0)
                continue
            }
            count += 1
            let isCommon = scalar < 0x590 || character.scripts & NameCharacters.latin != 0
            if isCommon, scalar != iotaBelow { common += 1 }
            if count > 4 || common > 2 || scalar == last { return true }
        }
        return false
    }
}
