// What the server is told in all: the configuration file, and the command line, which holds against
// it.
import ArgumentParser
import CommandLineOptions
import WebSocketServer

/// The command as the file and the command line together give it.
enum Settings {
    /// Flags that have no place in a file: the file itself is found by one of them.
    static let commandLineOnly: Set<String> = ["config", "help", "version"]

    /// The file that the packaged unit uses.
    static let standardPath = "/etc/roost/roost.conf"

    /// The arguments of `roost serve` that this process was started with.
    static var givenArguments: [String] {
        let arguments = CommandLine.arguments.dropFirst()
        return Array(arguments.first == Serve._commandName ? arguments.dropFirst() : arguments)
    }

    /// The command with what the file says, read now, and the arguments that the file stands for.
    static func serve(
        config: String, given: [String]
    ) throws(ConfigurationError) -> (command: Serve, arguments: [String]) {
        let arguments = try read(config).arguments(
            for: Serve.self, excluding: commandLineOnly, given: given)
        do {
            return (try Serve.parse(arguments + given), arguments)
        } catch {
            let words = Serve.message(for: error).split(separator: "\n").first ?? ""
            throw ConfigurationError(sentences: ["\(config): \(words)"])
        }
    }

    /// The file by itself, for `roost check-config`: how many settings it has. Files and groups
    /// that it names have to be there, as at the start.
    static func check(_ path: String) throws(ConfigurationError) -> Int {
        let command = try serve(config: path, given: []).command
        do {
            _ = try command.operation.access()
        } catch {
            throw ConfigurationError(sentences: ["\(path): \(error)"])
        }
        return try read(path).settingCount
    }

    private static func read(_ path: String) throws(ConfigurationError) -> ConfigurationFile {
        let text: String
        do {
            text = try TextFile.read(path)
        } catch {
            throw ConfigurationError(sentences: ["\(error)"])
        }
        return try ConfigurationFile(text, path: path)
    }
}
