// A server's side of a script, on either kernel, and what surrounds it there.
import LinuxReactor
import Storage

/// The other ends of a machine's connections, and other processes.
protocol Surroundings: AnyObject {
    func address(of destination: Destination) -> ConnectAddress
    /// A client connects.
    func connect(_ number: Int, to listener: ListenerName, from source: NetworkAddress)
    /// The server has accepted a connection: returns which.
    func accepted(_ socket: FileDescriptor, _ peer: NetworkAddress, at listener: ListenerName)
        -> Int
    /// The server has begun a connection.
    func serverConnected(_ number: Int, _ socket: FileDescriptor, _ destination: Destination)
    func closedServer(_ number: Int)
    func closedListener(_ listener: ListenerName)

    func send(_ bytes: [UInt8], on number: Int) -> SendOutcome
    func receive(on number: Int, atMost limit: Int) -> (ReceiveOutcome, [UInt8])
    func endOutput(_ number: Int)
    func close(_ number: Int, resets: Bool)

    /// The server's socket takes little from now on, or as much as ever.
    func setNarrow(_ number: Int, _ isNarrow: Bool)
    func duplicate(_ number: Int)
    func closeDuplicate(_ number: Int)
    func wake(_ wakeup: FileDescriptor)

    /// Waits until everything that was sent has arrived. Returns whether it has.
    func settle() -> Bool
    /// What the other ends are ready for.
    func peers() -> [Event]
}

/// A machine that a script runs on.
struct Machine<K: Kernel & ~Copyable, World: Surroundings>: ~Copyable {
    var kernel: K
    let world: World
    let source: NetworkAddress
    private let poll: FileDescriptor
    private let wakeup: FileDescriptor
    private let listeners: [ListenerName: FileDescriptor]
    private var ready = ReadyEvents(capacity: 64)
    private var first = ReadyEvents(capacity: 1)
    private var sockets: [FileDescriptor] = Array(repeating: .none, count: 6)
    /// How many bytes each end has sent and received.
    private var sent: [[Int]] = Array(repeating: [0, 0], count: 6)
    private var received: [[Int]] = Array(repeating: [0, 0], count: 6)

    /// The connections whose sockets are full.
    private var full: Set<Int> = []
    /// Connections whose server has reset them: what was in its socket does not come any more.
    private var hasLost: Set<Int> = []

    init(
        _ kernel: consuming K, _ world: World, _ listeners: [ListenerName: FileDescriptor],
        poll: FileDescriptor, wakeup: FileDescriptor, from source: NetworkAddress
    ) {
        self.kernel = kernel
        self.world = world
        self.source = source
        self.listeners = listeners
        self.poll = poll
        self.wakeup = wakeup
    }

    /// Closes what the server has open.
    consuming func end(_ rules: Rules) {
        for (number, link) in rules.links.enumerated() where link?.serverIsOpen == true {
            kernel.reset(sockets[number])
        }
        kernel.close(wakeup)
        kernel.close(poll)
    }

    /// What epoll reports now, without waiting.
    mutating func events() -> [Event] {
        let count = kernel.wait(on: poll, into: &ready, timeout: 0)
        return (0..<count).map { Event(token: ready[$0].token, readiness: ready[$0].readiness) }
            .sorted()
    }

    mutating func perform(_ step: Step) -> Outcome {
        switch step {
        case .connect(let number, let listener):
            world.connect(number, to: listener, from: source)
        case .accept(let listener): return accept(listener)
        case .serverConnect(let number, let destination): return serverConnect(number, destination)
        case .send(let number, .server, _) where full.contains(number): return refill(number)
        case .send(let number, let side, let count): return send(number, side, count)
        case .receive(let number, let side, let limit): return receive(number, side, limit)
        case .fill(let number): return fill(number)
        case .drain(let number): return drain(number)
        case .endOutput(let number, .server): kernel.shutdownOutput(of: sockets[number])
        case .endOutput(let number, .peer): world.endOutput(number)
        case .close(let number, .server):
            kernel.close(sockets[number])
            world.closedServer(number)
        case .reset(let number, .server):
            full.remove(number)
            hasLost.insert(number)
            kernel.reset(sockets[number])
            world.closedServer(number)
        case .close(let number, .peer), .reset(let number, .peer):
            full.remove(number)
            world.close(number, resets: step == .reset(number, .peer))
        case .takeError(let number): return .failed(kernel.takeError(of: sockets[number]))
        case .watch(let watched, let change, let readiness, let token):
            return watch(watched, change, readiness, token)
        case .waitForEach: return waitForEach()
        case .duplicate(let number): world.duplicate(number)
        case .closeDuplicate(let number): world.closeDuplicate(number)
        case .closeListener(let listener):
            if case .local = listener { kernel.removeSocketFile(LinuxWorld.path) }
            kernel.close(listeners[listener]!)
            world.closedListener(listener)
        case .acknowledged(let number):
            return .count(kernel.acknowledgedByteCount(of: sockets[number]))
        case .limitUnsent(let number): kernel.limitUnsent(of: sockets[number], to: 5000)
        case .credentials(let number):
            return .credentials(kernel.peerCredentials(of: sockets[number]))
        case .wake: world.wake(wakeup)
        case .clearWakeup: kernel.clearWakeup(wakeup)
        }
        return .done
    }

    private mutating func accept(_ listener: ListenerName) -> Outcome {
        switch kernel.accept(on: listeners[listener]!) {
        case .accepted(let socket, let peer):
            let number = world.accepted(socket, peer, at: listener)
            sockets[number] = socket
            return .accepted(number, from: "\(peer.with(port: 0))")
        case .wouldBlock: return .wouldBlock
        case .skipped: return .done
        case .exhausted(let number), .failed(let number): return .failed(number)
        }
    }

    private mutating func serverConnect(_ number: Int, _ destination: Destination) -> Outcome {
        switch kernel.connect(to: world.address(of: destination), from: source) {
        case .begun(let socket):
            sockets[number] = socket
            world.serverConnected(number, socket, destination)
            return .done
        case .failed(let error): return .failed(error)
        }
    }

    private mutating func send(_ number: Int, _ side: Side, _ count: Int) -> Outcome {
        let bytes = Content.bytes(
            number, side, from: sent[number][Int(side.rawValue)], count: count)
        let outcome =
            side == .server
            ? kernel.send(bytes.span, to: sockets[number]) : world.send(bytes, on: number)
        switch outcome {
        case .sent(let taken):
            sent[number][Int(side.rawValue)] += taken
            return .sent(taken)
        case .wouldBlock: return .wouldBlock
        case .failed(let error): return .failed(error)
        }
    }

    private mutating func receive(_ number: Int, _ side: Side, _ limit: Int) -> Outcome {
        var bytes = [UInt8](repeating: 0, count: side == .server ? limit : 0)
        let outcome: ReceiveOutcome
        if side == .server {
            var span = bytes.mutableSpan
            outcome = kernel.receive(from: sockets[number], into: &span)
        } else {
            (outcome, bytes) = world.receive(on: number, atMost: limit)
        }
        switch outcome {
        case .received(let count):
            received[number][Int(side.rawValue)] += count
            return .received(count, checksum: Content.checksum(bytes.prefix(count)))
        case .wouldBlock: return .wouldBlock
        case .endOfStream: return .endOfStream
        case .failed(let error): return .failed(error)
        }
    }

    private mutating func fill(_ number: Int) -> Outcome {
        world.setNarrow(number, true)
        let outcome = refill(number)
        if outcome == .wouldBlock {
            full.insert(number)
        } else {
            world.setNarrow(number, false)
        }
        return outcome
    }

    /// Sends until there is no room, even when everything has been acknowledged.
    private mutating func refill(_ number: Int) -> Outcome {
        while true {
            _ = world.settle()
            var outcome = send(number, .server, 1000)
            guard case .sent = outcome else { return outcome }
            while case .sent = outcome { outcome = send(number, .server, 1000) }
        }
    }

    /// Fills what is full once more: TCP tries now and then whether the other end has room, and may
    /// get rid of a few bytes.
    mutating func refill() {
        for number in full { _ = refill(number) }
    }

    private mutating func drain(_ number: Int) -> Outcome {
        var last = ReceiveOutcome.wouldBlock
        var isSettled = false
        // Room at this end lets the rest come, which the other end has kept.
        repeat {
            isSettled = received[number][1] == sent[number][0] && world.settle()
            repeat {
                last = world.receive(on: number, atMost: 1 << 16).0
                if case .received(let count) = last { received[number][1] += count }
            } while last.isReceived
        } while !isSettled && last == .wouldBlock
        world.setNarrow(number, false)
        full.remove(number)
        let isComplete = !hasLost.contains(number) && received[number][1] == sent[number][0]
        // From here on both machines count the same bytes again.
        sent[number][0] = 1 << 20
        received[number][1] = 1 << 20
        return .drained(last, isComplete: isComplete)
    }

    private mutating func watch(
        _ watched: Watched, _ change: PollChange, _ readiness: Readiness, _ token: UInt64
    ) -> Outcome {
        let descriptor =
            switch watched {
            case .connection(let number): sockets[number]
            case .listener(let listener): listeners[listener]!
            case .wakeup: wakeup
            }
        do {
            try kernel.changePoll(poll, change, descriptor, for: readiness, token: token)
            return .done
        } catch {
            return .failed(error.number)
        }
    }

    private mutating func waitForEach() -> Outcome {
        var found: [Event] = []
        for _ in events() {
            guard kernel.wait(on: poll, into: &first, timeout: 0) == 1 else { continue }
            found.append(Event(token: first[0].token, readiness: first[0].readiness))
        }
        return .events(found.sorted())
    }
}

extension ReceiveOutcome {
    fileprivate var isReceived: Bool {
        if case .received = self { true } else { false }
    }
}
