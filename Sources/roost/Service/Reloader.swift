// Reads the configuration again while the server runs, and tells which settings have changed.
import CommandLineOptions
import LinuxReactor

/// Why a reload failed: what is wrong, and where.
struct ReloadFailure: Error {
    let sentence: String
    init(_ sentence: String) { self.sentence = sentence }
}

/// Remembers the settings in force, to find the changes at the next reload.
struct Reloader {
    let path: String
    /// The arguments of the command line, which override the file.
    let given: [String]
    /// The arguments that the file amounted to when it was last read.
    private(set) var settings: [String]
    /// The same at the start of this program.
    private let first: [String]

    init(_ path: String, given: [String], current: [String]) {
        self.path = path
        self.given = given
        settings = current
        first = current
    }

    /// Settings that a reload applies. All others are read only when a program begins.
    static let live: Set<String> = [
        "max-message", "max-head", "max-connections", "per-address", "rate-limit", "outbox",
        "unsent", "topic-log", "origin", "host-name", "metrics-host-name", "handshake-timeout",
        "message-timeout", "no-limits", "idle-exit", "log-level", "admin-group", "control-group",
        "publish-token-file", "address-share", "memory", "stall-timeout", "rooms",
        "rooms-per-address", "moderator", "auth", "auth-key", "public-read", "acme-directory",
        "https-port", "hsts",
    ]

    /// Settings that no program can change for the one before: its sockets and its database stay.
    static let fixed: Set<String> = [
        "port", "host", "control", "metrics", "redirect-http", "proxy-protocol", "reuse-port",
        "history", "engine", "engine-prefix",
    ]

    /// Whether the file is good and has a change that the installed program can apply, if it takes
    /// the place of this one. It cannot while the file names another `history` than this program's.
    var hasChangeForNewProgram: Bool {
        guard (try? TextFile.requireRegular(path)) != nil,
            let (_, arguments) = try? Settings.serve(config: path, given: given)
        else { return false }
        return !Self.changes(first, arguments).contains("history")
            && !Self.changes(settings, arguments).isSubset(of: Self.live.union(Self.fixed))
    }

    /// A sentence about the file, for a program that has taken over from one with `earlier`
    /// settings.
    func summary(since earlier: [String]) -> String {
        Self.summary(path, Self.changes(earlier, settings), notNow: Self.fixed)
    }

    /// Reads the file. Returns the settings of the file and the command line together, and a
    /// sentence about the changes. Throws if the file is bad.
    mutating func read() throws(ReloadFailure) -> (settings: Serve, summary: String) {
        let command: Serve
        let arguments: [String]
        do throws(SystemError) {
            try TextFile.requireRegular(path)
        } catch {
            throw ReloadFailure("\(error)")
        }
        do {
            (command, arguments) = try Settings.serve(config: path, given: given)
        } catch {
            throw ReloadFailure(error.sentences.joined(separator: " "))
        }
        let changed = Self.changes(settings, arguments)
        self.settings = arguments
        let summary = Self.summary(path, changed)
        // An emptied file is seldom meant: all limits are back at their defaults.
        return (
            command,
            arguments.isEmpty && !changed.isEmpty ? "\(summary) It sets nothing now." : summary
        )
    }

    private static func changes(_ one: [String], _ other: [String]) -> Set<String> {
        keys(other, notIn: one).union(keys(one, notIn: other))
    }

    private static func keys(_ arguments: [String], notIn others: [String]) -> Set<String> {
        Set(
            arguments.filter { !others.contains($0) }
                .map { String($0.dropFirst(2).prefix { $0 != "=" }) })
    }

    /// `notNow` are settings that cannot be applied; nil for all that are not ``live``.
    static func summary(
        _ path: String, _ changed: Set<String>, notNow: Set<String>? = nil
    ) -> String {
        guard !changed.isEmpty else { return "\(path) was read: nothing has changed." }
        let waiting = notNow.map(changed.intersection) ?? changed.subtracting(live)
        let now = changed.subtracting(waiting).sorted().joined(separator: ", ")
        let later = waiting.sorted().joined(separator: ", ")
        let first =
            now.isEmpty
            ? "\(path) was read: no change can be applied now."
            : "\(path) was read: changes to \(now) apply from now on."
        return later.isEmpty ? first : "\(first) A restart is needed for \(later)."
    }
}
