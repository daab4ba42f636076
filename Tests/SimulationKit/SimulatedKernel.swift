// A simulated machine: sockets, epoll and a clock in memory, with faults by seed.
import LinuxReactor

/// One connection as the network sees it.
struct SimulatedSocket {
    /// What the client has sent and the server has not received.
    var toServer: [UInt8] = []
    /// What the server has sent.
    var toClient: [UInt8] = []
    /// How many more bytes the client's side takes before the socket is full.
    var window = Int.max
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
        if window > 0 { ready.insert(.writable) }
        if isReset { ready.formUnion([.readable, .writable, .failed]) }
        if clientHasEnded && serverHasEnded { ready.insert(.failed) }
        return ready
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

struct SimulatedKernel: Kernel, ~Copyable {
    static let poll: Int32 = 3
    static func listener(_ index: Int) -> Int32 { 20 + Int32(index) }
    static func isListener(_ descriptor: Int32) -> Bool { 20..<100 ~= descriptor }
    static let wakeup: Int32 = 5
    static let signals: Int32 = 6
    static let reserve: Int32 = 7

    let network: SimulatedNetwork

    mutating func monotonicNow() -> Instant { network.clock }

    mutating func wallClockNow() -> WallTime {
        WallTime(nanoseconds: 1_700_000_000_000_000_000 + network.clock.nanoseconds)
    }

    mutating func fillRandom(_ bytes: inout MutableSpan<UInt8>) {
        for index in 0..<bytes.count {
            bytes[index] = UInt8.random(in: .min ... .max, using: &network.generator)
        }
    }

    mutating func makePoll() throws(SystemError) -> FileDescriptor {
        FileDescriptor(rawValue: Self.poll)
    }

    mutating func changePoll(
        _ poll: FileDescriptor, _ change: PollChange, _ descriptor: FileDescriptor,
        for readiness: Readiness, token: UInt64
    ) throws(SystemError) {
        let isWatched = network.watched[descriptor.rawValue] != nil
        switch change {
        case .add: precondition(!isWatched, "EEXIST")
        case .modify, .remove: precondition(isWatched, "ENOENT")
        }
        network.watch(descriptor.rawValue, change == .remove ? nil : (readiness, token))
    }

    mutating func wait(
        on poll: FileDescriptor, into events: inout ReadyEvents, timeout: UInt64?
    ) -> Int {
        var count = 0
        for descriptor in network.watchedInOrder
        where count < events.capacity && !network.isDeaf {
            let (interest, token) = network.watched[descriptor]!
            let ready = network.readiness(of: descriptor).intersection(interest.union(.failed))
            guard !ready.isEmpty else { continue }
            events[count] = (token, ready)
            count += 1
        }
        if count == 0, timeout != 0 {
            network.isIdle = true
            if network.mayPass, let timeout { network.clock = network.clock.advanced(by: timeout) }
        }
        return count
    }

    mutating func listen(
        on address: ListenAddress, backlog: Int32, reusePort: Bool
    ) throws(SystemError) -> (FileDescriptor, NetworkAddress) {
        let descriptor = FileDescriptor(rawValue: Self.listener(network.listenAddresses.count))
        network.listenAddresses.append(address)
        switch address {
        case .tcp: return (descriptor, .ipv4(127, 0, 0, 1, port: 8080))
        case .unix: return (descriptor, NetworkAddress(family: .local))
        }
    }

    mutating func adoptListener(_ listener: FileDescriptor) throws(SystemError) -> NetworkAddress {
        .ipv4(127, 0, 0, 1, port: 8080)
    }

    mutating func removeSocketFile(_ path: String) { network.removedFiles.append(path) }

    mutating func peerCredentials(of socket: FileDescriptor) -> PeerCredentials? {
        network.credentials[socket.rawValue]
    }

    mutating func accept(on listener: FileDescriptor) -> AcceptOutcome {
        guard let next = network.backlog.firstIndex(where: { $0.listener == listener.rawValue })
        else { return .wouldBlock }
        if let failure = network.acceptFailure { return .failed(failure) }
        guard network.descriptorsLeft > 0 else { return .exhausted(24) }
        network.descriptorsLeft -= 1
        let (descriptor, peer, _) = network.backlog.remove(at: next)
        network.openDescriptors.insert(descriptor)
        return .accepted(FileDescriptor(rawValue: descriptor), peer)
    }

    mutating func receive(
        from descriptor: FileDescriptor, into buffer: inout MutableSpan<UInt8>
    ) -> ReceiveOutcome {
        let number = descriptor.rawValue
        precondition(network.openDescriptors.contains(number), "EBADF")
        let available = network.sockets[number]!.toServer.count
        if available == 0 { return network.sockets[number]!.receiveNothing() }
        let most = Int.random(in: network.receiveSizes, using: &network.generator)
        let count = min(available, buffer.count, most)
        for (index, byte) in network.sockets[number]!.toServer.prefix(count).enumerated() {
            buffer[index] = byte
        }
        network.sockets[number]!.toServer.removeFirst(count)
        network.passedByteCount += count
        return .received(count)
    }

    mutating func send(_ bytes: Span<UInt8>, to descriptor: FileDescriptor) -> SendOutcome {
        let number = descriptor.rawValue
        precondition(network.openDescriptors.contains(number), "EBADF")
        precondition(!bytes.isEmpty, "a send of nothing")
        precondition(!network.sockets[number]!.serverHasEnded, "a send after shutdown")
        network.sendCount += 1
        if let error = network.sockets[number]!.sendError() { return .failed(error) }
        let most = Int.random(in: network.sendSizes, using: &network.generator)
        let window = network.sockets[number]!.window
        let count = min(bytes.count, window, most)
        // As on Linux: a short send means that the socket is full, at least for now.
        if count == 0 { return .wouldBlock }
        bytes.withUnsafeBufferPointer { network.sockets[number]!.toClient += $0.prefix(count) }
        if window != .max { network.sockets[number]!.window = window - count }
        network.passedByteCount += count
        return .sent(count)
    }

    mutating func shutdownOutput(of socket: FileDescriptor) {
        network.sockets[socket.rawValue]!.serverHasEnded = true
    }

    mutating func close(_ descriptor: FileDescriptor) {
        network.watch(descriptor.rawValue, nil)
        if descriptor.rawValue == Self.reserve, network.hasReserve { network.descriptorsLeft += 1 }
        guard network.sockets[descriptor.rawValue] != nil else { return }
        precondition(
            network.openDescriptors.remove(descriptor.rawValue) != nil, "closed twice")
        network.sockets[descriptor.rawValue]!.isClosed = true
        if network.descriptorsLeft != .max { network.descriptorsLeft += 1 }
    }

    mutating func reset(_ socket: FileDescriptor) {
        network.sockets[socket.rawValue]!.wasReset = true
        close(socket)
    }

    mutating func connect(
        to address: ConnectAddress, from source: NetworkAddress?
    ) -> ConnectOutcome {
        guard network.descriptorsLeft > 0 else { return .failed(24) }
        let attempt = network.attempt(address)
        if case .failsAtOnce(let number) = attempt { return .failed(number) }
        network.nextDescriptor += 1
        network.descriptorsLeft -= 1
        var socket = SimulatedSocket()
        socket.attempt = attempt
        network.sockets[network.nextDescriptor] = socket
        network.openDescriptors.insert(network.nextDescriptor)
        network.connects.append((network.nextDescriptor, address, source))
        return .begun(FileDescriptor(rawValue: network.nextDescriptor))
    }

    mutating func takeError(of socket: FileDescriptor) -> Int32 {
        if case .fails(let number) = network.sockets[socket.rawValue]!.attempt { return number }
        return 0
    }

    mutating func beginResolution(_ name: String, ticket: UInt64, waking: FileDescriptor) {
        guard let found = network.names[name] else { return }
        network.resolutions.append(
            Resolution(ticket: ticket, status: found.status, addresses: found.addresses))
        network.hasWakeup = true
    }

    mutating func takeResolved() -> [Resolution] {
        defer { network.resolutions = [] }
        return network.resolutions
    }

    mutating func endResolutions() {}

    mutating func makeWakeup() throws(SystemError) -> FileDescriptor {
        FileDescriptor(rawValue: Self.wakeup)
    }

    mutating func clearWakeup(_ descriptor: FileDescriptor) { network.hasWakeup = false }

    mutating func makeSignalSource(_ signals: [Int32]) throws(SystemError) -> FileDescriptor {
        FileDescriptor(rawValue: Self.signals)
    }

    mutating func readSignal(_ descriptor: FileDescriptor) -> Int32? {
        network.pendingSignals.isEmpty ? nil : network.pendingSignals.removeFirst()
    }

    mutating func makeReserve() -> FileDescriptor? {
        if network.hasReserve, network.descriptorsLeft <= 0 { return nil }
        if network.hasReserve { network.descriptorsLeft -= 1 }
        return FileDescriptor(rawValue: Self.reserve)
    }

    mutating func raiseDescriptorLimit() -> Int { 10_000 }
}
