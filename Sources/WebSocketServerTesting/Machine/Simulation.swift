// The real server core on the simulated machine, with a handler that the test writes.
import LinuxReactor
import WebSocketServer

/// A server and its network. It is the one engine of ``SimulatedServer`` and of Roost's own tests.
package struct Simulation<Handler: WebSocketHandler & ~Copyable>: ~Copyable {
    package let network: SimulatedNetwork
    package var core: ServerCore<SimulatedKernel>
    package var handler: Handler
    package let mailbox: Mailbox<Handler._Mail>
    /// Configuration that the next process starts with, too.
    package var configuration: ServerConfiguration
    /// Sees each event before the handler does, with the socket of its connection.
    package var observe: ((HandlerEvent, ConnectionID, FileDescriptor?) -> Void)?
    /// The form in which the next process writes and reads its state.
    package var nextForm = HandOverForm.current
    /// Takes no more turns once the server has stopped, as a real one does.
    package var endsWhenDone = false

    package init(
        _ handler: consuming Handler, _ configuration: ServerConfiguration,
        on network: SimulatedNetwork
    ) throws(SystemError) {
        self.network = network
        let shared = UncheckedNetwork(network: network)
        core = try ServerCore(
            SimulatedKernel(network: network), configuration, wake: shared.wake)
        if network.isEncrypted {
            core.skipHandshakes(to: SimulatedEncryption.serverLayer)
            let listeners = core.listening.listeners
            network.encryptedListeners = Set(
                listeners.indices.filter { listeners[$0].kind == .tls })
        }
        core.handsRequestsOver(Handler._isHandedOver)
        self.configuration = configuration
        self.handler = handler
        mailbox = Mailbox(descriptor: core.wakeup, wake: shared.wake)
        start()
    }

    /// Starts the handler.
    package mutating func start() {
        core.start { event, id, io throws(Disconnect) in
            try handler.handle(event, id, &io, mailbox)
        }
    }

    /// What this process hands to the next one.
    package mutating func save() -> HandOver {
        while core.owesEnds { turn() }
        return core.save { writer, io in handler._save(to: &writer, io) }
    }

    /// Another process takes over, with the handler that is there now, as if the server had been
    /// replaced while it runs.
    package mutating func restore(_ handOver: HandOver) throws {
        // As the child does that checks a state: in a server that listens nowhere.
        var elsewhere = configuration
        elsewhere.addresses = []
        elsewhere.addressesByKind = [:]
        elsewhere.passedSockets = []
        var checked = try ServerCore(
            SimulatedKernel(network: SimulatedNetwork(seed: 1)), elsewhere, wake: { _ in })
        checked.handOverForm = nextForm
        _ = try checked.checkTables(of: handOver)
        network.unwatchAll()
        network.listenAddresses = []
        var next = try ServerCore(
            SimulatedKernel(network: network), configuration,
            wake: UncheckedNetwork(network: network).wake)
        next.handOverForm = nextForm
        try next.restore(handOver) { reader, io throws(StateError) in
            try handler._restore(from: &reader, &io)
        }
        next.handsRequestsOver(Handler._isHandedOver)
        next.checksInvariants = core.checksInvariants
        if network.isEncrypted { next.skipHandshakes(to: SimulatedEncryption.serverLayer) }
        core = next
        // Connections that were not handed over ended with the process before.
        let handed = Set(handOver.descriptors.map(\.rawValue))
        for socket in network.openDescriptors where !handed.contains(socket) {
            network.abandon(socket)
        }
    }

    /// Another process takes over with the same handler.
    package mutating func handOver() throws { try restore(save()) }

    /// Calls a closure with the handler and the server's state, between two turns.
    package mutating func perform<Result>(
        _ body: (inout Handler, inout ServerContext) throws -> Result
    ) rethrows -> Result {
        try body(&handler, &core.io)
    }

    /// Closes the server, whatever it has open.
    package consuming func end() { core.close() }

    /// One turn of the server.
    package mutating func turn() {
        network.bufferByteCount = core.heldByteCount
        let observe = observe
        core.turn { event, id, io throws(Disconnect) in
            observe?(event, id, io.descriptor(of: id))
            try handler.handle(event, id, &io, mailbox)
        }
        network.afterTurn?()
    }

    private var isOver: Bool { endsWhenDone && core.isDone }

    /// Turns until nothing is left to do at this instant of the virtual clock.
    package mutating func settle() {
        network.mayPass = false
        network.isIdle = false
        var watch = SpinWatch()
        while !network.isIdle, !isOver {
            turn()
            watch.turned(network)
        }
    }

    /// Turns until this much virtual time has passed, up to the end of the wait that reaches it.
    package mutating func run(for duration: Duration) {
        let end = network.clock + duration
        network.mayPass = true
        while network.clock < end {
            let before = network.clock
            var watch = SpinWatch()
            while network.clock == before, !isOver {
                turn()
                watch.turned(network)
            }
            if isOver { network.clock = end }
        }
        settle()
    }

    /// Turns until exactly this much virtual time has passed.
    package mutating func advance(by duration: Duration) {
        network.clockLimit = network.clock + duration
        run(for: duration)
        network.clockLimit = Instant(nanoseconds: .max)
    }
}

/// The simulation runs on one thread; this states it for the mailbox, whose wake-up is atomic.
package struct UncheckedNetwork: @unchecked Sendable {
    package let network: SimulatedNetwork

    package init(network: SimulatedNetwork) { self.network = network }

    @Sendable package func wake(_ descriptor: FileDescriptor) { network.hasWakeup = true }
}

/// Ends the process when the loop keeps turning without progress.
private struct SpinWatch {
    private var turnCount = 0
    private var idleTurnCount = 0
    private var passedByteCount = 0

    mutating func turned(_ network: SimulatedNetwork) {
        if network.passedByteCount != passedByteCount { idleTurnCount = 0 }
        passedByteCount = network.passedByteCount
        idleTurnCount += 1
        turnCount += 1
        precondition(idleTurnCount < 10_000 && turnCount < 10_000_000, Self.explanation)
    }

    private static let explanation = """
        The simulated server has taken thousands of turns at one moment, and still has work. The \
        handler makes work for itself: it calls io.continueLater() in each onWork, or posts mail \
        to its own mailbox in each onMail. In a real server that would use a whole processor.
        """
}
