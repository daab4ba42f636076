// The flags that several loads have in common.
import ArgumentParser
import CommandLineOptions
import Foundation
import Glibc

/// Where the load goes.
struct TargetOptions: ParsableArguments {
    @Option(
        help: """
            A server that runs already: ws://HOST:PORT/PATH, or wss. Repeated: servers that share \
            their rooms; the connections of a room are spread over them. Default: bench starts one.
            """)
    var url: [String] = []

    @Option(help: "The process of that server, for its processor time and memory (repeatable).")
    var pid: [Int32] = []

    @Option(
        help: "Start this command instead, with {port} for the port: 'node server.js {port}'.")
    var server: String?

    @Flag(
        help: """
            Start the server with --tls-self-signed, and go there by wss; with --server, the \
            command must make it speak TLS. Its certificate is taken as it is.
            """)
    var tls = false

    @Option(help: "With wss: the authorities to trust, in PEM. Default: the system's.")
    var ca: String?

    @Flag(help: "With wss: take every certificate.")
    var insecure = false

    @Option(help: "How many server processes share the port (--reuse-port).")
    var servers = 1

    @Option(help: "Local addresses to connect from, A,B,…; on loopback they are chosen as needed.")
    var source: String?

    @Option(help: "A subprotocol to offer (repeatable).")
    var subprotocol: [String] = []

    @Flag(help: "Do not pin server and generator to processors of their own.")
    var noPin = false

    @Flag(help: "Measure a debug build as it is, instead of going on as a release build.")
    var asBuilt = false

    func validate() throws {
        guard url.isEmpty || server == nil else {
            throw ValidationError(
                "--url names a server that runs, --server one to start: not both.")
        }
        guard !url.isEmpty || pid.isEmpty else {
            throw ValidationError("--pid needs --url.")
        }
        guard url.isEmpty || !tls else {
            throw ValidationError("--tls is for servers that bench starts: --url wss://…")
        }
        guard ca == nil || !(insecure || tls) else {
            throw ValidationError("--ca checks a certificate: not with --insecure or --tls.")
        }
        guard servers > 0 else { throw ValidationError("--servers must be at least 1.") }
        for pid in pid where ProcessUsage(of: pid) == nil {
            throw ValidationError("There is no process \(pid) whose figures can be read.")
        }
    }

    /// The target that the flags ask for.
    func target(_ command: ServerProcess.Command) -> Target {
        if !url.isEmpty { return .running(url, pids: pid) }
        guard let server else { return .spawned(tls ? command.encrypted : command, count: servers) }
        let shell = ServerProcess.Command(
            arguments: ["/bin/sh", "-c", "exec \(server)"], name: server, isEncrypted: tls)
        return .spawned(shell, count: servers)
    }

    /// Whether the load goes there by TLS.
    var isEncrypted: Bool { tls || url.contains { $0.lowercased().hasPrefix("wss:") } }

    /// What is checked of a server that speaks TLS.
    var trust: Trust { insecure || tls ? .everybody : ca.map(Trust.authorities) ?? .system }
}

/// How much, how fast, how long.
struct LoadOptions: ParsableArguments {
    @Option(
        name: [.customShort("t"), .long], help: "Seconds that are measured.")
    var seconds: Double = 10

    @Option(help: "Seconds of load before measuring, which do not count.")
    var warmup: Double = 2

    @Option(help: "How often everything is repeated, each time with a new server.")
    var runs = 1

    @Option(
        help: "Seconds for what is still on its way after that; default: 5, and 20 with resume.")
    var drain: Double?

    @Option(help: "Generator processes, each with one epoll loop; more if the limits require it.")
    var threads = 1

    func validate() throws {
        guard (0.1...86_400).contains(seconds), (0...3600).contains(warmup) else {
            throw ValidationError("--seconds is 0.1 to 86400, --warmup 0 to 3600.")
        }
        guard (0...3600).contains(drain ?? 0) else {
            throw ValidationError("--drain is 0 to 3600.")
        }
        guard (1...1000).contains(runs), (1...1000).contains(threads) else {
            throw ValidationError("--runs and --threads are 1 to 1000.")
        }
    }
}

/// What is sent.
struct MessageOptions: ParsableArguments {
    @Option(name: [.customShort("s"), .long], help: "Bytes of a message (or 16K): at least 20.")
    var size = ByteCount(argument: "32")!

    @Option(help: "Messages a second in all, sent when due whatever comes back (an open loop).")
    var rate: Double?

    @Option(name: [.customShort("d"), .long], help: "Unanswered messages of each speaker.")
    var depth = 1

    @Option(
        help: """
            The message around the payload, for servers that want a form of their own: {payload}, \
            {room}, {user} and {n} are replaced.
            """)
    var template: String?

    @Option(
        help: """
            What comes back for a message, in the same words, if the server changes it: \
            'You said: {payload}'.
            """)
    var reply: String?

    @Option(help: "Sent by each connection when it is open, with the same words (repeatable).")
    var join: [String] = []

    @Flag(help: "Send binary messages.")
    var binary = false

    func validate() throws {
        guard size.value >= Stamp.byteCount else {
            throw ValidationError(
                "A message carries a stamp of \(Stamp.byteCount) bytes: --size must be at least that."
            )
        }
        guard (1...65_536).contains(depth) else { throw ValidationError("--depth is 1 to 65536.") }
        if let rate, rate <= 0 { throw ValidationError("--rate must be above 0.") }
        if let template, !template.contains("{payload}") {
            throw ValidationError("--template needs {payload}: bench recognises messages by it.")
        }
        if let reply, !reply.contains("{payload}") {
            throw ValidationError("--reply needs {payload}: bench recognises replies by it.")
        }
    }

    /// "32 B text, 1 outstanding each" or "32 B text, 1,000 a second".
    var words: String {
        let pace =
            rate.map { "\(Words.rate($0)) a second" } ?? "\(Words.count(depth)) outstanding each"
        let form = template == nil ? "" : " in a template"
        return "\(Words.bytes(size.value)) \(binary ? "binary" : "text")\(form), \(pace)"
    }

    func apply(to plan: inout LoadPlan) {
        plan.size = size.value
        plan.rate = rate
        plan.depth = depth
        if let template { plan.template = template }
        plan.reply = reply
        plan.join = join
        plan.isBinary = binary
    }
}

/// Where the results go besides the screen.
struct OutputOptions: ParsableArguments {
    @Option(help: "Write everything to this file, for `bench compare`.")
    var json: String?

    @Option(help: "Draw everything on one page: percentiles and a timeline.")
    var html: String?
}
