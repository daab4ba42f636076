// A server for tests: the real one, on a machine without sockets, threads or a clock.
import LinuxReactor
import Logging
import WebSocketServer

/// A server with its handler, on a simulated machine: the whole server runs, with its limits,
/// timers and protocol, but its network is in memory, and time passes only when the test says so.
///
/// ```swift
/// let server = try SimulatedServer(Chat(), ServerConfiguration(port: 8080))
/// let ann = try server.connect("/chat")
/// let bob = try server.connect("/chat")
/// ann.send("hello")
/// #expect(bob.receive() == "1: hello")
/// ```
///
/// Each call ends when the server has done all that follows from it at this moment: there is
/// nothing to wait for, and a test gives the same result each time. It works with Swift Testing and
/// with XCTest. Use it from one thread at a time.
public final class SimulatedServer<Handler: WebSocketHandler & ~Copyable> {
    var simulation: Simulation<Handler>
    /// Its own, beside that of the simulation, which cannot be looked at while it turns.
    let network: SimulatedNetwork
    let recorder = LogRecorder()
    let configuration: ServerConfiguration
    let began: Instant
    private var peers: [Int32: Peer] = [:]
    /// The sockets of peers that something can still come for, in the order of connecting.
    private var waitingSockets: [Int32] = []
    /// The connections that the handler has opened and the test has not taken, as their sockets.
    var takenConnectCount = 0
    let destinations = Destinations()
    /// The Redis that its connection to Redis reaches; without a `ServerConfiguration.redis` there
    /// is none.
    public let redis: SimulatedRedis
    /// How many connections of the server's making have been looked at.
    private var seenConnectCount = 0
    var hasFailed = false
    private var clientCount: UInt16 = 0
    private(set) var isTurning = false
    private(set) var isCollecting = false

    /// Starts a server: its `onStart` is called before this returns.
    ///
    /// - Parameters:
    ///   - handler: the application.
    ///   - configuration: the settings, as for a `Server`; its addresses are listened on in the
    ///     simulated network only. Its logger is replaced, see ``log``.
    ///   - seed: decides all random bytes of the server, and the sizes of ``transferLimit``.
    ///   - redis: a Redis that other simulated servers use, too; nil for one of its own.
    /// - Throws: if the configuration has a value that no server starts with.
    public init(
        _ handler: consuming Handler, _ configuration: ServerConfiguration = ServerConfiguration(),
        seed: UInt64 = 1, redis: SimulatedRedis? = nil
    ) throws(SystemError) {
        if case .tls = configuration.redis?.address {
            preconditionFailure(
                "A simulated Redis speaks no TLS: give the test a redis:// URL. What the handler "
                    + "sees of both is the same.")
        }
        let redis = redis ?? SimulatedRedis()
        self.redis = redis
        let network = SimulatedNetwork(seed: seed)
        self.network = network
        began = network.clock
        var configuration = configuration
        let recorder = recorder
        configuration.logger = Logger(label: "simulated-server") { _ in
            RecordingLogHandler(recorder)
        }
        self.configuration = configuration
        simulation = try Simulation(handler, configuration, on: network)
        simulation.endsWhenDone = true
        network.resolve = { [destinations] in destinations.resolve($0) }
        network.attempt = { [destinations, url = configuration.redis] in
            if let attempt = redis.attempt, destinations.leads($0, to: url) { return attempt }
            return destinations.attempt($0)
        }
        network.afterTurn = { [weak self] in self?.pump() }
        simulation.observe = { [weak self] in self?.observe($0, $1, $2) }
        settle()
    }

    // MARK: The handler

    /// The handler, to look at its state or to change it between two callbacks.
    public var handler: Handler {
        _read { yield simulation.handler }
        _modify { yield &simulation.handler }
    }

    /// Calls a closure with the handler and the server's state, as a callback has them, and then
    /// lets the server do what follows.
    ///
    /// ```swift
    /// server.withContext { handler, io in io.publish("news", to: handler.room) }
    /// ```
    public func withContext<Result>(
        _ body: (inout Handler, inout ServerContext) throws -> Result
    ) rethrows -> Result {
        defer { settle() }
        return try simulation.perform(body)
    }

    /// What the server and the handler have logged through `io.logger`, of every level.
    public var log: [LogLine] { recorder.lines }

    // MARK: Time

    /// How much time has passed since the start.
    public var elapsed: Duration { .nanoseconds(Int64(network.clock.nanoseconds(since: began))) }

    /// Lets time pass: all timers, ticks and deadlines within it run, in their order. A tick is a
    /// turn of the server, so an hour takes some thousand of them.
    public func advance(by duration: Duration) {
        precondition(duration > .zero, "Time only passes forwards: give a positive duration.")
        run { $0.advance(by: duration) }
    }

    /// Lets the server do what is left at this moment, without time passing: needed only after
    /// something that it could not notice, such as mail that another thread has posted.
    public func settle() {
        if isCollecting { return }
        run { $0.settle() }
    }

    /// Lets several things happen at the same moment: the server takes its next turn after the
    /// closure, and finds all that it has done. Connects wait for an answer, so make them before.
    ///
    /// ```swift
    /// server.simultaneously {
    ///     ann.send("first")
    ///     bob.cut()
    /// }
    /// ```
    public func simultaneously(_ body: () throws -> Void) rethrows {
        isCollecting = true
        defer {
            isCollecting = false
            settle()
        }
        try body()
    }

    /// The most bytes that one receive or send of the server moves; nil, the default, for no bound.
    /// With a bound each moves a random number of bytes up to it: messages come in pieces, at
    /// places that the seed decides.
    public var transferLimit: Int? {
        didSet {
            let most = max(transferLimit ?? .max, 1)
            network.receiveSizes = 1...most
            network.sendSizes = 1...most
            if transferLimit == nil { (network.receiveSizes, network.sendSizes) = Self.whole }
        }
    }

    private static var whole: (ClosedRange<Int>, ClosedRange<Int>) {
        (Int.max...Int.max, Int.max...Int.max)
    }

    // MARK: The machine

    private func run(_ move: (inout Simulation<Handler>) -> Void) {
        precondition(
            !isTurning,
            "A callback of the handler has used the simulated server or a connection to it. Do "
                + "that in the test, after the call that led to the callback.")
        if simulation.core.isDone || hasFailed { return }
        isTurning = true
        move(&simulation)
        isTurning = false
        if simulation.core.isDone { simulation.mailbox.close() }
    }

    /// The peers take what has come for them, in the order of connecting.
    private func pump() {
        while seenConnectCount < network.connects.count {
            let socket = network.connects[seenConnectCount].socket
            seenConnectCount += 1
            guard network.isRedis(socket) else { continue }
            let peer = RedisPeer(network, socket, redis, self)
            redis.add(peer)
            add(peer)
        }
        for socket in waitingSockets { peers[socket]?.pump() }
        waitingSockets.removeAll { peers[$0]?.isOver ?? true }
    }

    /// Whether this is the other end of a connection to Redis.
    func isRedis(_ socket: Int32) -> Bool { peers[socket] is RedisPeer }

    /// From now on this is the other end of its socket.
    func add(_ peer: Peer) {
        if peers.updateValue(peer, forKey: peer.socket) == nil {
            waitingSockets.append(peer.socket)
        }
    }

    private func observe(_ event: HandlerEvent, _ id: ConnectionID, _ socket: FileDescriptor?) {
        guard let peer = socket.flatMap({ peers[$0.rawValue] }) else { return }
        peer.id = id
        switch event {
        case .close(let cause), .streamEnd(let cause): peer.closeCause = cause
        default: break
        }
    }

    /// The address of the next client, if the test gives none: on this machine, so that no limit
    /// per address refuses it.
    func nextAddress() -> NetworkAddress {
        clientCount = clientCount % 20_000 + 1
        return .ipv4(127, 0, 0, 1, port: 40_000 + clientCount)
    }
}

extension SimulatedServer: SimulationDriver where Handler: ~Copyable {}
