// The server's settings: the configuration file, and the command line, which overrides it.
import ArgumentParser
import CommandLineOptions
import SystemdSupport
import WebSocketServer

/// Builds the command from the file and the command line together.
enum Settings {
    /// Flags that a file cannot contain, such as the flag that names the file.
    static let commandLineOnly: Set<String> = ["config", "help", "version"]

    /// The file that the packaged unit uses.
    static let standardPath = "/etc/roost/roost.conf"

    /// The arguments of `roost serve` that this process was started with.
    static var givenArguments: [String] {
        let arguments = CommandLine.arguments.dropFirst()
        return Array(arguments.first == Serve._commandName ? arguments.dropFirst() : arguments)
    }

    /// Reads the file. Returns the command with its settings, and the arguments that the file
    /// amounts to. Throws if the file cannot be read or has an error.
    static func serve(
        config: String, given: [String]
    ) throws(ConfigurationError) -> (command: Serve, arguments: [String]) {
        let arguments = try read(config).arguments(
            for: Serve.self, excluding: commandLineOnly, given: given)
        do {
            return (try Serve.parse(arguments + given), arguments)
        } catch {
            let words = Serve.message(for: error).split(separator: "\n").first ?? ""
            throw ConfigurationError(sentences: ["\(config): \(TerminalText.line(String(words)))"])
        }
    }

    /// Checks the file alone, for `roost check-config`, and returns how many settings it has. Files
    /// and groups that it names must exist, as when the server starts.
    static func check(_ path: String) throws(ConfigurationError) -> Int {
        let command = try serve(config: path, given: []).command
        do {
            _ = try command.access()
            _ = try command.options.tls.load(hostNames: [])
        } catch {
            throw ConfigurationError(sentences: ["\(path): \(error)"])
        }
        return try read(path).settingCount
    }

    /// Throws unless the configuration is a file, which can be read again without waiting.
    static func requireRegular(_ path: String) throws(ConfigurationError) {
        do {
            try TextFile.requireRegular(path)
        } catch {
            throw ConfigurationError(sentences: ["\(error)"])
        }
    }

    private static func read(_ path: String) throws(ConfigurationError) -> ConfigurationFile {
        let bytes: [UInt8]
        do {
            bytes = try TextFile.bytes(path)
        } catch {
            throw ConfigurationError(sentences: ["\(error)"])
        }
        return try ConfigurationFile(bytes, path: path)
    }
}
