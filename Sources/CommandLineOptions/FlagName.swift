// The long names of a command's flags, read off its property wrappers.
import ArgumentParser

/// A flag of a command as a configuration file knows it.
struct FlagName {
    /// "max-message".
    let text: String
    /// It has no value: it is there or not.
    let isSwitch: Bool
    /// It may be there several times.
    let mayRepeat: Bool

    /// All flags of a command, those of its option groups included. The names are made as
    /// ArgumentParser makes them; a test compares them with the help.
    static func all<Command: ParsableArguments>(of command: Command.Type) -> [FlagName] {
        all(in: Mirror(reflecting: command.init()))
    }

    private static func all(in mirror: Mirror) -> [FlagName] {
        mirror.children.flatMap { label, value -> [FlagName] in
            let type = "\(type(of: value))"
            if type.hasPrefix("OptionGroup<") {
                return (value as? any GroupOfFlags).map { all(in: $0.flagMirror) } ?? []
            }
            let isSwitch = type.hasPrefix("Flag<")
            guard let label, isSwitch || type.hasPrefix("Option<") else { return [] }
            return [
                FlagName(
                    text: kebab(label.drop { $0 == "_" }), isSwitch: isSwitch,
                    mayRepeat: type.hasPrefix("Option<Array<"))
            ]
        }
    }

    /// "maxMessage" becomes "max-message".
    private static func kebab(_ label: Substring) -> String {
        label.reduce(into: "") { name, letter in
            name += letter.isUppercase ? "-" + letter.lowercased() : String(letter)
        }
    }

    /// The arguments that a value in a file stands for; nil if it is none for this flag.
    func argument(_ value: String) -> [String]? {
        guard isSwitch else { return ["--\(text)=\(value)"] }
        switch value.lowercased() {
        case "yes", "on", "true", "1": return ["--\(text)"]
        case "no", "off", "false", "0": return []
        default: return nil
        }
    }
}

/// An option group whose flags can be looked at.
private protocol GroupOfFlags {
    var flagMirror: Mirror { get }
}

extension OptionGroup: GroupOfFlags {
    var flagMirror: Mirror { Mirror(reflecting: Value()) }
}
