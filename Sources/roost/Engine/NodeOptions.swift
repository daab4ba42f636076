// The flags of a server that is one of several, which share their rooms through Redis.
import ArgumentParser
import ChatEngine
import CommandLineOptions
import RedisClient
import SystemdSupport

/// Where the rooms are that several servers share.
struct NodeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Share all rooms with other servers, through this Redis: redis://USER:PASSWORD@HOST:PORT, \
            rediss:// with TLS, or unix:///PATH. Needs --auth.
            """, valueName: "url"))
    var engine: String?

    @Option(
        help: """
            What the names of all keys in Redis begin with. Servers with the same prefix are one \
            chat.
            """)
    var enginePrefix = NodeOptions.standardPrefix

    static let standardPrefix = "roost"

    func validate() throws {
        if let engine {
            do {
                _ = try RedisURL(engine)
            } catch {
                throw ValidationError("--engine: \(error)")
            }
        }
        let isPlain = enginePrefix.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
                || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_")].contains(byte)
        }
        guard isPlain, (1...64).contains(enginePrefix.utf8.count) else {
            throw ValidationError(
                "--engine-prefix takes 1 to 64 characters: A to Z, a to z, 0 to 9, '.', '-', '_'.")
        }
    }

    /// Where Redis is; nil for a server that is alone.
    var url: RedisURL? { engine.flatMap { try? RedisURL($0) } }

    /// Throws if other settings of the server do not go with these.
    func check(_ history: HistoryOptions, _ auth: AuthOptions) throws {
        guard engine != nil else { return }
        if let file = history.history, file != "memory" {
            throw ValidationError(
                """
                --engine keeps messages in Redis, and --history \(TerminalText.line(file)) in a \
                file: leave one of them out.
                """)
        }
        guard auth.auth != .none else {
            throw ValidationError(
                """
                --engine needs --auth token or --auth jwt: several servers cannot agree yet on who \
                has a name, so that a token must say it. Make a key with 'roost token --new-key \
                FILE', and start each server with --auth token --auth-key FILE.
                """)
        }
    }

    /// What the node of this server is to know. Tests shorten its longer times.
    var node: EngineOptions {
        var options = EngineOptions()
        options.prefix = enginePrefix
        let hurry = SystemUser.environment("ROOST_TEST_ENGINE_HURRY").flatMap { UInt64($0) } ?? 1
        options.beatInterval /= max(1, hurry)
        options.silentAfter /= max(1, hurry)
        options.awayAfter /= max(1, hurry)
        return options
    }
}
