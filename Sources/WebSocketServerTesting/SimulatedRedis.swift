// A Redis for tests: channels that work, replies that the test writes, and the ways to fail.
import Storage
import WebSocketServer

/// A small Redis for the handlers of one or more ``SimulatedServer``s. Its channels work: PUBLISH,
/// SUBSCRIBE, patterns and sharded channels. All other commands are answered by the test.
///
/// Each simulated server has one, which the connection of its `ServerConfiguration.redis`
/// reaches, whatever its address. Servers that are given the same one share their channels:
///
/// ```swift
/// let redis = SimulatedRedis()
/// let left = try SimulatedServer(SharedChat(), configuration, redis: redis)
/// let right = try SimulatedServer(SharedChat(), configuration, redis: redis)
/// let (ann, bob) = (try left.connect(), try right.connect())
/// ann.send("hello")
/// #expect(bob.receive() == "hello")
/// ```
///
/// Each server has its own time: what one does reaches the others at their moment, and
/// ``SimulatedServer/advance(by:)`` moves one of them.
public final class SimulatedRedis {
    /// The password that connections must have in their URL; nil, the default, for none.
    public var password: String?
    /// The answer to a command that is not one of channels: its name and its arguments, in which
    /// bytes that are no UTF-8 are replaced by U+FFFD. Redis's own answer to an unknown command by
    /// default.
    public var answer: (_ command: [String]) -> SimulatedRedisReply = {
        .error("ERR unknown command '\($0[0])'")
    }
    /// Whether commands wait for their answers, as with CLIENT PAUSE or a Redis that hangs; setting
    /// it to false answers them. A server gives up after 2 s.
    public var isPaused = false {
        didSet { if !isPaused { answerWaiting() } }
    }
    /// Whether it runs: ``stop()``, ``start()``.
    public private(set) var isRunning = true
    private var isCut = false
    private var peers: [RedisPeer] = []
    private var commands: [[String]] = []

    /// A Redis that runs, and knows nothing.
    public init(password: String? = nil) { self.password = password }

    // MARK: What the servers do

    /// The commands that have come since the last time, in their order, with those of channels;
    /// greetings and signs of life (HELLO, PING) are left out.
    public func receiveCommands() -> [[String]] {
        takeCommands().filter { $0[0] != "HELLO" && $0[0] != "PING" }
    }

    /// The same with all of them.
    package func takeCommands() -> [[String]] {
        defer { commands = [] }
        return commands
    }

    /// How many servers are connected.
    public var connectionCount: Int { livePeers.count }

    /// How many connections are subscribed to a channel by its name.
    public func subscriberCount(of channel: String) -> Int {
        livePeers.count { $0.isSubscribed(.name, channel) }
    }

    // MARK: What other clients do

    /// Publishes a text to a channel, as another client of this Redis would. Returns how many
    /// subscriptions get it.
    @discardableResult
    public func publish(_ text: String, to channel: String) -> Int {
        publish(Array(text.utf8), to: channel)
    }

    /// Publishes bytes to a channel.
    @discardableResult
    public func publish(_ bytes: [UInt8], to channel: String) -> Int {
        defer { settle() }
        return deliver(bytes, to: channel, isSharded: false)
    }

    /// Publishes a text to a sharded channel (SPUBLISH).
    @discardableResult
    public func publish(_ text: String, toSharded channel: String) -> Int {
        defer { settle() }
        return deliver(Array(text.utf8), to: channel, isSharded: true)
    }

    /// Sends bytes as they are by the connection that was made last.
    package func send(raw bytes: [UInt8]) {
        peers.last?.send(bytes)
        settle()
    }

    // MARK: The ways in which it fails

    /// Ends all connections, as CLIENT KILL does; they are made again.
    public func endConnections() {
        for peer in livePeers { peer.end() }
        settle()
    }

    /// The process ends: all connections end, and others are refused, until ``start()``.
    public func stop() {
        isRunning = false
        endConnections()
    }

    /// It runs again. The servers find it with their next attempt, after up to 2 s:
    /// ``SimulatedServer/advance(by:)``.
    public func start() { isRunning = true }

    /// The network to it is lost, without a byte to either side.
    public func cut() {
        isCut = true
        for peer in livePeers { peer.cut() }
        settle()
    }

    /// The network is back, and what was sent meanwhile comes.
    public func mend() {
        isCut = false
        for peer in peers {
            peer.mend()
            peer.pump()
        }
        settle()
    }

    // MARK: Connections

    /// What an attempt to connect meets, if that is not a connection.
    var attempt: Attempt? { isCut ? .pending : isRunning ? nil : .fails(111) }

    private var livePeers: [RedisPeer] { peers.filter { $0.isConnected } }

    func add(_ peer: RedisPeer) {
        peers.removeAll { !$0.isConnected }
        peers.append(peer)
    }

    /// A command has come.
    func received(_ command: [[UInt8]], from peer: RedisPeer) {
        commands.append(command.map { String(decoding: $0, as: UTF8.self) })
        if isPaused { peer.waiting.append(command) } else { carryOut(command, of: peer) }
    }

    private func answerWaiting() {
        for peer in peers {
            let waiting = peer.waiting
            peer.waiting = []
            for command in waiting where peer.isConnected { carryOut(command, of: peer) }
        }
        settle()
    }

    private func carryOut(_ command: [[UInt8]], of peer: RedisPeer) {
        let words = command.map { String(decoding: $0, as: UTF8.self) }
        let name = words[0].uppercased()
        switch name {
        case "PING": peer.reply(.status("PONG"))
        case "HELLO": peer.reply(greeting(Array(words.dropFirst())))
        case "PUBLISH" where words.count == 3, "SPUBLISH" where words.count == 3:
            // A subscriber gets its own message before the answer.
            let count = deliver(command[2], to: words[1], isSharded: name == "SPUBLISH")
            peer.reply(.integer(count))
            settle(but: peer)
        default:
            if peer.change(name, Array(words.dropFirst())) { return }
            peer.reply(answer(words))
        }
    }

    private func greeting(_ words: [String]) -> SimulatedRedisReply {
        guard words.first == "3" else { return .error("NOPROTO unsupported protocol version") }
        if let password {
            guard words.count == 4 else { return .error("NOAUTH Authentication required.") }
            guard words[3] == password else {
                return .error("WRONGPASS invalid username-password pair or user is disabled.")
            }
        }
        return .map([
            (.text("server"), .text("redis")), (.text("version"), .text("7.0.15")),
            (.text("proto"), .integer(3)), (.text("mode"), .text("standalone")),
            (.text("role"), .text("master")),
        ])
    }

    private func deliver(_ bytes: [UInt8], to channel: String, isSharded: Bool) -> Int {
        livePeers.reduce(0) { $0 + $1.deliver(bytes, to: channel, isSharded: isSharded) }
    }

    /// The servers take what has come; the one whose command has led here is in a turn of its own.
    private func settle(but peer: RedisPeer? = nil) {
        for other in livePeers where other !== peer { other.settle() }
        // A connection that has just ended is noticed, too.
        for other in peers where !other.isConnected { other.settle() }
    }
}
