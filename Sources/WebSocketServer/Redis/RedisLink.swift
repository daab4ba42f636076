// The connection to Redis: where it stands, and what it waits for.
import LinuxReactor
import RedisClient
import Storage

/// The server's one connection to Redis.
///
/// It has no slot among the connections of clients: it is not counted, has no deadline in their
/// wheel and no place in the hand-over, in which it ends; the next process connects again.
struct RedisLink: ~Copyable {
    enum Stage: Equatable {
        /// There is no Redis.
        case off
        /// The next attempt begins then.
        case waiting(until: Instant)
        /// The host name is being looked up.
        case resolving(until: Instant)
        /// connect(2) is under way.
        case connecting(until: Instant)
        /// The TLS handshake is under way.
        case securing(until: Instant)
        case connected
    }

    /// How long a connect, and the answer to a command, may take.
    static var patience: Duration { .seconds(2) }
    /// After this long without a byte Redis is asked for a sign of life.
    static var silence: Duration { .seconds(5) }
    /// How long the first attempt after a failure waits at most, and any other.
    static var shortestDelay: Duration { .milliseconds(50) }
    static var longestDelay: Duration { .seconds(2) }
    /// The most bytes of one receive.
    static var receiveByteCount: Int { 64 * 1024 }

    let url: RedisURL?
    /// What its TLS checks and shows, if the URL asks for it; nil for the system's authorities.
    let tls: ClientTLS?
    var stage = Stage.off
    var session = RedisSession()
    var descriptor = FileDescriptor.none
    /// Its TLS, among that of connections, or `none`.
    var encryption = TableIndex<EncryptedConnection>.none
    /// The events of one socket carry a number that those of the one before did not.
    var generation: UInt32 = 0
    /// The socket is full: nothing is sent until it is writable.
    var isBlocked = false
    /// The addresses that have not been tried yet, the next one last.
    var addresses: [ConnectAddress] = []
    /// Which part of the shared receive buffer has just been received.
    var received = 0..<0
    /// The beginning of a reply whose end has not come.
    var incomplete = ByteBuffer()
    var lastHeard = Instant(nanoseconds: 0)
    /// Nothing counts as late before this, since the loop itself stood still.
    var lenientUntil = Instant(nanoseconds: 0)
    /// Why the connection must end; its I/O does that.
    var failure: RedisFailure?
    /// Why the last attempt failed, so that the log says it once.
    var lastFailure: RedisFailure?
    private var delay = shortestDelay
    /// When the connection was opened, and how long the attempt before that had waited for it.
    private var opened = (at: Instant(nanoseconds: 0), delay: shortestDelay)

    /// The link to this server, which begins with its first turn.
    init(_ url: RedisURL?, _ tls: ClientTLS? = nil, at now: Instant) {
        self.url = url
        self.tls = tls
        if url != nil { stage = .waiting(until: now) }
    }

    /// When something is due, whatever happens meanwhile.
    var nextDeadline: Instant? {
        switch stage {
        case .off: nil
        case .waiting(let until), .resolving(let until), .connecting(let until),
            .securing(let until):
            until
        case .connected: max(unansweredAt ?? lastHeard + Self.silence, lenientUntil)
        }
    }

    /// When the oldest command that is not answered is late; nil if all are answered.
    var unansweredAt: Instant? {
        session.oldestUnanswered.map { Instant(nanoseconds: $0) + Self.patience }
    }

    /// A socket is connecting: events carry ``token`` from now on.
    mutating func begin(_ socket: FileDescriptor) {
        descriptor = socket
        generation &+= 1
        isBlocked = false
    }

    var token: UInt64 { Token.redis(generation) }

    /// There is no socket any more, and none is needed before a while: longer each time, until it
    /// succeeds. `chance`, a random byte, spreads the servers that have lost the same Redis.
    mutating func wait(from now: Instant, _ failure: RedisFailure, chance: UInt8) {
        // What a program gives up again and again is not made again and again at once.
        if case .abandoned = failure, now < opened.at + Self.longestDelay { delay = opened.delay }
        descriptor = .none
        session.end()
        incomplete.removeAll()
        addresses = []
        self.failure = nil
        stage = .waiting(until: now + delay / 2 + delay / 512 * Int(chance))
        delay = min(delay * 2, Self.longestDelay)
    }

    /// Commands are answered: the next failure is a first one.
    mutating func succeeded(at now: Instant) {
        opened = (now, delay)
        delay = Self.shortestDelay
        lastFailure = nil
    }

    /// The program has no use for the connection: nothing is sent or received by it any more.
    mutating func abandon(because reason: String) {
        guard session.state == .open, failure == nil else { return }
        failure = .abandoned(reason)
        session.end()
    }
}
