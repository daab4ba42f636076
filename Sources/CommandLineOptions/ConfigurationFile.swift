// A configuration file whose keys are the flags of a command: read, checked line by line, and
// handed on as the arguments that it stands for.
import ArgumentParser

/// What is wrong with a configuration file: a sentence for each place, which says what to do.
public struct ConfigurationError: Error, CustomStringConvertible {
    /// "FILE:LINE: sentence", in the order of the lines.
    public let sentences: [String]
    /// An error of these sentences, at least one.
    public init(sentences: [String]) { self.sentences = sentences }
    /// All sentences, one a line.
    public var description: String { sentences.joined(separator: "\n") }
}

/// Lines of `key = value`, where the keys are the long names of a command's flags. Empty lines, and
/// lines that begin with #, say nothing; white space around keys and values does not count. A flag
/// without a value takes yes or no.
public struct ConfigurationFile: Sendable {
    /// One setting, and the line that it stands in, from 1.
    struct Setting: Equatable, Sendable {
        let line: Int
        let key: String
        let value: String
    }

    private let path: String
    let settings: [Setting]
    /// How many settings there are.
    public var settingCount: Int { settings.count }

    /// Takes a file's text apart. `path` is what it is called in errors.
    public init(_ text: String, path: String) throws(ConfigurationError) {
        self.path = path
        var settings: [Setting] = []
        var wrong: [String] = []
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let line = Self.trim(line)
            guard let first = line.first, first != "#" else { continue }
            guard let equals = line.firstIndex(of: "="), equals > line.startIndex else {
                wrong.append("\(path):\(index + 1): This is no setting. Write: key = value")
                continue
            }
            settings.append(
                Setting(
                    line: index + 1, key: String(Self.trim(line[..<equals])),
                    value: String(Self.trim(line[line.index(after: equals)...]))))
        }
        guard wrong.isEmpty else { throw ConfigurationError(sentences: wrong) }
        self.settings = settings
    }

    /// The arguments that the file stands for, to be put in front of those of the command line.
    /// What is said there holds: a key that is among `given` is left out.
    ///
    /// - Parameters:
    ///   - command: whose flags the keys are.
    ///   - excluding: flags that have no place in a file.
    ///   - given: the arguments of the command line.
    public func arguments<Command: ParsableArguments>(
        for command: Command.Type, excluding: Set<String> = [], given: [String] = []
    ) throws(ConfigurationError) -> [String] {
        let known = FlagName.all(of: command).filter { !excluding.contains($0.text) }
        var arguments: [String] = []
        var wrong: [String] = []
        var lines: [String: Int] = [:]
        for setting in settings {
            let place = "\(path):\(setting.line):"
            guard let flag = known.first(where: { $0.text == setting.key }) else {
                wrong.append("\(place) \(Self.unknown(setting.key, known.map(\.text)))")
                continue
            }
            if let earlier = lines[setting.key], !flag.mayRepeat {
                wrong.append(
                    "\(place) '\(setting.key)' is set in line \(earlier) already. Remove one.")
            }
            lines[setting.key] = setting.line
            guard let argument = flag.argument(setting.value) else {
                wrong.append("\(place) '\(setting.key)' takes yes or no, not '\(setting.value)'.")
                continue
            }
            if let problem = Self.problem(with: argument, setting, command) {
                wrong.append("\(place) \(problem)")
            }
            let option = "--\(setting.key)"
            if !given.contains(where: { $0 == option || $0.hasPrefix(option + "=") }) {
                arguments += argument
            }
        }
        guard wrong.isEmpty else { throw ConfigurationError(sentences: wrong) }
        return arguments
    }

    /// What the command says to this one setting; nil if it takes it.
    private static func problem<Command: ParsableArguments>(
        with argument: [String], _ setting: Setting, _ command: Command.Type
    ) -> String? {
        do {
            _ = try Command.parse(argument)
            return nil
        } catch {
            let text = Command.message(for: error).split(separator: "\n").first ?? "is not accepted"
            guard text.hasPrefix("The value ") else { return String(text) }
            // What the flag's help says is what it can be.
            let help =
                Command.fullMessage(for: error).split(separator: "\n")
                .first { $0.hasPrefix("Help:") }?.split(separator: ">  ").last ?? ""
            return "'\(setting.key)' cannot be '\(setting.value)'. \(help)"
        }
    }

    private static func unknown(_ key: String, _ known: [String]) -> String {
        let nearest = known.min { distance($0, key) < distance($1, key) }
        if let nearest, distance(nearest, key) <= max(2, key.count / 3) {
            return "There is no setting '\(key)'. Is it '\(nearest)'?"
        }
        return "There is no setting '\(key)'. 'roost serve --help' lists them."
    }

    /// How many letters have to be put in, taken out or changed: Levenshtein's distance.
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

    private static func trim(_ text: Substring) -> Substring {
        var text = text.drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
