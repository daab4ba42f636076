// A configuration file whose keys are the flags of a command: it is read, checked line by line, and
// turned into arguments.
import ArgumentParser
import SystemdSupport

/// What is wrong with a configuration file: one sentence for each mistake, which says what to do.
public struct ConfigurationError: Error, CustomStringConvertible {
    /// "FILE:LINE: sentence", in the order of the lines.
    public let sentences: [String]
    /// An error with these sentences, at least one. Of more than 20 the first are kept, and a
    /// sentence that says how many there are: a file that is none may have a mistake in every line.
    public init(sentences: [String]) {
        let rest = sentences.count - Self.sentenceLimit
        let first = sentences.prefix(Self.sentenceLimit)
        self.sentences = rest > 0 ? first + ["There are \(rest) more mistakes."] : sentences
    }

    private static let sentenceLimit = 20

    /// All sentences, one a line.
    public var description: String { sentences.joined(separator: "\n") }
}

/// Lines of `key = value`, where the keys are the long names of a command's flags. Empty lines and
/// lines that begin with # are ignored, and so is white space around keys and values. Every other
/// line is a setting or an error. A flag that has no value on the command line takes yes or no.
public struct ConfigurationFile: Sendable {
    /// One setting, and the number of its line, from 1.
    struct Setting: Equatable, Sendable {
        let line: Int
        let key: String
        let value: String
    }

    private let path: String
    let settings: [Setting]
    /// The lines that are no settings, and what is wrong with each.
    package let faults: [(line: Int, sentence: String)]
    /// How many settings there are.
    public var settingCount: Int { settings.count }

    /// Parses a file's text. `path` is the name of the file in errors. Throws if it is no text;
    /// ``arguments(for:excluding:given:)`` checks its lines.
    public init(_ text: String, path: String) throws(ConfigurationError) {
        try self.init(Array(text.utf8), path: path)
    }

    /// Parses a file's bytes; see ``TextLines``.
    public init(_ bytes: [UInt8], path: String) throws(ConfigurationError) {
        self.path = path
        var settings: [Setting] = []
        var faults: [(line: Int, sentence: String)] = []
        for line in try TextLines(bytes, path: path).lines {
            let text = line.text.trimmed
            guard let first = text.unicodeScalars.first, first != "#" else { continue }
            // A comment may be in any encoding, a setting not.
            guard line.isUTF8 else {
                faults.append((line.number, "This line is not in UTF-8. Save the file in UTF-8."))
                continue
            }
            guard let equals = text.unicodeScalars.firstIndex(of: "="), equals > text.startIndex
            else {
                faults.append((line.number, "This is no setting. Write: key = value"))
                continue
            }
            settings.append(
                Setting(
                    line: line.number, key: String(text[..<equals].trimmed),
                    value: String(text.unicodeScalars[equals...].dropFirst()).trimmed.description))
        }
        self.settings = settings
        self.faults = faults
    }

    /// The file's settings as arguments, to be put in front of the arguments of the command line.
    /// The command line takes precedence: a key that is among `given` is left out. Throws if a
    /// line is no setting, or a setting is unknown, repeated or has a value that `command` does not
    /// accept; the error has all mistakes, in the order of the lines.
    ///
    /// - Parameters:
    ///   - command: the command whose flags are the keys.
    ///   - excluding: flags that are not allowed in a file.
    ///   - given: the arguments of the command line.
    public func arguments<Command: ParsableArguments>(
        for command: Command.Type, excluding: Set<String> = [], given: [String] = []
    ) throws(ConfigurationError) -> [String] {
        let known = FlagName.all(of: command).filter { !excluding.contains($0.text) }
        var arguments: [String] = []
        // To parse takes half a millisecond, and a reload holds up everybody: each setting is only
        // looked at alone if there is a mistake in any.
        let isAccepted = accepts(command, known)
        var wrong = faults
        var lines: [String: Int] = [:]
        for setting in settings {
            guard let flag = known.first(where: { $0.text == setting.key }) else {
                wrong.append((setting.line, Self.unknown(setting.key, known.map(\.text))))
                continue
            }
            if let earlier = lines[setting.key], !flag.mayRepeat {
                wrong.append(
                    (
                        setting.line,
                        "'\(setting.key)' is set in line \(earlier) already. Remove one."
                    ))
            }
            lines[setting.key] = setting.line
            guard let argument = flag.argument(setting.value) else {
                let value = Self.shown(setting.value)
                wrong.append((setting.line, "'\(setting.key)' takes yes or no, not '\(value)'."))
                continue
            }
            if !isAccepted, let problem = Self.problem(with: argument, setting, flag, command) {
                wrong.append((setting.line, problem))
            }
            if !Self.isSet(setting.key, by: given) { arguments += argument }
        }
        guard wrong.isEmpty else {
            throw ConfigurationError(
                sentences: wrong.sorted { $0.line < $1.line }
                    .map { "\(path):\($0.line): \($0.sentence)" })
        }
        return arguments
    }

    /// The same without ArgumentParser, which takes longer to begin than a server that takes over.
    /// `switches` are the flags without a value. Nil if a line is no setting, or a switch has
    /// another value than yes or no: whether flags exist, and take their values, is not checked.
    package func plainArguments(
        switches: Set<String>, excluding: Set<String>, given: [String]
    ) -> [String]? {
        guard faults.isEmpty else { return nil }
        var arguments: [String] = []
        for setting in settings {
            let isSwitch = switches.contains(setting.key)
            let flag = FlagName(
                text: setting.key, isSwitch: isSwitch, mayRepeat: false, valueWords: nil)
            guard !excluding.contains(setting.key), let argument = flag.argument(setting.value)
            else { return nil }
            if !Self.isSet(setting.key, by: given) { arguments += argument }
        }
        return arguments
    }

    private static func isSet(_ key: String, by given: [String]) -> Bool {
        let option = "--\(key)"
        return given.contains { $0 == option || $0.hasPrefix(option + "=") }
    }

    /// Whether the command accepts all settings together.
    private func accepts<Command: ParsableArguments>(
        _ command: Command.Type, _ known: [FlagName]
    ) -> Bool {
        let names = Dictionary(known.map { ($0.text, $0) }) { first, _ in first }
        let arguments = settings.compactMap { names[$0.key]?.argument($0.value) }
        return (try? Command.parse(arguments.flatMap { $0 })) != nil
    }

    /// The command's error for this setting alone; nil if it accepts it.
    private static func problem<Command: ParsableArguments>(
        with argument: [String], _ setting: Setting, _ flag: FlagName, _ command: Command.Type
    ) -> String? {
        do {
            _ = try Command.parse(argument)
            return nil
        } catch {
            let text = Command.message(for: error).split(separator: "\n").first ?? "is not accepted"
            guard text.hasPrefix("The value ") else { return TerminalText.line(String(text)) }
            let help =
                Command.fullMessage(for: error).split(separator: "\n")
                .first { $0.hasPrefix("Help:") }?.split(separator: ">  ").last ?? ""
            let value = shown(setting.value)
            guard let words = flag.valueWords else {
                return "'\(setting.key)' cannot be '\(value)'. \(help)"
            }
            return "'\(setting.key)' takes \(words), not '\(value)'. \(help)"
        }
    }

    /// A text of the file for an error: what cannot be seen is named, and what is too long is cut.
    private static func shown(_ text: String, isKey: Bool = false) -> String {
        if text.unicodeScalars.count > 80 {
            return shown(String(text.unicodeScalars.prefix(80)), isKey: isKey) + "…"
        }
        return text.unicodeScalars.reduce(into: "") { shown, scalar in
            let isHidden =
                TerminalText.isObeyed(scalar) || scalar == "\t"
                || (scalar != " " && scalar.properties.isWhitespace)
                || scalar.properties.isDefaultIgnorableCodePoint
            // All keys are ASCII: anything else is a look-alike.
            let isNamed = isHidden || (isKey && !scalar.isASCII)
            shown += isNamed ? TerminalText.name(scalar) : String(scalar)
        }
    }

    private static func unknown(_ key: String, _ known: [String]) -> String {
        let nearest = known.min { distance($0, key) < distance($1, key) }
        if let nearest, distance(nearest, key) <= max(2, key.count / 3) {
            return "There is no setting '\(shown(key, isKey: true))'. Is it '\(nearest)'?"
        }
        return "There is no setting '\(shown(key, isKey: true))'. 'roost serve --help' lists them."
    }

    /// How many bytes have to be inserted, removed or changed: the Levenshtein distance.
    private static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.utf8), Array(b.utf8.prefix(64)))
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let change = diagonal + (letter == b[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(change, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }
}
