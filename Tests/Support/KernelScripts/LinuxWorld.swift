// What surrounds a server on Linux: its clients and the servers that it connects to are sockets of
// this process, on the loopback.
import Glibc
import LinuxReactor

final class LinuxWorld: Surroundings {
    /// The file of the server's local socket.
    static let path = "/tmp/kernel-scripts-\(getpid()).sock"
    private static let farPath = "/tmp/kernel-scripts-\(getpid())-far.sock"
    private static let stalePath = "/tmp/kernel-scripts-\(getpid())-stale.sock"

    private var kernel = LinuxKernel()
    /// The server's listeners. They live longer than a script, unless it closes them.
    private(set) var listeners: [ListenerName: FileDescriptor] = [:]
    private var addresses: [ListenerName: NetworkAddress] = [:]
    private let far: [Destination: FileDescriptor]
    private let farAddress: NetworkAddress
    private let refusing: NetworkAddress
    private let silent: NetworkAddress
    /// How often something had not arrived after two seconds.
    private(set) var unsettledCount = 0
    private(set) var links: [Link?] = Array(repeating: nil, count: 6)
    private let poll: FileDescriptor
    private var ready = ReadyEvents(capacity: 16)

    init() throws {
        let (network, address) = try kernel.listen(
            on: .tcp(host: "127.0.0.1", port: 0), backlog: 16, reusePort: false)
        let (local, _) = try kernel.listen(
            on: .unix(path: Self.farPath), backlog: 16, reusePort: false)
        far = [.network: network, .local: local]
        farAddress = address
        // A port where nobody listens, and a socket's file that nobody listens on any more.
        refusing = .ipv4(127, 0, 0, 1, port: Loopback.refusingPort())
        let (stale, _) = try kernel.listen(
            on: .unix(path: Self.stalePath), backlog: 1, reusePort: false)
        kernel.close(stale)
        // A listener whose queue is full: what else comes gets no answer.
        (_, silent) = try kernel.listen(
            on: .tcp(host: "127.0.0.1", port: 0), backlog: 0, reusePort: false)
        for _ in 0..<4 { _ = kernel.connect(to: .network(silent), from: nil) }
        poll = try kernel.makePoll()
    }

    /// Removes the files of local sockets.
    func end() {
        for path in [Self.path, Self.farPath, Self.stalePath] { kernel.removeSocketFile(path) }
    }

    /// Opens the listeners that the last script has closed.
    func begin() throws {
        for listener in ListenerName.allCases where listeners[listener] == nil {
            let address: ListenAddress =
                listener == .local ? .unix(path: Self.path) : .tcp(host: "127.0.0.1", port: 0)
            (listeners[listener], addresses[listener]) = try kernel.listen(
                on: address, backlog: 16, reusePort: false)
        }
    }

    /// Closes what the script has left at the other ends.
    func clear() {
        for number in links.indices {
            guard let link = links[number] else { continue }
            if link.peer != .none { kernel.reset(link.peer) }
            for duplicate in link.duplicates { kernel.reset(duplicate) }
            links[number] = nil
        }
        for listener in listeners.values {
            while case .accepted(let socket, _) = kernel.accept(on: listener) {
                kernel.reset(socket)
            }
        }
    }

    func address(of destination: Destination) -> ConnectAddress {
        switch destination {
        case .network: .network(farAddress)
        case .refusing: .network(refusing)
        case .silent: .network(silent)
        case .local: .local(path: Self.farPath)
        case .missing: .local(path: Self.farPath + ".missing")
        case .stale: .local(path: Self.stalePath)
        }
    }

    func connect(_ number: Int, to listener: ListenerName, from source: NetworkAddress) {
        let isLocal = listener == .local
        let address: ConnectAddress =
            isLocal ? .local(path: Self.path) : .network(addresses[listener]!)
        guard case .begun(let peer) = kernel.connect(to: address, from: isLocal ? nil : source)
        else { preconditionFailure("connect(2) on the loopback") }
        var link = Link(peer: peer, isLocal: isLocal, listener: listener)
        if !isLocal { link.port = Loopback.port(of: peer) }
        add(number, link)
    }

    private func add(_ number: Int, _ link: Link) {
        links[number] = link
        guard link.peer != .none else { return }
        let all: Readiness = [.readable, .writable, .peerEnded]
        do {
            try kernel.changePoll(poll, .add, link.peer, for: all, token: UInt64(number))
        } catch { preconditionFailure("\(error)") }
    }

    /// The port tells which client it is; local ones come in their order.
    func accepted(_ socket: FileDescriptor, _ peer: NetworkAddress, at listener: ListenerName)
        -> Int
    {
        let number = links.firstIndex { link in
            guard let link, link.listener == listener, link.server == nil else { return false }
            return listener == .local || link.port == peer.port
        }!
        links[number]!.server = socket
        return number
    }

    func serverConnected(_ number: Int, _ socket: FileDescriptor, _ destination: Destination) {
        var link = Link(isLocal: destination == .local)
        link.isPending = destination == .silent
        link.server = socket
        if let listener = far[destination] {
            repeat {
                guard case .accepted(let peer, _) = kernel.accept(on: listener) else { continue }
                link.peer = peer
            } while link.peer == .none
        }
        add(number, link)
    }

    func closedServer(_ number: Int) { links[number]!.server = FileDescriptor.none }

    func closedListener(_ listener: ListenerName) {
        listeners[listener] = nil
        for number in links.indices where links[number]?.listener == listener {
            if links[number]!.server == nil { closedServer(number) }
        }
    }

    func send(_ bytes: [UInt8], on number: Int) -> SendOutcome {
        kernel.send(bytes.span, to: links[number]!.peer)
    }

    func receive(on number: Int, atMost limit: Int) -> (ReceiveOutcome, [UInt8]) {
        var bytes = [UInt8](repeating: 0, count: limit)
        var span = bytes.mutableSpan
        let outcome = kernel.receive(from: links[number]!.peer, into: &span)
        guard case .received(let count) = outcome else { return (outcome, []) }
        return (outcome, Array(bytes.prefix(count)))
    }

    func endOutput(_ number: Int) { kernel.shutdownOutput(of: links[number]!.peer) }

    func close(_ number: Int, resets: Bool) {
        if resets { kernel.reset(links[number]!.peer) } else { kernel.close(links[number]!.peer) }
        links[number]!.peer = .none
        links[number]!.isFull = false
    }

    func setNarrow(_ number: Int, _ isNarrow: Bool) {
        links[number]!.isFull = isNarrow
        Loopback.setSendBuffer(of: links[number]!.server!, to: isNarrow ? 4608 : 200_000)
    }

    func duplicate(_ number: Int) {
        links[number]!.duplicates.append(Loopback.duplicate(links[number]!.server!))
    }

    func closeDuplicate(_ number: Int) { kernel.close(links[number]!.duplicates.removeLast()) }

    func wake(_ wakeup: FileDescriptor) { LinuxKernel.wake(wakeup) }

    func settle() -> Bool {
        let end = kernel.monotonicNow().advanced(by: .seconds(2))
        var count = 0
        for link in links where link?.isFull == true { link?.acknowledge() }
        while !links.allSatisfy({ $0?.isSettled ?? true }) {
            for link in links { link?.acknowledge() }
            count += 1
            // Nearly always the acknowledgements were all that was missing.
            guard count > 16 else { continue }
            sched_yield()
            if kernel.monotonicNow() > end {
                unsettledCount += 1
                return false
            }
        }
        return true
    }

    func peers() -> [Event] {
        let count = kernel.wait(on: poll, into: &ready, timeout: 0)
        return (0..<count).map { Event(token: ready[$0].token, readiness: ready[$0].readiness) }
            .sorted()
    }
}
