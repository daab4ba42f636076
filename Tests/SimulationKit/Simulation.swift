// The real server core on the simulated machine, with a handler that the test writes.
import LinuxReactor
import Logging
import WebSocketCore

@testable import WebSocketServer

/// A server, its network and the record of events.
struct Simulation<Handler: WebSocketHandler & ~Copyable>: ~Copyable {
    let network: SimulatedNetwork
    var core: ServerCore<SimulatedKernel>
    var handler: Handler
    let mailbox: Mailbox<Handler._Mail>
    /// Configuration that the next process starts with, too.
    var configuration: ServerConfiguration

    init(
        _ handler: consuming Handler, seed: UInt64 = 1, limits: Limits = Limits(),
        origin: OriginPolicy = .sameHost, logger: Logger? = nil,
        memoryHigh: Int? = nil, configure: (inout ServerConfiguration) -> Void = { _ in }
    ) throws {
        network = SimulatedNetwork(seed: seed)
        network.memoryHigh = memoryHigh
        var configuration = ServerConfiguration()
        configuration.limits = limits
        configuration.origin = origin
        configuration.stopSignals = [.terminate]
        configuration.signals = [1]
        configuration.logger =
            logger ?? Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
        configure(&configuration)
        let shared = UncheckedNetwork(network: network)
        core = try ServerCore(
            SimulatedKernel(network: network), configuration, wake: shared.wake)
        core.checksInvariants = true
        self.configuration = configuration
        self.handler = handler
        mailbox = Mailbox(descriptor: core.wakeup, wake: shared.wake)
        core.start { event, id, io throws(Disconnect) in
            try self.handler.handle(event, id, &io, mailbox)
        }
    }

    /// Another process takes over, as if the server had been replaced while it runs.
    mutating func handOver() throws {
        while core.owesEnds { turn() }
        let handOver = core.save { writer, io in handler._save(to: &writer, io) }
        network.unwatchAll()
        network.listenAddresses = []
        var next = try ServerCore(
            SimulatedKernel(network: network), configuration,
            wake: UncheckedNetwork(network: network).wake)
        try next.restore(handOver) { reader, io throws(StateError) in
            try handler._restore(from: &reader, &io)
        }
        core = next
        core.checksInvariants = true
        // Connections that were not handed over ended with the process before.
        let handed = Set(handOver.descriptors.map(\.rawValue))
        for socket in network.openDescriptors where !handed.contains(socket) {
            network.abandon(socket)
        }
    }

    /// Closes the server, whatever it has open.
    consuming func end() { core.close() }

    /// One turn of the server.
    mutating func turn() {
        network.bufferByteCount = core.heldByteCount
        core.turn { event, id, io throws(Disconnect) in
            try handler.handle(event, id, &io, mailbox)
        }
    }

    /// Turns until nothing is left to do at this instant of the virtual clock.
    mutating func settle() {
        network.mayPass = false
        network.isIdle = false
        var watch = SpinWatch()
        while !network.isIdle {
            turn()
            watch.turned(network)
        }
    }

    /// Turns until this much virtual time has passed.
    mutating func run(for duration: Duration) {
        let end = network.clock + duration
        network.mayPass = true
        while network.clock < end {
            let before = network.clock
            var watch = SpinWatch()
            while network.clock == before {
                turn()
                watch.turned(network)
            }
        }
        settle()
    }

    /// Connects a client and completes its handshake, with these further fields.
    mutating func open(
        from peer: NetworkAddress = .ipv4(127, 0, 0, 1, port: 9999), fields: [String] = []
    ) -> SimulatedClient {
        let socket = network.connect(from: peer)
        network.send(Array(SimulatedClient.handshake(fields).utf8), on: socket)
        settle()
        return SimulatedClient(network: network, socket: socket)
    }

    /// Whether the client's connection has negotiated permessage-deflate.
    func isCompressed(_ client: SimulatedClient) -> Bool {
        core.io.connections.slots.indices.contains {
            core.io.connections.slots[$0].descriptor.rawValue == client.socket
                && core.io.connections.slots[$0].compression != .none
        }
    }

    /// Connects a client that offers permessage-deflate with these parameters, by default those of
    /// browsers. `windowBits` is the window that they allow the server, `keptWindowBits` the window
    /// that the client keeps between messages, if any.
    mutating func openCompressed(
        _ parameters: String = "client_max_window_bits", windowBits: Int = 15,
        keptWindowBits: Int? = nil
    ) -> SimulatedClient {
        let offer = parameters.isEmpty ? "" : "; \(parameters)"
        let client = open(fields: ["Sec-WebSocket-Extensions: permessage-deflate\(offer)"])
        return SimulatedClient(
            network: network, socket: client.socket, windowBits: windowBits,
            keptWindowBits: keptWindowBits)
    }
}

/// The simulation runs on one thread; this states it for the mailbox.
struct UncheckedNetwork: @unchecked Sendable {
    let network: SimulatedNetwork

    @Sendable func wake(_ descriptor: FileDescriptor) { network.hasWakeup = true }
}

/// Ends the process when the loop keeps turning without progress.
private struct SpinWatch {
    private var turnCount = 0
    private var passedByteCount = 0

    mutating func turned(_ network: SimulatedNetwork) {
        if network.passedByteCount != passedByteCount { turnCount = 0 }
        passedByteCount = network.passedByteCount
        turnCount += 1
        precondition(turnCount < 10_000, "the loop spins")
    }
}

extension ServerCore where K: ~Copyable {
    /// The memory of all buffers of connections and topics: what a process counts for all of its
    /// servers together.
    var heldByteCount: Int {
        var count = 0
        for slot in io.connections.slots.indices where io.connections.slots[slot].phase != .free {
            count += pinnedByteCount(slot)
            if io.connections.slots[slot].delivery.isBlocked {
                count -= io.topics.backlogByteCount(io.connections.slots[slot].delivery)
            }
        }
        for variant in io.topics.variants.indices {
            count += io.topics.variants[variant].log.capacity
        }
        return count
    }
}
