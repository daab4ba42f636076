// One turn of the loop, from the wait to the last onClose, over any kernel.
import LinuxReactor
import Logging
import Storage
import WebSocketCore

/// The server without its handler's type: all its state, and the turn that moves it on.
///
/// It is generic over the ``Kernel`` alone, so that it is compiled for `LinuxKernel` in its own module,
/// and meets the handler through one non-escaping call an event. It is a value with one owner: no
/// reference counting and no run-time exclusivity checks on the hot path.
package struct ServerCore<K: Kernel & ~Copyable>: ~Copyable {
    var kernel: K
    var poller: Poller
    package var io: Outbound
    var receiveBuffer: ReceiveBuffer { io.receiveBuffer }
    /// Where several pieces of output are put together for one send.
    var gathered = ByteBuffer(minimumCapacity: Self.gatherByteCount * 2)
    static var gatherByteCount: Int { 64 * 1024 }

    package private(set) var listeners: [Listener]
    var readyListeners: [Int] = []
    /// When listeners that were paused for want of descriptors are listened to again.
    var resumeListenersAt: Instant?
    /// Before this nothing is said of a pause: there may be ten a second.
    private var nextPauseReport = Instant(nanoseconds: 0)
    var reserve: FileDescriptor?
    var admission = Admission()
    /// Connections that are there only to be told why they may not stay.
    var refusedCount = 0
    /// Connections of the people who run the server: they are not clients.
    var internalCount = 0
    var connectionLimit: Int { io.connectionLimit }
    /// What RLIMIT_NOFILE allows.
    private let descriptorCount: Int

    /// What is granted to those that offer compression; nil for nothing.
    let compression: DeflatePolicy?
    /// Those that the server speaks, the one it likes best first.
    let subprotocols: [String]
    private(set) var origin: OriginPolicy
    let proxies: TrustedProxies
    let tickInterval: Duration
    var nextTick: Instant
    var signals: SignalSource?
    private let stopSignals: [Int32]
    package let wakeup: FileDescriptor
    private var hasMail = false
    var roundTrip = RoundTrip()
    var stop: Stop?
    /// Why connections are closed while the server stops.
    var stopCause = CloseCause.stopping

    /// Tokens of epoll(7) that stand for no connection: their slot is one that no table reaches.
    static var signalSlot: UInt32 { UInt32.max }
    static var wakeupSlot: UInt32 { UInt32.max - 1 }
    static var firstListenerSlot: UInt32 { UInt32.max - 1024 }

    /// Opens the listening sockets and everything else that can fail; nothing is accepted yet.
    package init(
        _ kernel: consuming K, _ configuration: ServerConfiguration
    ) throws(SystemError) {
        Handshake.prepare()
        var kernel = kernel
        let limits = configuration.limits
        let descriptorCount = kernel.raiseDescriptorLimit()
        let now = kernel.monotonicNow()
        let wallClock = kernel.wallClockNow()
        let listeners = try Self.openListeners(&kernel, configuration)
        let wakeup = try kernel.makeWakeup()
        let poller = try Poller(&kernel)
        let reserve = kernel.makeReserve()
        let watchedSignals = configuration.stopSignals + configuration.signals
        let signals = watchedSignals.isEmpty ? nil : try SignalSource(watchedSignals, &kernel)
        try poller.watch(wakeup, for: .readable, token: UInt64(Self.wakeupSlot), &kernel)
        if let descriptor = signals?.descriptor {
            try poller.watch(descriptor, for: .readable, token: UInt64(Self.signalSlot), &kernel)
        }
        for (index, listener) in listeners.enumerated() {
            let token = Self.listenerToken(index)
            try poller.watch(listener.descriptor, for: .readable, token: token, &kernel)
        }
        self.init(
            kernel: kernel, poller: poller,
            io: Outbound(
                limits: limits, logger: configuration.logger, now: now, wallClock: wallClock),
            listeners: listeners, reserve: reserve, signals: signals, wakeup: wakeup,
            descriptorCount: descriptorCount, configuration)
    }

    private init(
        kernel: consuming K, poller: consuming Poller, io: consuming Outbound,
        listeners: [Listener], reserve: FileDescriptor?, signals: SignalSource?,
        wakeup: FileDescriptor, descriptorCount: Int, _ configuration: ServerConfiguration
    ) {
        proxies = configuration.trustedProxies
        nextTick = io.now + configuration.tickInterval
        self.descriptorCount = descriptorCount
        stopSignals = configuration.stopSignals
        self.kernel = kernel
        self.poller = poller
        self.io = io
        self.io.connectionLimit = Self.connectionLimit(
            self.io.limits, descriptors: descriptorCount)
        self.listeners = listeners
        self.reserve = reserve
        self.signals = signals
        self.wakeup = wakeup
        compression = configuration.compression
        subprotocols = configuration.subprotocols
        origin = configuration.origin
        tickInterval = configuration.tickInterval
    }

    /// What RLIMIT_NOFILE allows, less a reserve for listeners, files, the control socket and
    /// connections that are let in only to be told that there is no room.
    private static func connectionLimit(_ limits: Limits, descriptors: Int) -> Int {
        limits.connectionCount ?? max(1, descriptors - min(96, descriptors / 4))
    }

    private static func openListeners(
        _ kernel: inout K, _ configuration: ServerConfiguration
    ) throws(SystemError) -> [Listener] {
        var listeners: [Listener] = []
        for passed in configuration.passedSockets {
            let address = try kernel.adoptListener(passed.descriptor)
            listeners.append(
                Listener(descriptor: passed.descriptor, address: address, name: passed.name))
        }
        let passedCount = listeners.count
        for (kind, address) in configuration.allAddresses {
            do {
                let (descriptor, bound) = try kernel.listen(
                    on: address, backlog: configuration.backlog, reusePort: configuration.reusePort)
                listeners.append(
                    Listener(
                        descriptor: descriptor, address: bound, name: kind.name,
                        path: address.path))
            } catch {
                // Who tries again finds them free.
                for listener in listeners[passedCount...] { listener.close(&kernel) }
                throw error
            }
        }
        return listeners
    }

    private static func listenerToken(_ index: Int) -> UInt64 {
        UInt64(firstListenerSlot) + UInt64(index)
    }

    // MARK: The turn

    /// Waits for something to do, and does it.
    package mutating func turn(_ call: HandlerCall) {
        poller.wait(timeout: timeout(), &kernel)
        io.now = kernel.monotonicNow()
        io.wallClock = kernel.wallClockNow()
        io.refillChance(&kernel)
        io.statistics.turnCount += 1

        takeOverRules()
        decodeKept(call)
        serveEvents(call)
        acceptConnections()
        expireTimers(call)
        tick(call)
        if hasMail {
            hasMail = false
            kernel.clearWakeup(wakeup)
            takeLookUps()
            emit(.mail, call)
        }
        moveStop(call)
        beginConnections()
        flushOutput()
        finishConnections(call)
        tellRefusals(call)
        finishRoundTrip(call)
    }

    /// How long nothing needs to be done unless the kernel says so.
    private func timeout() -> UInt64? {
        if !io.queued.isEmpty || !io.queuedLanes.isEmpty || !io.finishing.isEmpty
            || !io.resuming.isEmpty || poller.hasEvents || io.stopRequest != nil
            || !io.dialing.isEmpty
        {
            return 0
        }
        var earliest = nextTick
        if let deadline = io.wheel.nextDeadline() { earliest = min(earliest, deadline) }
        if let resume = resumeListenersAt { earliest = min(earliest, resume) }
        if let next = stop?.nextStep { earliest = min(earliest, next) }
        return earliest.nanoseconds(since: io.now)
    }

    private mutating func serveEvents(_ call: HandlerCall) {
        var budget = io.limits.readByteBudget
        while budget > 0, let (token, readiness) = poller.takeEvent() {
            let slot = UInt32(truncatingIfNeeded: token)
            guard slot < Self.firstListenerSlot else {
                serveSpecialEvent(slot, readiness, call)
                continue
            }
            let generation = UInt32(truncatingIfNeeded: token >> 32)
            // An event of this wait may be about a connection that an earlier one has ended.
            guard Int(slot) < io.connections.bound,
                UInt32(truncatingIfNeeded: io.connections[slot].resourceId) == generation,
                io.connections[slot].phase != .free
            else { continue }
            if readiness.contains(.writable) { becameWritable(slot, call) }
            if !readiness.isDisjoint(with: [.readable, .failed]) {
                becameReadable(slot, failed: !readiness.isDisjoint(with: .failed), &budget, call)
            }
        }
    }

    private mutating func serveSpecialEvent(
        _ slot: UInt32, _ readiness: Readiness, _ call: HandlerCall
    ) {
        switch slot {
        case Self.wakeupSlot:
            if readiness.contains(.readable) { hasMail = true }
            if readiness.contains(.writable) { roundTripCameBack() }
        case Self.signalSlot: serveSignals(call)
        default: readyListeners.append(Int(slot - Self.firstListenerSlot))
        }
    }

    private mutating func serveSignals(_ call: HandlerCall) {
        while let signal = signals?.next(&kernel) {
            if stopSignals.contains(signal) {
                // A second signal, from somebody who does not want to wait, ends the grace.
                io.stop(grace: io.isStopping ? .zero : .seconds(5))
            } else {
                emit(.signal(signal), call)
            }
        }
    }

    private mutating func tick(_ call: HandlerCall) {
        guard io.now >= nextTick else { return }
        nextTick = io.now + tickInterval
        emit(.tick, call)
        beginRoundTrip()
    }

    /// Puts the limits into force that the handler has asked for.
    private mutating func takeOverRules() {
        guard let new = io.newRules else { return }
        io.newRules = nil
        io.takeOver(new.limits)
        io.connectionLimit = Self.connectionLimit(new.limits, descriptors: descriptorCount)
        origin = new.origin
    }

    /// Lets the handler begin: called once, before the first turn.
    package mutating func start(_ call: HandlerCall) {
        io.refillChance(&kernel)
        emit(.start, call)
        beginRoundTrip()
    }

    /// Calls the handler about no connection in particular.
    mutating func emit(_ event: HandlerEvent, _ call: HandlerCall) {
        do {
            try call(event, ConnectionID(resourceId: 0, slot: .max), &io)
        } catch {
            preconditionFailure("only callbacks about a connection may throw")
        }
    }

    /// Closes what is left, once the loop has ended.
    package consuming func close() {
        for listener in listeners { listener.close(&kernel) }
        if let descriptor = signals?.descriptor { kernel.close(descriptor) }
        if let reserve { kernel.close(reserve) }
        kernel.endLookUps()
        kernel.close(wakeup)
        poller.close(&kernel)
    }

    // MARK: Listeners

    /// Stops accepting for a while; once a minute it is said why.
    mutating func pauseListeners(because reason: Logger.Message) {
        guard resumeListenersAt == nil else { return }
        if io.now >= nextPauseReport {
            nextPauseReport = io.now + .seconds(60)
            io.logger.warning(reason, metadata: ["event": "accepting-paused"])
        }
        resumeListenersAt = io.now + .milliseconds(100)
        for index in listeners.indices where !listeners[index].isPaused {
            listeners[index].isPaused = true
            poller.change(
                listeners[index].descriptor, to: [], token: Self.listenerToken(index), &kernel)
        }
    }

    mutating func resumeListeners() {
        guard let time = resumeListenersAt, io.now >= time else { return }
        resumeListenersAt = nil
        if reserve == nil { reserve = kernel.makeReserve() }
        for index in listeners.indices where listeners[index].isPaused {
            listeners[index].isPaused = false
            poller.change(
                listeners[index].descriptor, to: .readable, token: Self.listenerToken(index),
                &kernel)
        }
    }

    /// Closes the listening sockets for good.
    mutating func closeListeners() {
        for listener in listeners { listener.close(&kernel) }
        listeners = []
        readyListeners = []
        resumeListenersAt = nil
    }
}

/// How much of each table is in use: what tests look at for leaks.
package struct TakenCounts: Equatable, Sendable {
    package var connections = 0
    package var exchanges = 0
    package var dials = 0
    package var topics = 0
    package var lanes = 0
    package var subscriptions = 0
    package var compressions = 0

    package init(topics: Int = 0) { self.topics = topics }
}

extension ServerCore where K: ~Copyable {
    package var takenCounts: TakenCounts {
        var counts = TakenCounts()
        counts.connections = io.connections.takenCount
        counts.exchanges = io.exchanges.takenCount
        counts.dials = io.dials.takenCount
        counts.topics = io.topics.takenCount
        counts.lanes = io.lanes.takenCount
        counts.subscriptions = io.subscriptions.takenCount
        counts.compressions = io.compressions.takenCount
        return counts
    }
}
