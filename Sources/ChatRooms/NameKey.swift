// When two names are one name: the form in which names are looked up.
import CUnicode

/// The form of a name in which it is looked up. Two names are the same if they look the same.
///
/// It is NFKC_Casefold (the Unicode Standard 3.13, D146) in decomposed form, so that upper and
/// lower case, fullwidth and mathematical letters, ligatures and the order of marks make no
/// difference. It goes further in three points, where two spellings have one look:
/// - a Latin letter that looks like one of ASCII is that one ("ılker", "ɑnn"),
/// - a name of any other script is ASCII if each of its letters looks like it (a Cyrillic "сосо"),
/// - marks that look alike are one (the cedilla and the comma below), and a dot above i is none.
///
/// Nothing here asks the standard library, whose version of Unicode is another one.
struct NameKey: Equatable {
    let folded: String
    let hash: UInt32

    /// By which rules keys are made: the version of Unicode, and the rules above. Saved with the
    /// names, since other rules may give two of them one key.
    static var rules: UInt32 { NameCharacters.unicodeVersion << 8 | 1 }

    init(_ name: borrowing String) {
        self.init(folded: Self.fold(name))
    }

    private init(folded: String) {
        self.folded = folded
        // A client cannot choose names that collide.
        hash = NameCharacters.hash(folded)
    }

    /// The hash of the key of a name that is its own key, as most are: ASCII without upper case.
    /// Nil for any other.
    static func hashOfPlain(_ name: Span<UInt8>) -> UInt32? {
        for index in name.indices where name[index] >= 0x80 || (0x41...0x5A).contains(name[index]) {
            return nil
        }
        return NameCharacters.hash(name)
    }

    static func == (one: NameKey, other: NameKey) -> Bool {
        one.hash == other.hash && one.folded.utf8.elementsEqual(other.folded.utf8)
    }

    /// The key of what the name looks like before it is folded, if that is ASCII and another key: a
    /// Cyrillic "ТОМ" looks like "TOM", which its lower case "том" does not.
    static func asItStands(_ name: borrowing String) -> NameKey? {
        guard isBeyondASCII(name) else { return nil }
        var scalars: [UInt32] = []
        for scalar in decompose(name) {
            if scalar >= 0x80, NameCharacters.hasLook(scalar) {
                NameCharacters.appendLook(scalar, allHaveLooks: true, to: &scalars)
            } else {
                NameCharacters.appendFold(scalar, to: &scalars)
            }
        }
        order(&scalars)
        guard scalars.allSatisfy(hasLook) else { return nil }
        let seen = NameKey(folded: text(resolved(scalars)))
        return seen == NameKey(name) ? nil : seen
    }

    /// The letters and digits of a key that has no others, without marks and `_ - .`: what remains
    /// of "Sérv.er" is "server". Nil if there are others.
    var asciiLetters: String? {
        var letters = ""
        for scalar in folded.unicodeScalars {
            switch scalar {
            case "a"..."z", "0"..."9": letters.unicodeScalars.append(scalar)
            case "_", "-", ".", "'": continue
            default:
                guard cunicode_look_up(scalar.value).kind == CUNICODE_MARK else { return nil }
            }
        }
        return letters
    }

    // MARK: Folding

    private static func isBeyondASCII(_ name: borrowing String) -> Bool {
        let bytes = name.utf8Span.span
        for index in bytes.indices where bytes[index] >= 0x80 { return true }
        return false
    }

    private static func fold(_ name: borrowing String) -> String {
        let bytes = name.utf8Span.span
        var hasUpperCase = false
        for index in bytes.indices {
            guard bytes[index] < 0x80 else { return foldAnyScript(name) }
            hasUpperCase = hasUpperCase || (0x41...0x5A).contains(bytes[index])
        }
        return hasUpperCase ? name.lowercased() : copy name
    }

    private static func foldAnyScript(_ name: borrowing String) -> String {
        var scalars: [UInt32] = []
        scalars.reserveCapacity(name.utf8.count)
        for scalar in decompose(name) { NameCharacters.appendFold(scalar, to: &scalars) }
        order(&scalars)
        return text(resolved(scalars))
    }

    /// Normalization form D.
    static func decompose(_ name: borrowing String) -> [UInt32] {
        var scalars: [UInt32] = []
        scalars.reserveCapacity(name.utf8.count)
        for scalar in name.unicodeScalars {
            NameCharacters.appendDecomposition(scalar.value, to: &scalars)
        }
        order(&scalars)
        return scalars
    }

    /// The Canonical Ordering Algorithm (the Unicode Standard 3.11, D109). A name is short.
    private static func order(_ scalars: inout [UInt32]) {
        for index in scalars.indices.dropFirst() {
            let moving = scalars[index]
            let place = combiningClass(moving)
            guard place > 0 else { continue }
            var target = index
            while target > 0, combiningClass(scalars[target - 1]) > place {
                scalars[target] = scalars[target - 1]
                target -= 1
            }
            scalars[target] = moving
        }
    }

    private static func combiningClass(_ scalar: UInt32) -> UInt8 {
        scalar < 0x300 ? 0 : cunicode_look_up(scalar).combining_class
    }

    /// Replaces what looks like something else.
    private static func resolved(_ scalars: [UInt32]) -> [UInt32] {
        let isASCII = scalars.allSatisfy(hasLook)
        var result: [UInt32] = []
        result.reserveCapacity(scalars.count)
        for scalar in scalars {
            if scalar < 0x80 {
                result.append(scalar)
            } else {
                NameCharacters.appendLook(scalar, allHaveLooks: isASCII, to: &result)
            }
        }
        order(&result)
        return withoutSecondDots(result)
    }

    /// The dot of an i or j is not seen twice.
    private static func withoutSecondDots(_ scalars: [UInt32]) -> [UInt32] {
        var base: UInt32 = 0
        var isUnmarkedAbove = true
        return scalars.filter { scalar in
            let place = combiningClass(scalar)
            if place == 0 { (base, isUnmarkedAbove) = (scalar, true) }
            if scalar == 0x307, isUnmarkedAbove, base == 0x69 || base == 0x6A { return false }
            if place == 230 { isUnmarkedAbove = false }
            return true
        }
    }

    /// Whether this is ASCII, looks like it, or is a mark, whatever it stands on.
    private static func hasLook(_ scalar: UInt32) -> Bool {
        scalar < 0x80 || NameCharacters.hasLook(scalar)
            || cunicode_look_up(scalar).kind == CUNICODE_MARK
    }

    private static func text(_ scalars: [UInt32]) -> String {
        var text = ""
        for scalar in scalars { text.unicodeScalars.append(Unicode.Scalar(scalar) ?? "\u{FFFD}") }
        return text
    }
}
