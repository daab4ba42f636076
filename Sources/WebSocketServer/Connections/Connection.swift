// The state of one connection: plain data, in a slot.
import LinuxReactor
import Storage
import WebSocketCore

/// The state of one connection. A million of them may fill a table, so every byte counts. It
/// contains no closure, class or task, so that it can be handed over to another process.
///
/// State that is added here must be added to the hand-over as well (`SavedConnection.swift`).
struct Connection: ~Copyable {
    struct Flags: OptionSet, BitwiseCopyable {
        let rawValue: UInt16
        /// Its socket's buffer was bounded by its line's speed, which may be another by now.
        static var paced: Flags { Flags(rawValue: 1) }
        /// Is in the queue of connections to be flushed.
        static var queued: Flags { Flags(rawValue: 2) }
        /// `onOpen` has been called, `onClose` has not.
        static var announced: Flags { Flags(rawValue: 4) }
        /// A Ping was sent, and nothing has come from the peer since.
        static var pinged: Flags { Flags(rawValue: 8) }
        /// Is in the list that is processed at the end of the turn.
        static var reaping: Flags { Flags(rawValue: 16) }
        /// The PROXY protocol's header is expected before its first request.
        static var awaitsProxyHeader: Flags { Flags(rawValue: 32) }
        /// Is counted in admission.
        static var admitted: Flags { Flags(rawValue: 64) }
        /// Is counted there as a WebSocket of its address, no longer as a plain connection.
        static var webSocket: Flags { Flags(rawValue: 256) }
        /// Is reset instead of closed in order.
        static var resets: Flags { Flags(rawValue: 128) }
        /// ``Connection/acknowledgedByteCount`` was noted for the deadline that is running.
        static var measured: Flags { Flags(rawValue: 16384) }
        /// Is in the list of connections whose pending input can be decoded again.
        static var resuming: Flags { Flags(rawValue: 512) }
        /// An outgoing connection: we are the client, which masks its frames (RFC 6455 §5.1).
        static var client: Flags { Flags(rawValue: 1024) }
        /// The handler asked for it, or has put off its decision about it, and neither `onOpen` nor
        /// `onClose` has been called yet.
        static var attempting: Flags { Flags(rawValue: 2048) }
        /// The peer is a trusted proxy: its requests name the client behind it.
        static var proxied: Flags { Flags(rawValue: 4096) }
        /// Its socket was full and has taken output since it was last measured.
        static var drained: Flags { Flags(rawValue: 8192) }
        /// It is inside a message, or a frame's header, and in ``ConnectionTable/partials``.
        static var partial: Flags { Flags(rawValue: 32768) }
    }

    /// The reasons why reading is paused; it resumes when the set is empty.
    struct ReadPauses: OptionSet, BitwiseCopyable {
        let rawValue: UInt8
        /// The handler asked for it: a command is being answered elsewhere.
        static var handler: ReadPauses { ReadPauses(rawValue: 1) }
        /// A topic that it published to is half full.
        static var congestion: ReadPauses { ReadPauses(rawValue: 2) }
        /// It has more unread output that it caused itself than is allowed.
        static var ownOutput: ReadPauses { ReadPauses(rawValue: 4) }
        /// An HTTP request is being answered, or an opening handshake decided about.
        static var responding: ReadPauses { ReadPauses(rawValue: 8) }
        /// The peer has ended its stream: nothing more will come.
        static var endOfStream: ReadPauses { ReadPauses(rawValue: 16) }
        /// It has used its share of the turn, or its address has: it waits in ``AddressShares``.
        static var budget: ReadPauses { ReadPauses(rawValue: 32) }
        /// A task that was started for it is under way.
        static var task: ReadPauses { ReadPauses(rawValue: 64) }
        /// What the handler wants or waits for: its end is reported at once, and unread input lost.
        static var ofHandler: ReadPauses { [.handler, .task] }
    }

    // The fields that a sweep uses come first, in one cache line. Small fields stand where others
    // would leave a gap.
    var descriptor = FileDescriptor.none
    /// Changed only by ``advance(_:)``.
    private(set) var phase = ConnectionPhase.free
    /// Changed only by ``handle(_:)``.
    private(set) var session = SessionState.open
    var flags: Flags = []
    var delivery = Delivery()
    var readPauses: ReadPauses = []
    /// Which of a topic's logs it gets.
    var encoding = Encoding.plain
    /// The kind of listener that accepted it.
    var listener = ListenerKind.public
    /// The readiness that epoll(7) watches it for.
    var watched: Readiness = .readable
    /// Index of what it negotiated under RFC 7692, in a table of its own, or `none`.
    var compression = TableIndex<Compression>.none

    private var ownOutput: UInt32 = 0
    /// Index of its TLS, in a table of its own, or `none` if it is not encrypted.
    var encryption = TableIndex<EncryptedConnection>.none
    var resourceID: UInt64 = 0
    /// When the last bytes came from the peer, in ticks of 2^26 ns.
    var lastReceiveTick: UInt32 = 0
    /// The value of `exchange` (HTTP) or `attempt` (Outgoing): a connection has one of them at most.
    var companion = UInt32.max
    var decoder = MessageDecoder()
    /// Set if it is refused, in its own protocol, for this reason.
    var refusal: Refusal?
    /// When what is under way to it was last bounded less, in units of 2^28 ns: lowest bits.
    var widenTick: UInt8 = 0
    /// Bytes received and not decoded: a partial header or head, or everything while reading is
    /// paused.
    var pendingInput = ByteBuffer()
    /// The message that is being assembled.
    var assembly = ByteBuffer()
    var peer = NetworkAddress.unknown
    var cause: CloseCause?
    /// Why a send failed, as an errno(3), or 0. The kernel reports it only once; after that a
    /// receive only reports the end of the stream. EPIPE says only that nothing can be sent any
    /// more.
    var sendFailure: UInt16 = 0
    /// How many bytes of output its TCP had acknowledged when it was last measured: lowest bits.
    var acknowledgedByteCount: UInt32 = 0

    init() {}

    // MARK: Life

    /// Moves to the phase that follows; a step that is not in the table ends the process.
    mutating func advance(_ event: ConnectionPhase.Event) {
        guard let next = phase.after(event) else {
            preconditionFailure("\(event) cannot happen to a connection that is \(phase)")
        }
        phase = next
    }

    /// Advances the closing handshake, and returns the action to take.
    mutating func handle(_ event: SessionState.Event) -> SessionState.Action {
        session.handle(event, role: role)
    }

    /// Sets phase and session to what another process has saved.
    mutating func restore(_ phase: ConnectionPhase, _ session: SessionState) {
        self.phase = phase
        self.session = session
    }

    // MARK: State

    /// How many bytes of the outbox the connection has caused itself: an upper estimate, which is
    /// cut down to the size of the outbox.
    @inline(__always)
    var ownOutputByteCount: Int {
        get { Int(ownOutput) }
        set { ownOutput = UInt32(clamping: newValue) }
    }

    /// Whether it speaks TLS.
    @inline(__always)
    var isEncrypted: Bool { encryption != .none }

    /// Whether messages may be sent and topics joined.
    @inline(__always)
    var isOpen: Bool { phase == .webSocket && session.maySend }

    /// Whether it has a place among the connections that were accepted only to be refused. A
    /// connection that is refused later, as a WebSocket, stays among the plain ones of its address.
    var hasRefusedPlace: Bool { refusal != nil && !flags.contains(.admitted) }

    /// Whether bytes have come from it, as far as a plain connection is concerned.
    var hasBeenHeard: Bool { companion != UInt32.max }
    /// Whether it is only given time to take its last bytes, and that has not been measured yet.
    var isEnding: Bool {
        flags.isDisjoint(with: .measured)
            && (phase == .webSocket ? session != .open : phase == .draining)
    }

    /// Whether nothing that is sent to it can reach its peer any more.
    var isOutputLost: Bool { sendFailure != 0 }

    /// Which side we are.
    var role: Role { flags.contains(.client) ? .client : .server }

    /// Whether it may be subscribed to topics.
    var takesBroadcasts: Bool { isOpen || phase == .streaming }

    /// Whether a timer or a task may belong to it: the handler has it, and it has not ended.
    var mayWait: Bool {
        takesBroadcasts || phase == .responding || phase == .head || phase == .body
            || phase == .deciding
    }

    /// Whether it is the connection with this name, and open.
    @inline(__always)
    func isOpen(_ id: ConnectionID) -> Bool { resourceID == id.resourceID && isOpen }

    /// Whether its messages are neither masked by us nor compressed.
    @inline(__always)
    var isPlain: Bool { compression == .none && !flags.contains(.client) }

    /// Whether a message to it is just a plain frame appended to the outbox: it has no subscription
    /// whose broadcasts need an order marker, and is plain.
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
        if readPauses.isEmpty && phase != .terminated {
            readiness.insert(.readable)
        } else if phase == .responding || phase == .streaming || phase == .deciding
            || readPauses.contains(.budget) && flags.contains(.admitted)
        {
            // Nothing is read for now, which may take long: see that there is a client.
            readiness.insert(.peerEnded)
        }
        return readiness
    }
}
