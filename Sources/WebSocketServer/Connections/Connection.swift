// Everything that is known of one connection: plain data, in a slot.
import LinuxReactor
import Storage
import WebSocketCore

/// The state of one connection. A million of them stand in a table, so every byte counts; it holds
/// no closure, class or task, so that it can be handed over to another process.
///
/// Whoever adds state here adds it to the hand-over (`SavedConnection.swift`).
struct Connection: ~Copyable {
    struct Flags: OptionSet, BitwiseCopyable {
        let rawValue: UInt16
        /// Stands in the queue of connections to be flushed.
        static var queued: Flags { Flags(rawValue: 2) }
        /// The handler was told that it is open, and not yet that it is closed.
        static var announced: Flags { Flags(rawValue: 4) }
        /// A Ping is out and nothing was heard since.
        static var pinged: Flags { Flags(rawValue: 8) }
        /// Stands in the list that the end of the turn goes through.
        static var reaping: Flags { Flags(rawValue: 16) }
        /// The PROXY protocol's header is to come before its first request.
        static var awaitsProxyHeader: Flags { Flags(rawValue: 32) }
        /// Counts in admission.
        static var admitted: Flags { Flags(rawValue: 64) }
        /// Is to be reset, not closed in order.
        static var resets: Flags { Flags(rawValue: 128) }
        /// Stands in the list of connections whose kept bytes can be decoded again.
        static var resuming: Flags { Flags(rawValue: 512) }
        /// Of our own making: here we are the client, which masks its frames (RFC 6455 §5.1).
        static var client: Flags { Flags(rawValue: 1024) }
        /// The handler has asked for it, and was not told yet what came of it.
        static var attempting: Flags { Flags(rawValue: 2048) }
        /// A trusted proxy is at the other end: its requests say who is behind it.
        static var proxied: Flags { Flags(rawValue: 4096) }
    }

    /// Why nothing is read; reading goes on when the set is empty.
    struct ReadPauses: OptionSet, BitwiseCopyable {
        let rawValue: UInt8
        /// The handler has asked for it: a command is being answered elsewhere.
        static var handler: ReadPauses { ReadPauses(rawValue: 1) }
        /// A topic that it published to is half full.
        static var congestion: ReadPauses { ReadPauses(rawValue: 2) }
        /// It has more unread output of its own making than is allowed.
        static var ownOutput: ReadPauses { ReadPauses(rawValue: 4) }
        /// An HTTP request is being answered.
        static var responding: ReadPauses { ReadPauses(rawValue: 8) }
        /// The peer has ended its stream: there is nothing more to read.
        static var endOfStream: ReadPauses { ReadPauses(rawValue: 16) }
    }

    // What a sweep touches stands first, in one cache line.
    var descriptor = FileDescriptor.none
    /// Changed by ``advance(_:)`` alone.
    private(set) var phase = ConnectionPhase.free
    /// Changed by ``handle(_:)`` alone.
    private(set) var session = SessionState.open
    var flags: Flags = []
    var delivery = Delivery()
    var readPauses: ReadPauses = []
    /// Which log of a topic it is sent.
    var encoding = Encoding.plain
    /// What epoll(7) watches it for.
    var watched: Readiness = .readable
    /// What it negotiated of RFC 7692, in a table of its own, or `none`.
    var compression = TableIndex<Compression>.none

    /// How much of the outbox the connection has caused itself: an estimate from above, which never
    /// stays above all that is in the outbox.
    var ownOutputByteCount = 0
    var resourceID: UInt64 = 0
    /// When something was last heard, in ticks of 2^26 ns.
    var lastReceiveTick: UInt32 = 0
    /// What ``exchange`` or ``attempt`` says: a connection has at most one of them.
    private var companion = UInt32.max
    var decoder = MessageDecoder()
    /// Bytes received and not decoded: a partial header or head, or everything while it is held.
    var pendingInput = ByteBuffer()
    /// The message that is being put together.
    var assembly = ByteBuffer()
    var peer = NetworkAddress.unknown
    var cause: CloseCause?
    /// Why a send failed, errno(3), or 0: the kernel tells it once, and the receiving side hears of
    /// no more than an end after that.
    var sendFailure: UInt16 = 0
    /// By which door it came.
    var listener = ListenerKind.public
    /// Set if it is let in only to be told, in its own protocol, why it may not stay.
    var refusal: Refusal?

    init() {}

    // MARK: Its life

    /// Goes to the phase that follows; a step that the table does not have ends the process.
    mutating func advance(_ event: ConnectionPhase.Event) {
        guard let next = phase.after(event) else {
            preconditionFailure("\(event) cannot happen to a connection that is \(phase)")
        }
        phase = next
    }

    /// Moves the closing handshake on, and returns what is to be done.
    mutating func handle(_ event: SessionState.Event) -> SessionState.Action {
        session.handle(event, role: role)
    }

    /// What another process has said of a connection that was in this place.
    mutating func restore(_ phase: ConnectionPhase, _ session: SessionState) {
        self.phase = phase
        self.session = session
    }

    // MARK: What it is ready for

    /// Its HTTP exchange, in a table of its own, or `none`.
    var exchange: TableIndex<HTTPExchange> {
        get { TableIndex(rawValue: companion) }
        set { companion = newValue.rawValue }
    }

    /// What its opening needs if it is an outgoing connection, in a table of its own, or `none`.
    var attempt: TableIndex<ConnectAttempt> {
        get { TableIndex(rawValue: companion) }
        set { companion = newValue.rawValue }
    }

    /// Whether messages may be sent and topics be joined.
    @inline(__always)
    var isOpen: Bool { phase == .webSocket && session.maySend }

    /// Which side we are.
    var role: Role { flags.contains(.client) ? .client : .server }

    /// Whether it is the connection of this name, and open.
    @inline(__always)
    func isOpen(_ id: ConnectionID) -> Bool { resourceID == id.resourceID && isOpen }

    /// Whether its messages are neither masked by us nor compressed.
    @inline(__always)
    var isPlain: Bool { compression == .none && !flags.contains(.client) }

    /// Whether a message to it needs no more than a plain frame at the outbox's end: it has no topic
    /// among whose messages its place has to be marked, and is plain.
    @inline(__always)
    var takesPlainFrames: Bool {
        delivery.firstSubscription.rawValue & compression.rawValue == UInt32.max
            && !flags.contains(.client)
    }

    /// Whether what it has received may be decoded now.
    @inline(__always)
    var isDecoding: Bool { readPauses.isEmpty && session.reads }

    /// Whether messages of it may be decoded and given to the handler now.
    @inline(__always)
    var takesMessages: Bool { readPauses.isEmpty && session.deliversMessages }

    /// What epoll(7) should watch it for.
    var wanted: Readiness {
        var readiness: Readiness = delivery.isBlocked ? .writable : []
        if readPauses.isEmpty && phase != .terminated { readiness.insert(.readable) }
        return readiness
    }
}
