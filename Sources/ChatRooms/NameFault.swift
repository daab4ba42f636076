// What can be wrong with a name, in sentences that say what to do.
import CUnicode

enum NameFault: Equatable {
    case empty, tooLong, first, direct
    case blank, invisible, symbol
    /// A letter of a script of history, or of a later version of Unicode.
    case script
    /// Letters of two scripts, by their numbers.
    case mixed(UInt8, UInt8)
    case marks

    /// Why a character may not be in a name.
    static func kind(of scalar: Unicode.Scalar) -> NameFault {
        let properties = scalar.properties
        if properties.isWhitespace { return .blank }
        if properties.isDefaultIgnorableCodePoint { return .invisible }
        switch properties.generalCategory {
        case .control, .format: return .invisible
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber,
            .otherNumber, .unassigned:
            return .script
        default: return .symbol
        }
    }

    /// The refusal. `suggestion` is an allowed name that is near.
    func error(_ use: Name.Use, suggestion: String? = nil) -> CommandError {
        var error = CommandError(.badName, sentence(use))
        if case .mixed(let one, let other) = self {
            error.detail =
                "\(NameCharacters.scriptName(one)) and \(NameCharacters.scriptName(other)) letters."
                + " Use one alphabet."
        } else if let suggestion {
            error.detail = " Try \"\(suggestion)\"."
        }
        return error
    }

    private func sentence(_ use: Name.Use) -> StaticString {
        switch (self, use) {
        case (.empty, .user): "The name is missing: write 1 to 32 letters or digits."
        case (.empty, .room): "The room's name is missing: write 1 to 64 letters or digits."
        case (.tooLong, .user): "That name is too long: a user name has at most 32 characters."
        case (.tooLong, .room): "That name is too long: a room name has at most 64 characters."
        case (.first, _): "A name begins with a letter or a digit."
        case (.direct, _): "Room names with @ are kept for direct conversations."
        case (.blank, _): "A name has no blanks."
        case (.invisible, _):
            "That name has a character in it that cannot be seen. Type the name anew."
        case (.symbol, _): "A name has only letters, digits and _ - . in it."
        case (.script, _):
            "That name has a letter in it that this server does not know. Use other letters."
        case (.mixed, _): "That name mixes "
        case (.marks, _): "That name has too many accents on one letter. Leave some out."
        }
    }
}

/// Which scripts the letters of a name have in common: one script, or Latin and one of the scripts
/// that are written beside it (UTS #39, 5.2, "moderately restrictive").
struct ScriptMixture {
    private var all = NameCharacters.everyScript
    private var beyondLatin = NameCharacters.everyScript
    /// The scripts of the first letter, and of the first letter that does not go with it.
    private var first: UInt8?
    private var odd: UInt8?

    mutating func add(_ character: cunicode_character) {
        let scripts = character.kind == CUNICODE_OTHER ? .max : character.scripts
        all &= scripts
        if scripts & NameCharacters.latin == 0 { beyondLatin &= scripts }
        guard scripts != NameCharacters.everyScript else { return }
        if first == nil { first = character.script }
        if !isAllowed, odd == nil { odd = character.script }
    }

    /// A mark on a letter of a script that does not have it.
    mutating func breakApart(by character: cunicode_character) {
        (all, beyondLatin) = (0, 0)
        odd = odd ?? character.script
    }

    private var isAllowed: Bool {
        all != 0 || beyondLatin & NameCharacters.mixedWithLatin != 0
    }

    /// Two scripts that do not go together; nil if all do.
    var conflict: (UInt8, UInt8)? { isAllowed ? nil : (first ?? 0, odd ?? 0) }
}

extension Name {
    /// An allowed name that is near this one and for which `isFree` is true; nil if nothing
    /// remains of it. Blanks become `_`.
    static func suggestion(
        for name: String, _ use: Use, _ isFree: (String) -> Bool
    ) -> String? {
        var kept = String.UnicodeScalarView()
        for scalar in name.unicodeScalars.prefix(4 * use.scalarLimit) {
            let kind = cunicode_look_up(scalar.value).kind
            if kind == CUNICODE_LETTER_OR_NUMBER || !kept.isEmpty && kind != CUNICODE_OTHER {
                kept.append(scalar)
            } else if scalar.properties.isWhitespace || scalar == "_" || scalar == "-"
                || scalar == "."
            {
                guard let last = kept.last, last != "_" else { continue }
                kept.append(scalar.properties.isWhitespace ? "_" : scalar)
            }
        }
        kept = .init(kept.prefix(use.scalarLimit - 1))
        while let last = kept.last, last == "_" { kept.removeLast() }
        let near = String(kept)
        guard fault(in: near, use) == nil else { return nil }
        return ([near] + (2...9).map { "\(near)\($0)" }).first(where: isFree)
    }
}
