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
        return Array(arguments.first == Serve.name ? arguments.dropFirst() : arguments)
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

    /// The same for a server that starts. A program that takes over does it without the parser, if
    /// it can, since nobody is served meanwhile. A check does both: the parser finds what is wrong,
    /// and what the program would do is tried where nothing can happen.
    static func serveFromStart(
        config: String, given: [String]
    ) throws(ConfigurationError) -> (command: Serve, arguments: [String]) {
        switch StartPurpose.current {
        case .serve: return try serve(config: config, given: given)
        case .check:
            let parsed = try serve(config: config, given: given)
            return try plain(config: config, given: given) ?? parsed
        case .takeOver:
            if let plain = try plain(config: config, given: given) { return plain }
            return try serve(config: config, given: given)
        }
    }

    /// The same without ArgumentParser; nil if only that knows what is meant, or what is wrong.
    static func plain(
        config: String, given: [String]
    ) throws(ConfigurationError) -> (command: Serve, arguments: [String])? {
        let arguments = try read(config).plainArguments(
            switches: Serve.switches, excluding: commandLineOnly, given: given)
        guard let arguments, let command = Serve(plain: arguments + given) else { return nil }
        return (command, arguments)
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
