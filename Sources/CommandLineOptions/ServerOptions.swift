// The flags that every server of this package takes.
import ArgumentParser
import LinuxReactor
import Logging
import SystemdSupport
import WebSocketServer

/// Command-line flags for a server: where it listens, which clients it accepts, and its limits.
public struct ServerOptions: ParsableArguments {
    /// This machine only.
    public static let defaultHost = "127.0.0.1"

    @Option(help: "The address to listen on.")
    public var host = ServerOptions.defaultHost

    @Option(help: "The largest message, in bytes (or 64K, 1M). Default: \(Default.message).")
    public var maxMessage: ByteCount?

    @Option(
        help: """
            The largest head of a request, with its cookies: 1K to 1M. Default: \(Default.head).
            """)
    public var maxHead: ByteCount?

    @Option(help: "The most connections. Default: as many as the limit on open files allows.")
    public var maxConnections: Int?

    @Option(
        help: """
            The most WebSockets from one address, except loopback; of its other connections six \
            times as many are allowed. 'off' for no limit. Default: \(Default.perAddress).
            """)
    public var perAddress: Limit?

    @Option(
        help: """
            How many new WebSockets a second one address may open and, in the chat, how many \
            commands a second one connection may send: a number sets both; 'off' for no limit. \
            Default: \(Default.rate) and, for commands, 5.
            """)
    public var rateLimit: Limit?

    @Option(
        help: "How much unread output a connection may have, in bytes. Default: \(Default.outbox).")
    public var outbox: ByteCount?

    @Option(
        help: """
            How far a subscriber of a topic may be behind, in bytes. Default: \(Default.topicLog).
            """)
    public var topicLog: ByteCount?

    @Option(
        help: """
            How much output the kernel may keep for a connection before it can send it, in bytes: \
            less keeps slow readers fresh. Default: \(Default.unsent).
            """)
    public var unsent: ByteCount?

    @Option(
        help: """
            Which web pages may connect: 'same' host, 'any', or a list of hosts: a.org,b.org. An \
            entry with a scheme, app://a.org, admits that origin alone.
            """)
    public var origin: OriginRule?

    @Option(
        help: """
            A name of this server, as clients write it in Host; requests for other names get 421. \
            IP addresses and localhost are always admitted. May be given several times. Default: \
            the hosts of --origin, or no name if only this machine can connect, otherwise any.
            """)
    public var hostName: [String] = []

    @Option(help: "Whether messages are compressed for clients that offer it: 'on' or 'off'.")
    public var compression = Switch.on

    @Option(
        help: """
            The window kept for each client that compresses its messages: 8 to 15, for 2^N bytes \
            (256 B to 32 KiB) a connection, or 'off'. It makes clients' messages smaller and costs \
            memory.
            """)
    public var clientWindow: Limit?

    @Flag(
        help: """
            Only a proxy that sends the PROXY protocol (version 1 or 2) may connect; other \
            connections are refused.
            """)
    public var proxyProtocol = false

    @Option(
        help: """
            A proxy whose X-Forwarded-For and X-Forwarded-Host are trusted: an address, a range \
            (10.0.0.0/8), or 'unix' for local sockets. May be given several times.
            """)
    public var trustedProxy: [ProxyRange] = []

    @Option(
        help: """
            The share of one CPU's time that one address may take, in percent, except loopback; \
            beyond it its clients wait. 'off' for no limit. Default: \(Default.addressShare).
            """)
    public var addressShare: Limit?

    @Option(
        help: """
            How much memory clients may make the server hold, in bytes, at least 16M: unread \
            output, incomplete messages, history. Default: a quarter of the control group's \
            memory.high, or \(Default.memory).
            """)
    public var memory: ByteCount?

    @Option(
        help: """
            How many seconds a client whose line is full may take nothing although it answers \
            pings. Default: \(Default.stall).
            """)
    public var stallTimeout: Double?

    @Option(
        help: "How many seconds a client may take for its request. Default: \(Default.handshake).")
    public var handshakeTimeout: Double?

    @Option(
        help: """
            How many seconds a client may take for one message. Default: \(Default.messageTime).
            """)
    public var messageTimeout: Double?

    @Flag(help: "Let several processes listen on the same port (SO_REUSEPORT).")
    public var reusePort = false

    @Flag(help: "The benchmark profile: no limits, any Origin. For load tests on your own machine.")
    public var noLimits = false

    @OptionGroup(title: "TLS") public var tls: TLSOptions

    /// The defaults of all flags.
    public init() {}

    /// Throws for values that no server can use, with a sentence that names the flag.
    public func validate() throws {
        if let maxConnections, maxConnections < 1 {
            throw ValidationError("--max-connections must be at least 1.")
        }
        if let maxHead, !(1024...1_048_576).contains(maxHead.value) {
            throw ValidationError("--max-head must be between 1K and 1M.")
        }
        if let flaw = origin?.flaw { throw ValidationError("--origin: \(flaw)") }
        for name in hostName {
            if let flaw = HostPolicy.flaw(in: name) {
                throw ValidationError("--host-name: \(flaw)")
            }
        }
        if let bits = clientWindow?.value, !(8...15).contains(bits) {
            throw ValidationError("--client-window must be between 8 and 15, or 'off'.")
        }
        if let share = addressShare?.value, !(1...100).contains(share) {
            throw ValidationError("--address-share must be between 1 and 100, or 'off'.")
        }
        if let memory, memory.value < 16 << 20 {
            throw ValidationError("--memory must be at least 16M.")
        }
        if let stallTimeout, !(1...3600).contains(stallTimeout) {
            throw ValidationError("--stall-timeout must be between 1 and 3600 seconds.")
        }
        if let handshakeTimeout, !(0.1...3600).contains(handshakeTimeout) {
            throw ValidationError("--handshake-timeout must be between 0.1 and 3600 seconds.")
        }
        if let messageTimeout, !(1...86_400).contains(messageTimeout) {
            throw ValidationError("--message-timeout must be between 1 and 86400 seconds.")
        }
    }

    /// The limits that the flags set.
    public var limits: Limits {
        var limits = noLimits ? Limits.benchmark : Limits()
        if let maxMessage { limits.messageByteCount = maxMessage.value }
        if let maxHead { limits.headByteCount = maxHead.value }
        if let maxConnections { limits.connectionCount = maxConnections }
        if let perAddress { limits.connectionsPerAddress = perAddress.value }
        if let rateLimit { limits.connectionRatePerAddress = rateLimit.value }
        if let outbox { limits.outboxByteCount = outbox.value }
        if let topicLog { limits.topicLogByteCount = topicLog.value }
        if let unsent { limits.unsentByteCount = unsent.value }
        if let addressShare {
            limits.workRatePerAddress = addressShare.value.map { $0 * Limits.workOfOnePercent }
        }
        if let memory { limits.memoryByteCount = memory.value }
        if let stallTimeout { limits.stallDeadline = .seconds(stallTimeout) }
        if let handshakeTimeout { limits.handshakeDeadline = .seconds(handshakeTimeout) }
        if let messageTimeout { limits.messageDeadline = .seconds(messageTimeout) }
        return limits
    }

    /// Which web pages may connect: the flag, or else any with --no-limits, or else
    /// `defaultOrigin`.
    public func originPolicy(otherwise defaultOrigin: OriginPolicy = .sameHost) -> OriginPolicy {
        origin?.policy ?? (noLimits ? .any : defaultOrigin)
    }

    /// Which hosts the server answers for: the flag, or else any with --no-limits, or else the
    /// hosts that --origin lists, or what the listeners suggest.
    public var hostPolicy: HostPolicy {
        if !hostName.isEmpty { return .names(hostName) }
        if noLimits { return .any }
        let pages = origin?.policy.pageHosts ?? []
        return pages.isEmpty ? .automatic : .names(pages)
    }

    /// A configuration for the flags. The server listens on the sockets that systemd passed, if
    /// any, and otherwise on host and port. SIGINT and SIGTERM stop it. Call it once, since it
    /// takes the sockets. Throws if the variables of systemd are not valid, or a certificate is
    /// not.
    public func configuration(
        port: UInt16, defaultOrigin: OriginPolicy = .sameHost
    ) throws -> ServerConfiguration {
        var configuration = self.configuration(
            port: port, passed: try ListenSockets.take(), defaultOrigin: defaultOrigin)
        configuration.tls = try tls.load(hostNames: hostName)
        return configuration
    }

    /// The same without certificates, for a program that has taken the sockets of systemd itself.
    public func configuration(
        port: UInt16, passed: [ListenSockets.Passed], defaultOrigin: OriginPolicy = .sameHost
    ) -> ServerConfiguration {
        var configuration = ServerConfiguration(host: host, port: port)
        if !passed.isEmpty {
            // Clients can't use a control socket: if there is no other, listen on host and port
            // too.
            if passed.contains(where: { ListenerKind(name: $0.name).servesClients }) {
                configuration.addresses = []
            }
            configuration.passedSockets = passed.map {
                .init(descriptor: $0.descriptor, name: $0.name)
            }
        }
        if proxyProtocol { configuration.requireProxyProtocol() }
        configuration.trustedProxies = TrustedProxies(
            trustedProxy.compactMap(\.range),
            includesLocalSockets: trustedProxy.contains { $0.range == nil })
        configuration.limits = limits
        configuration.origin = originPolicy(otherwise: defaultOrigin)
        configuration.hosts.clients = hostPolicy
        configuration.hosts.adviseFlags()
        tls.apply(to: &configuration, host: host)
        configuration.compression =
            compression == .on ? DeflatePolicy(keptClientWindowBits: clientWindow?.value) : nil
        configuration.reusePort = reusePort
        configuration.stopSignals = [.interrupt, .terminate]
        configuration.programVersion = Version.current
        return configuration
    }
}

extension ServerConfiguration {
    /// Requires the PROXY protocol on every listener that clients can reach without TLS.
    public mutating func requireProxyProtocol() {
        addressesByKind[.proxy, default: []] += addresses
        addresses = []
        for index in passedSockets.indices
        where ListenerKind(name: passedSockets[index].name) == .public {
            passedSockets[index].name = ListenerKind.proxy.name
        }
    }
}

/// The defaults, as text for the help.
private enum Default {
    private static let limits = Limits()
    static var message: String { bytes(limits.messageByteCount) }
    static var head: String { bytes(limits.headByteCount) }
    static var outbox: String { bytes(limits.outboxByteCount) }
    static var topicLog: String { bytes(limits.topicLogByteCount) }
    static var unsent: String { bytes(limits.unsentByteCount) }
    static var perAddress: String { count(limits.connectionsPerAddress) }
    static var rate: String { count(limits.connectionRatePerAddress) }
    static var addressShare: String {
        count(limits.workRatePerAddress.map { $0 / Limits.workOfOnePercent })
    }
    static var memory: String { bytes(Limits.usualMemoryByteCount) }
    static var stall: String { "\(limits.stallDeadline.components.seconds)" }
    static var handshake: String { "\(limits.handshakeDeadline.components.seconds)" }
    static var messageTime: String { "\(limits.messageDeadline.components.seconds)" }

    private static func count(_ limit: Int?) -> String { limit.map { "\($0)" } ?? "off" }

    /// The number of bytes in the largest unit in which it is a whole number.
    private static func bytes(_ count: Int) -> String {
        for (unit, size) in [("M", 1 << 20), ("K", 1 << 10)] where count % size == 0 {
            return "\(count / size)\(unit)"
        }
        return "\(count)"
    }
}
