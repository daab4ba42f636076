// The network of the simulated machine: sockets and a clock in memory, with faults by seed.
import LinuxReactor
import Synchronization
import WebSocketServer

/// What the test and the kernel share: the test is the network.
package final class SimulatedNetwork {
    package var sockets: [Int32: SimulatedSocket] = [:]
    /// Connections waiting to be accepted, and on which listener.
    package var backlog: [(socket: Int32, peer: NetworkAddress, listener: Int32)] = []
    /// The listening addresses: their descriptors count down from ``SimulatedKernel/listener``.
    package var listenAddresses: [ListenAddress] = []
    package var clock = Instant(nanoseconds: 1_000_000_000)
    /// Whether a wait advances the clock, up to the wait's end.
    package var mayPass = false
    /// Whether the server has waited with nothing to do.
    package var isIdle = false
    package var nextDescriptor: Int32 = 100
    package var generator: SeededGenerator
    /// The most bytes that one receive or send moves; chosen anew each time from the range.
    package var receiveSizes = 1...Int.max
    package var sendSizes = 1...Int.max
    /// Descriptors that may still be opened.
    package var descriptorsLeft = Int.max
    /// Whether the released reserve counts as a descriptor that can be opened again.
    package var hasReserve = false
    /// The error of accept(2).
    package var acceptFailure: Int32?
    package var pendingSignals: [Int32] = []
    /// Signals that the process ignored from its start.
    package var ignoredSignals: Set<Int32> = []
    package var watchedSignals: Set<Int32> = []
    /// Whether the kernel knows what peers have acknowledged, which it does not of local sockets.
    package var isTCP = true
    package var sendCount = 0
    /// Bytes received and sent: while they grow, the loop makes progress.
    package var passedByteCount = 0
    package var openDescriptors: Set<Int32> = []
    /// Duplicates of descriptors, which other processes have: a socket lives on while it has one.
    package var duplicates: [Int32: Int] = [:]
    /// Descriptors that the server has closed while there was a duplicate.
    package var closedEarly: Set<Int32> = []
    /// Listeners that the server has closed: nobody can connect to them.
    package var closedListeners: Set<Int32> = []
    /// Ends the process where a server does what none should, and Linux returns an error.
    package var isStrict = true
    /// Interest by watched descriptor.
    package private(set) var watched: [Int32: (Readiness, UInt64)] = [:]
    /// The watched descriptors in their order, so that a run can be repeated.
    private var sortedWatched: [Int32]?
    package func watch(_ descriptor: Int32, _ interest: (Readiness, UInt64)?) {
        if (watched[descriptor] == nil) != (interest == nil) { sortedWatched = nil }
        watched[descriptor] = interest
    }

    package func unwatchAll() {
        watched = [:]
        sortedWatched = nil
    }

    package var watchedInOrder: [Int32] {
        if let sortedWatched { return sortedWatched }
        let sorted = watched.keys.sorted()
        sortedWatched = sorted
        return sorted
    }
    /// Mail may come from any thread.
    private let wakeup = Atomic(false)
    package var hasWakeup: Bool {
        get { wakeup.load(ordering: .acquiring) }
        set { wakeup.store(newValue, ordering: .releasing) }
    }
    /// The descriptor that the last wait had no room for.
    package var nextToReport: Int32?
    /// Called after each turn: the peers take what has come for them, and answer.
    package var afterTurn: (() -> Void)?
    /// No wait advances the clock beyond it.
    package var clockLimit = Instant(nanoseconds: .max)
    /// memory.high of the simulated control group.
    package var memoryHigh: Int?
    /// What the server's buffers hold: counted before each turn, see ``Simulation/turn()``.
    package var bufferByteCount = 0
    /// epoll reports no events, whatever happens.
    package var isDeaf = false
    /// Outcomes of outgoing connections by address, and the attempts so far.
    package var attempt: (ConnectAddress) -> Attempt = { _ in .succeeds }
    package var connects: [(socket: Int32, address: ConnectAddress, source: NetworkAddress?)] = []
    /// The addresses of names; the resolution of any other name never ends.
    package var names: [String: Resolution] = [:]
    /// The addresses of all other names, if there is an answer.
    package var resolve: (String) -> Resolution? = { _ in nil }
    package var resolutions: [Resolution] = []
    /// The peer of each local socket.
    package var credentials: [Int32: PeerCredentials] = [:]
    /// Socket files that the server has removed.
    package var removedFiles: [String] = []

    /// When the process is killed.
    package var life = SimulatedLife()

    /// Whether clients speak TLS, from behind a handshake on, and with which listeners.
    package var isEncrypted = false
    package var encryptedListeners: Set<Int> = []

    package init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// A client connects; its bytes wait for the server to accept it.
    /// `index` is the number of the server's address. If that is closed, the connection is refused.
    package func connect(
        from peer: NetworkAddress = .ipv4(127, 0, 0, 1, port: 9999), toListener index: Int = 0
    ) -> Int32 {
        nextDescriptor += 1
        sockets[nextDescriptor] = SimulatedSocket()
        if encryptedListeners.contains(index) {
            sockets[nextDescriptor]!.encryption = SimulatedEncryption()
        }
        let listener = SimulatedKernel.listener(index)
        if listenAddresses.indices.contains(index), case .unix = listenAddresses[index] {
            sockets[nextDescriptor]!.isLocal = true
        }
        guard !closedListeners.contains(listener) else {
            sockets[nextDescriptor]!.refusePeer()
            return nextDescriptor
        }
        backlog.append((nextDescriptor, peer, listener))
        return nextDescriptor
    }

    package func send(_ bytes: [UInt8], on socket: Int32) {
        let bytes = sockets[socket]!.encryption?.seal(bytes) ?? bytes
        sockets[socket]!.sendFromPeer(bytes)
        isIdle = false
    }

    /// Takes what the server has sent so far.
    package func receive(on socket: Int32) -> [UInt8] {
        defer { sockets[socket]!.toClient = [] }
        let bytes = sockets[socket]!.toClient
        return sockets[socket]!.encryption?.open(bytes) ?? bytes
    }

    /// The process that had this socket has ended.
    package func abandon(_ socket: Int32) {
        openDescriptors.remove(socket)
        sockets[socket]!.closeServer()
        if descriptorsLeft != .max { descriptorsLeft += 1 }
    }

    /// Whether the server has made this connection to Redis, which has just succeeded.
    package func isRedis(_ socket: Int32) -> Bool {
        guard let (_, token) = watched[socket] else { return false }
        return sockets[socket]?.attempt == .succeeds && Token.isRedis(token)
    }

    package func readiness(of descriptor: Int32) -> Readiness {
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
