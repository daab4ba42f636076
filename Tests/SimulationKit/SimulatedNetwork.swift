// The network of the simulated machine: sockets and a clock in memory, with faults by seed.
import LinuxReactor

/// One connection as the network sees it.
struct SimulatedSocket {
    /// What the client has sent and the server has not received.
    var toServer: [UInt8] = []
    /// What the server has sent.
    var toClient: [UInt8] = []
    /// How many more bytes the client's side takes before the socket is full.
    var window = Int.max
    /// Whether the server's kernel keeps what it takes until ``SimulatedNetwork/deliver(_:on:)``.
    var keepsOutput = false
    private(set) var kept: [UInt8] = []
    /// How many bytes of the server's the client's TCP has acknowledged.
    private(set) var acknowledgedCount = 0
    /// How often the server has asked for the speed of the line.
    var paceCount = 0
    /// The speed that the server's kernel has measured.
    var bytesPerSecond: Int?
    /// How many unsent bytes the server has allowed its kernel to keep.
    var unsentLimit: Int?
    var clientHasEnded = false
    var isReset = false
    /// The reset has been reported once; after that only an end of stream is seen, as on Linux.
    var errorIsTaken = false
    /// Sends fail with EPIPE although receiving has not shown the loss yet.
    var failsToSend = false
    var serverHasEnded = false
    var isClosed = false
    var wasReset = false
    /// The outcome of an outgoing connection; nil for an accepted one.
    var attempt: Attempt?

    var readiness: Readiness {
        switch attempt {
        case .pending: return []
        case .fails: return [.readable, .writable, .failed]
        case .succeeds, .failsAtOnce, nil: break
        }
        var ready: Readiness = []
        if !toServer.isEmpty || clientHasEnded { ready.insert(.readable) }
        if clientHasEnded { ready.insert(.peerEnded) }
        if window > 0 { ready.insert(.writable) }
        if isReset { ready.formUnion([.readable, .writable, .failed]) }
        if clientHasEnded && serverHasEnded { ready.insert(.failed) }
        return ready
    }

    /// The server's kernel takes output.
    mutating func take(_ bytes: some Sequence<UInt8>) {
        kept += bytes
        if !keepsOutput { deliver(kept.count) }
    }

    /// The first `count` bytes that the kernel has kept reach the client.
    mutating func deliver(_ count: Int) {
        let bytes = kept.prefix(count)
        toClient += bytes
        acknowledgedCount += bytes.count
        kept.removeFirst(bytes.count)
    }

    /// The result of recv(2) when no bytes are left. As on Linux a reset is reported once, to
    /// whichever call comes first, and not at all to a reader that can still read an earlier end of
    /// stream.
    mutating func receiveNothing() -> ReceiveOutcome {
        if isReset, !clientHasEnded, !errorIsTaken {
            errorIsTaken = true
            return .failed(104)
        }
        return isReset || clientHasEnded ? .endOfStream : .wouldBlock
    }

    /// Why send(2) fails: ECONNRESET once, EPIPE from then on.
    mutating func sendError() -> Int32? {
        guard isReset || failsToSend else { return nil }
        if isReset, !clientHasEnded, !errorIsTaken {
            errorIsTaken = true
            return 104
        }
        return 32
    }
}

/// The outcome of a connect(2).
enum Attempt: Equatable {
    case succeeds
    /// connect(2) returns the error itself.
    case failsAtOnce(Int32)
    /// The error is reported later.
    case fails(Int32)
    case pending
}

/// What the test and the kernel share: the test is the network.
final class SimulatedNetwork {
    var sockets: [Int32: SimulatedSocket] = [:]
    /// Connections waiting to be accepted, and on which listener.
    var backlog: [(socket: Int32, peer: NetworkAddress, listener: Int32)] = []
    /// The listening addresses: their descriptors count down from ``SimulatedKernel/listener``.
    var listenAddresses: [ListenAddress] = []
    var clock = Instant(nanoseconds: 1_000_000_000)
    /// Whether a wait advances the clock, up to the wait's end.
    var mayPass = false
    /// Whether the server has waited with nothing to do.
    var isIdle = false
    var nextDescriptor: Int32 = 100
    var generator: SeededGenerator
    /// The most bytes that one receive or send moves; chosen anew each time from the range.
    var receiveSizes = 1...Int.max
    var sendSizes = 1...Int.max
    /// Descriptors that may still be opened.
    var descriptorsLeft = Int.max
    /// Whether the released reserve counts as a descriptor that can be opened again.
    var hasReserve = false
    /// The error of accept(2).
    var acceptFailure: Int32?
    var pendingSignals: [Int32] = []
    /// Signals that the process ignored from its start.
    var ignoredSignals: Set<Int32> = []
    var watchedSignals: Set<Int32> = []
    /// Whether the kernel knows what peers have acknowledged, which it does not of local sockets.
    var isTCP = true
    var sendCount = 0
    /// Bytes received and sent: while they grow, the loop makes progress.
    var passedByteCount = 0
    var openDescriptors: Set<Int32> = []
    /// Interest by watched descriptor.
    private(set) var watched: [Int32: (Readiness, UInt64)] = [:]
    /// The watched descriptors in their order, so that a run can be repeated.
    private var sortedWatched: [Int32]?
    func watch(_ descriptor: Int32, _ interest: (Readiness, UInt64)?) {
        if (watched[descriptor] == nil) != (interest == nil) { sortedWatched = nil }
        watched[descriptor] = interest
    }

    func unwatchAll() {
        watched = [:]
        sortedWatched = nil
    }

    var watchedInOrder: [Int32] {
        if let sortedWatched { return sortedWatched }
        let sorted = watched.keys.sorted()
        sortedWatched = sorted
        return sorted
    }
    var hasWakeup = false
    /// memory.high of the simulated control group.
    var memoryHigh: Int?
    /// What the server's buffers hold: counted before each turn, see ``Simulation/turn()``.
    var bufferByteCount = 0
    /// epoll reports no events, whatever happens.
    var isDeaf = false
    /// Outcomes of outgoing connections by address, and the attempts so far.
    var attempt: (ConnectAddress) -> Attempt = { _ in .succeeds }
    var connects: [(socket: Int32, address: ConnectAddress, source: NetworkAddress?)] = []
    /// The addresses of names; the resolution of any other name never ends.
    var names: [String: Resolution] = [:]
    var resolutions: [Resolution] = []
    /// The peer of each local socket.
    var credentials: [Int32: PeerCredentials] = [:]
    /// Socket files that the server has removed.
    var removedFiles: [String] = []

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// A client connects; its bytes wait for the server to accept it.
    /// `index` is the number of the server's address.
    func connect(
        from peer: NetworkAddress = .ipv4(127, 0, 0, 1, port: 9999), toListener index: Int = 0
    ) -> Int32 {
        nextDescriptor += 1
        sockets[nextDescriptor] = SimulatedSocket()
        backlog.append((nextDescriptor, peer, SimulatedKernel.listener(index)))
        return nextDescriptor
    }

    func send(_ bytes: [UInt8], on socket: Int32) { sockets[socket]!.toServer += bytes }

    /// Takes what the server has sent so far.
    func receive(on socket: Int32) -> [UInt8] {
        defer { sockets[socket]!.toClient = [] }
        return sockets[socket]!.toClient
    }

    /// The process that had this socket has ended.
    func abandon(_ socket: Int32) {
        openDescriptors.remove(socket)
        sockets[socket]!.isClosed = true
        if descriptorsLeft != .max { descriptorsLeft += 1 }
    }

    func readiness(of descriptor: Int32) -> Readiness {
        if SimulatedKernel.isListener(descriptor) {
            return backlog.contains { $0.listener == descriptor } ? .readable : []
        }
        switch descriptor {
        case SimulatedKernel.wakeup: return hasWakeup ? [.readable, .writable] : .writable
        case SimulatedKernel.signals: return pendingSignals.isEmpty ? [] : .readable
        default: break
        }
        return sockets[descriptor]?.readiness ?? []
    }
}

/// SplitMix64: the same faults for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
