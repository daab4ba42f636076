// The settings of a server, given before it starts.
import LinuxReactor
import Logging
import RedisClient
import WebSocketCore

/// Where a server listens, which clients it admits, and its limits.
public struct ServerConfiguration: Sendable {
    /// A listening socket that another process opened: systemd, or a parent process.
    public struct PassedSocket: Sendable, Hashable {
        /// The listening socket; the server closes it.
        public let descriptor: FileDescriptor
        /// The name: FileDescriptorName= of systemd.socket(5), or "". It determines what the socket
        /// is for: ``ListenerKind/init(name:)``.
        public var name: String

        /// A socket that was passed to this process.
        public init(descriptor: FileDescriptor, name: String = "") {
            self.descriptor = descriptor
            self.name = name
        }
    }

    /// Addresses to listen on for clients; may be empty if there are
    /// ``ServerConfiguration/passedSockets``.
    public var addresses: [ListenAddress]
    /// Addresses to listen on for other purposes, or for clients behind a proxy: see
    /// ``ListenerKind``.
    public var addressesByKind: [ListenerKind: [ListenAddress]] = [:]
    /// Listening sockets to take over, in addition to ``ServerConfiguration/addresses``.
    public var passedSockets: [PassedSocket] = []
    /// The most connections that may wait to be accepted: listen(2). The kernel caps it at
    /// net.core.somaxconn. With 16, the slowest of a hundred connects took 1.2 s under load.
    public var backlog: Int32 = 4096
    /// Sets SO_REUSEPORT (socket(7)): several processes can listen on the same port, and the kernel
    /// distributes connections among them. They share nothing else: a topic belongs to one process.
    public var reusePort = false
    /// What peers may do, and how much; see ``Limits``.
    public var limits = Limits()
    /// Which web pages may connect; see ``OriginPolicy``. An entry that no page can have admits
    /// none: ``OriginPolicy/flaw(in:)`` finds it.
    public var origin = OriginPolicy.sameHost
    /// Which names the server answers to; see ``HostPolicy``. A server for people on this machine
    /// or in a private network should name its own, so that no page that they visit reads along.
    public var hosts = HostRules()
    /// The subprotocols that the server speaks, in order of preference (RFC 6455 §1.9); empty by
    /// default. The first of them that a client offers is chosen, unless
    /// ``WebSocketHandler/onUpgrade(_:_:)`` names another; if it offers none of them, none is.
    public var subprotocols: [String] = []
    /// Whether permessage-deflate (RFC 7692) is granted to clients that offer it, as browsers do,
    /// and how much memory is kept for them; nil for never. By default it is granted, and no memory
    /// is kept.
    ///
    /// Messages of 64 bytes and more are then compressed, if that makes them shorter: a message to
    /// a topic once for all subscribers, in some 8 µs for half a kilobyte. Compressed messages from
    /// clients are bounded by ``Limits/messageByteCount`` and ``Limits/inflateRatio``.
    public var compression: DeflatePolicy? = DeflatePolicy()
    /// Certificates with which the server speaks TLS to its clients: on listeners of the kind
    /// ``ListenerKind/public``. Nil, the default, for plain HTTP and WebSockets.
    public var tls: TLS?
    /// Proxies that are trusted to name the client in X-Forwarded-For, and the requested host in
    /// X-Forwarded-Host. The client's address then counts in ``Limits``, and is the peer in every
    /// callback and log record.
    public var trustedProxies = TrustedProxies()
    /// How often ``OperationsHandler/onTick(_:)-(ServerContext)`` is called.
    public var tickInterval = Duration.seconds(1)
    /// Signals that stop the server in order, like ``ServerContext/stop(grace:restarting:)`` with
    /// its default grace; a second signal ends the grace. Empty if the program handles signals
    /// itself.
    ///
    /// It does not matter which threads the program has, and which of them gets the signal. Each
    /// server of the process that names a signal gets it. While there is one, a handler that the
    /// program has installed for it (sigaction(2)) is not called; when the last one has ended, it
    /// is in force again. A handler that the program installs later wins. Programs that it starts
    /// find the signals unblocked and with their default meaning. SIGINT and SIGHUP stay ignored
    /// where the process was started so: by nohup(1), or by a shell in the background.
    public var stopSignals: [Signal] = []
    /// Signals that are passed to ``OperationsHandler/onSignal(_:_:)``, and do nothing else. What
    /// ``stopSignals`` says of handlers and threads holds for them too.
    public var signals: [Signal] = []
    /// Signals at which the running program, or what has been installed in its place, takes over
    /// all connections: ``Server/reexec(_:onFailure:)`` with its defaults. By convention SIGUSR1 or
    /// SIGHUP. Empty by default.
    public var reexecSignals: [Signal] = []
    /// Where connections wait from one process of a service to the next: with it, they outlive a
    /// restart (``ServerContext/stop(grace:restarting:)``). For a service of systemd this is a
    /// `ServiceStore` of SystemdSupport; see <doc:RestartingAService>. Nil, the default, for
    /// nowhere: a restart closes them with 1012.
    public var descriptorStore: (any DescriptorStore)?
    /// A Redis, to which the server keeps a connection for its handler: ``ServerContext/redis``,
    /// <doc:TopicsOverProcesses>. Nil, the default, for none.
    public var redis: RedisURL?
    /// What the TLS to a `rediss` URL checks and shows: whose certificates count, and a certificate
    /// of this server if that Redis asks its clients for one (`tls-auth-clients`). Nil, the
    /// default, for the system's authorities, and no certificate.
    public var redisTLS: ClientTLS?
    /// The program's version, which the log of the next program names when it takes over.
    public var programVersion = ""
    /// Where the tasks of ``WebSocketHandler/startTask(for:within:_:_:then:otherwise:)`` run, as
    /// far as they ask for no actor; nil for Swift's own threads, one for each core.
    public var taskExecutor: (any TaskExecutor)?
    /// The logger of the server and the handler.
    public var logger = Logger(label: "websocket-server")

    /// Whether it listens nowhere and only connects: ``WebSocketClient``.
    var isClient = false

    /// Listens on one TCP address. Port 0 takes a free port; ``Server/addresses`` has the actual
    /// one.
    public init(host: String = "127.0.0.1", port: UInt16 = 0) {
        addresses = [.tcp(host: host, port: port)]
    }

    /// All addresses to listen on, with their kinds.
    var allAddresses: [(ListenerKind, ListenAddress)] {
        addresses.map { (.public, $0) }
            + ListenerKind.allCases.flatMap { kind in
                (addressesByKind[kind] ?? []).map { (kind, $0) }
            }
    }
}

extension ListenAddress {
    /// The file that listening on this address creates; nil for TCP.
    var path: String? {
        switch self {
        case .tcp: nil
        case .unix(let path, _, _): path
        }
    }
}
