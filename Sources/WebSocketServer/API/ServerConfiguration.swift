// What a server is told before it starts.
import LinuxReactor
import Logging
import WebSocketCore

/// Where a server listens, whom it lets in, and its limits.
public struct ServerConfiguration: Sendable {
    /// A listening socket that somebody else opened: systemd, or a parent process.
    public struct PassedSocket: Sendable, Hashable {
        /// The listening socket; the server closes it.
        public let descriptor: FileDescriptor
        /// What it is called: FileDescriptorName= of systemd.socket(5), or "". It says what the socket
        /// is for: ``ListenerKind/init(name:)``.
        public var name: String

        /// A socket that this process was given.
        public init(descriptor: FileDescriptor, name: String = "") {
            self.descriptor = descriptor
            self.name = name
        }
    }

    /// Addresses to listen on for clients; may be empty if there are `passedSockets`.
    public var addresses: [ListenAddress]
    /// Addresses to listen on for something else, or by way of something else: see
    /// ``ListenerKind``.
    public var addressesByKind: [ListenerKind: [ListenAddress]] = [:]
    /// Listening sockets to take over, beside `addresses`.
    public var passedSockets: [PassedSocket] = []
    /// Connections that wait to be accepted: listen(2); the kernel caps it at
    /// net.core.somaxconn. With 16, the slowest of a hundred connects took 1.2 s under load.
    public var backlog: Int32 = 4096
    /// SO_REUSEPORT: several processes listen on the same port, and the kernel spreads connections
    /// over them. They share nothing else: a topic is one process's.
    public var reusePort = false
    /// What peers may do; see ``Limits``.
    public var limits = Limits()
    /// Which web pages may connect; see ``OriginPolicy``.
    public var origin = OriginPolicy.sameHost
    /// Which subprotocols the server speaks (RFC 6455 §1.9), the one it likes best first. The first
    /// that a client offers is chosen, unless ``WebSocketHandler/onUpgrade(_:)`` says another; none
    /// is if it offers none of them. By default there are none.
    public var subprotocols: [String] = []
    /// Whether permessage-deflate (RFC 7692) is granted to clients that offer it, as browsers do,
    /// and how much is kept for them; nil for never. By default it is, and nothing is kept.
    ///
    /// Messages of 64 bytes and more are then compressed, if that makes them shorter: each message
    /// to a topic once for all members, in some 8 µs for half a kilobyte. What a client sends
    /// compressed is bounded by ``Limits/messageByteCount`` and ``Limits/inflateRatio``.
    public var compression: DeflatePolicy? = DeflatePolicy()
    /// Proxies that say who is behind them in X-Forwarded-For and X-Forwarded-Host. That address
    /// counts in ``Limits``, and is the peer in every callback and log record.
    public var trustedProxies = TrustedProxies()
    /// How often ``WebSocketHandler/onTick(_:)-(ServerContext)`` is called.
    public var tickInterval = Duration.seconds(1)
    /// Signals that stop the server in order, as ``ServerContext/stop(grace:restarting:)`` with 5 s
    /// does; a second one ends the grace. Empty if the program sees to signals itself.
    public var stopSignals: [Signal] = []
    /// Signals that are told to ``WebSocketHandler/onSignal(_:_:)``, and do nothing by themselves.
    public var signals: [Signal] = []
    /// Where the server and the handler log to.
    public var logger = Logger(label: "websocket-server")

    /// One TCP address; port 0 takes a free one, which ``Server/addresses`` tells.
    public init(host: String = "127.0.0.1", port: UInt16 = 0) {
        addresses = [.tcp(host: host, port: port)]
    }

    /// All addresses to listen on, with what each is for.
    var allAddresses: [(ListenerKind, ListenAddress)] {
        addresses.map { (.public, $0) }
            + ListenerKind.allCases.flatMap { kind in
                (addressesByKind[kind] ?? []).map { (kind, $0) }
            }
    }
}

extension ListenAddress {
    /// The file that listening there makes.
    var path: String? {
        switch self {
        case .tcp: nil
        case .unix(let path, _, _): path
        }
    }
}
