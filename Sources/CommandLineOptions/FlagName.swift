// The long names of a command's flags, taken from its property wrappers.
import ArgumentParser

/// A flag of a command, as the key of a configuration file.
struct FlagName {
    /// The name without dashes in front: "max-message".
    let text: String
    /// Whether it has no value on the command line.
    let isSwitch: Bool
    /// Whether it may be given several times.
    let mayRepeat: Bool
    /// Which values it takes, to follow "takes"; nil if any text may be one.
    let valueWords: String?

    /// All flags of a command, including its option groups. The names are formed as ArgumentParser
    /// forms them; a test compares them with the help.
    static func all<Command: ParsableArguments>(of command: Command.Type) -> [FlagName] {
        all(in: Mirror(reflecting: command.init()))
    }

    private static func all(in mirror: Mirror) -> [FlagName] {
        mirror.children.flatMap { label, value -> [FlagName] in
            let name = "\(type(of: value))"
            if name.hasPrefix("OptionGroup<") {
                return (value as? any GroupOfFlags).map { all(in: $0.flagMirror) } ?? []
            }
            let isSwitch = name.hasPrefix("Flag<")
            guard let label, isSwitch || name.hasPrefix("Option<") else { return [] }
            return [
                FlagName(
                    text: kebab(label.drop { $0 == "_" }), isSwitch: isSwitch,
                    mayRepeat: name.hasPrefix("Option<Array<"),
                    valueWords: (value as? any FlagWithValue).flatMap {
                        ValueWords.of(type(of: $0).valueType)
                    })
            ]
        }
    }

    /// "maxMessage" becomes "max-message".
    private static func kebab(_ label: Substring) -> String {
        label.reduce(into: "") { name, letter in
            name += letter.isUppercase ? "-" + letter.lowercased() : String(letter)
        }
    }

    /// The arguments for a value in a file; nil if this flag does not allow the value.
    func argument(_ value: String) -> [String]? {
        guard isSwitch else { return ["--\(text)=\(value)"] }
        switch value.lowercased() {
        case "yes", "on", "true", "1": return ["--\(text)"]
        case "no", "off", "false", "0": return []
        default: return nil
        }
    }
}

/// An option group whose flags can be inspected.
private protocol GroupOfFlags {
    var flagMirror: Mirror { get }
}

extension OptionGroup: GroupOfFlags {
    var flagMirror: Mirror { Mirror(reflecting: Value()) }
}

/// An option whose type can be inspected.
private protocol FlagWithValue {
    static var valueType: Any.Type { get }
}

extension Option: FlagWithValue {
    static var valueType: Any.Type { Value.self }
}
