// What surrounds a server on the simulated machine.
import Glibc
import LinuxReactor
import WebSocketServerTesting

final class SimulatedWorld: Surroundings {
    let network: SimulatedNetwork
    private(set) var sockets: [Int32?] = Array(repeating: nil, count: 6)
    private var closedPeers: Set<Int> = []
    // What faults keep from before a step until after it.
    var kept: (socket: Int32, interest: Readiness, token: UInt64)?
    var wasAwoken = false

    init(_ network: SimulatedNetwork) {
        self.network = network
        // Scripts also do what no server of ours does.
        network.isStrict = false
        network.attempt = { [unowned self] in attempt($0) }
    }

    private static let destinations: [Destination: ConnectAddress] = [
        .network: .network(.ipv4(127, 0, 0, 1, port: 1)),
        .refusing: .network(.ipv4(127, 0, 0, 1, port: 2)),
        .silent: .network(.ipv4(127, 0, 0, 1, port: 3)),
        .local: .local(path: "local"), .missing: .local(path: "missing"),
        .stale: .local(path: "stale"),
    ]

    func address(of destination: Destination) -> ConnectAddress { Self.destinations[destination]! }

    private func attempt(_ address: ConnectAddress) -> Attempt {
        switch Self.destinations.first(where: { $0.value == address })!.key {
        case .network, .local: .succeeds
        case .refusing: .fails(ECONNREFUSED)
        case .silent: .pending
        case .missing: .failsAtOnce(ENOENT)
        case .stale: .failsAtOnce(ECONNREFUSED)
        }
    }

    func connect(_ number: Int, to listener: ListenerName, from source: NetworkAddress) {
        let peer = listener == .local ? NetworkAddress(family: .local) : source
        let socket = network.connect(from: peer, toListener: listener.rawValue)
        sockets[number] = socket
        if listener == .local { network.credentials[socket] = Self.ownCredentials }
    }

    /// The scripts' local clients are in this process.
    private static let ownCredentials: PeerCredentials = {
        var groups = [gid_t](repeating: 0, count: 1024)
        let count = getgroups(1024, &groups)
        return PeerCredentials(
            process: getpid(), user: geteuid(), group: getegid(),
            groups: Array(groups.prefix(Int(count))))
    }()

    func accepted(_ socket: FileDescriptor, _ peer: NetworkAddress, at listener: ListenerName)
        -> Int
    {
        sockets.firstIndex(of: socket.rawValue)!
    }

    func serverConnected(_ number: Int, _ socket: FileDescriptor, _ destination: Destination) {
        sockets[number] = socket.rawValue
        guard destination == .refusing || destination == .silent else { return }
        closedPeers.insert(number)
        network.sockets[socket.rawValue]!.peer.isClosed = true
    }

    func closedServer(_ number: Int) {}

    func closedListener(_ listener: ListenerName) {}

    func send(_ bytes: [UInt8], on number: Int) -> SendOutcome {
        let isLocal = state(number).isLocal
        if let error = network.sockets[sockets[number]!]!.peer.sendError(isLocal: isLocal) {
            return .failed(error)
        }
        network.send(bytes, on: sockets[number]!)
        return .sent(bytes.count)
    }

    func receive(on number: Int, atMost limit: Int) -> (ReceiveOutcome, [UInt8]) {
        let socket = sockets[number]!
        let bytes = Array(state(number).peer.input.prefix(limit))
        if bytes.isEmpty {
            let isLocal = state(number).isLocal
            return (network.sockets[socket]!.peer.receiveNothing(isLocal: isLocal), [])
        }
        network.sockets[socket]!.peer.input.removeFirst(bytes.count)
        return (.received(bytes.count), bytes)
    }

    func endOutput(_ number: Int) { network.sockets[sockets[number]!]!.endPeerOutput() }

    func isPeerClosed(_ number: Int) -> Bool { closedPeers.contains(number) }

    func close(_ number: Int, resets: Bool) {
        closedPeers.insert(number)
        network.sockets[sockets[number]!]!.closePeer(resets: resets)
    }

    func setNarrow(_ number: Int, _ isNarrow: Bool) {
        network.sockets[sockets[number]!]!.window = isNarrow ? 3000 : .max
    }

    func duplicate(_ number: Int) { network.duplicate(sockets[number]!) }

    func closeDuplicate(_ number: Int) { network.closeDuplicate(sockets[number]!) }

    func wake(_ wakeup: FileDescriptor) {
        network.hasWakeup = true
        wasAwoken = true
    }

    func settle() -> Bool { true }

    func peers() -> [Event] {
        sockets.indices.compactMap { number in
            guard sockets[number] != nil, !state(number).peer.isClosed else { return nil }
            let ready = state(number).peer.readiness(
                isLocal: state(number).isLocal, hasRoom: true)
            return ready.isEmpty ? nil : Event(token: UInt64(number), readiness: ready)
        }
    }

    private func state(_ number: Int) -> SimulatedSocket { network.sockets[sockets[number]!]! }
}
