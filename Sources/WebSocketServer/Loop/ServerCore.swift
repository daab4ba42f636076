// The server's state over any kernel, and one turn of its loop: a flat list of bounded stages.
import LinuxReactor
import Logging
import WebSocketCore

/// The server without its handler's type: all its state, and the turn that moves it on.
///
/// It is generic over the ``Kernel`` alone, so that it is compiled for `LinuxKernel` in its own
/// module, and reaches the handler through one non-escaping call for each event. It is a value with
/// one owner: no reference counting and no run-time exclusivity checks on the hot path.
///
/// Each room adds its stages in its own extension; this file has the parts and their order.
package struct ServerCore<K: Kernel & ~Copyable>: ~Copyable {
    var kernel: K
    var poller: Poller
    /// The part that the handler may use: everything but the kernel, epoll(7) and the listening
    /// sockets.
    package var io: ServerContext
    package var listening: ListenerSet
    let upgrades: UpgradeRules
    var signals: SignalSet
    var ticker: Ticker
    /// An eventfd(2): readable when mail has come, and always writable, which the loop probe uses.
    package let wakeup: FileDescriptor
    var isAwoken = false
    var probe = LoopProbe()
    var memory = MemoryWatch()
    /// When subscribers that answer but take nothing last took something.
    var stalls: [ConnectionID: Stall] = [:]
    /// Whether ``checkInvariants(_:)`` runs after each turn: the simulation sets it.
    package var checksInvariants = false
    /// How the state is written and read; tests make up other versions.
    package var handOverForm = HandOverForm.current

    init(
        kernel: consuming K, poller: consuming Poller, io: consuming ServerContext,
        listening: consuming ListenerSet, signals: consuming SignalSet, wakeup: FileDescriptor,
        _ configuration: ServerConfiguration
    ) {
        ticker = Ticker(interval: configuration.tickInterval, from: io.clock.now)
        upgrades = UpgradeRules(configuration)
        self.kernel = kernel
        self.poller = poller
        self.io = io
        self.listening = listening
        self.signals = signals
        self.wakeup = wakeup
    }

    /// Waits for something to do, and does it.
    package mutating func turn(_ call: HandlerCall) {
        let isNewRound = !poller.hasEvents
        poller.wait(timeout: timeout(), &kernel)
        io.clock.read(&kernel)
        io.random.refill(&kernel)
        io.telemetry.statistics.turnCount += 1
        beginWork(isNewRound: isNewRound)

        io.applyPendingSettings()
        endEncrypted()
        decodePendingInput(call)
        dispatchEvents(call)
        serveWaiting(call)
        acceptConnections()
        expireDeadlines(call)
        tick(call)
        callPending(call)
        continueWork(call)
        finishUpgrades(call)
        moveShutdown(call)
        beginConnections(room: io.settings.connectionLimit - countedConnectionCount)
        flushQueued()
        let sweptCount = sweepTopics()
        probe.passed(sweptCount)
        watchMemory()
        reapConnections(call)
        reportRefusals(call)
        finishProbe(call)
        parkConnections(call)
        endWork()
        if checksInvariants { checkInvariants("between two turns") }
    }

    /// How long the loop may wait for events, in nanoseconds: 0 while work is left.
    private func timeout() -> UInt64? {
        let isIdle =
            io.connections.work.isEmpty && io.topics.isSettled && io.outgoing.isIdle
            && io.shutdown.request == nil && !poller.hasEvents && !io.wantsWork
            && io.pendingCalls.isEmpty && io.encryption.ended.isEmpty
            && io.recovery.stale.isEmpty
            && (listening.shares.waitingCount == 0 || listening.shares.servedAgainAt != nil)
        guard isIdle else { return 0 }
        var earliest = ticker.next
        if let deadline = io.connections.wheel.nextDeadline() { earliest = min(earliest, deadline) }
        if let resume = listening.resumeAt { earliest = min(earliest, resume) }
        if let repaid = listening.shares.servedAgainAt { earliest = min(earliest, repaid) }
        if let next = io.shutdown.progress?.nextStep { earliest = min(earliest, next) }
        return earliest.nanoseconds(since: io.clock.now)
    }

    /// Starts the handler: called once, before the first turn, by the thread that takes the turns.
    package mutating func start(_ call: HandlerCall) {
        signals.source?.unblock(&kernel)
        io.random.refill(&kernel)
        emit(.start, call)
        beginProbe()
    }

    /// Whether the server has stopped and no connection is left.
    package var isDone: Bool {
        io.shutdown.progress != nil && io.connections.slots.count == 0
    }

    /// Calls the handler for an event that is about no connection, or of which it throws nothing.
    mutating func emit(
        _ event: HandlerEvent, of id: ConnectionID? = nil, _ call: HandlerCall
    ) {
        do {
            try call(event, id ?? ConnectionID.none, &io)
        } catch {
            preconditionFailure("only callbacks about an open connection may throw")
        }
    }

    /// Closes what is left, once the loop has ended; but these sockets are not, for another server.
    package consuming func close(keeping sockets: [FileDescriptor] = []) {
        leaveRedis()
        io.tasks.close()
        for listener in listening.listeners where !sockets.contains(listener.descriptor) {
            listener.close(&kernel)
        }
        signals.source?.close(&kernel)
        if let reserve = listening.reserve { kernel.close(reserve) }
        kernel.endResolutions()
        kernel.close(wakeup)
        poller.close(&kernel)
    }
}
