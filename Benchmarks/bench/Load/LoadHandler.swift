// One generator as a WebSocket handler: it opens, begins, ends and reports; the load decides which
// messages are sent.
import LinuxReactor
import WebSocketServer

/// Runs one ``Load`` through its life: open → ready → warm up → measure → drain → report.
struct LoadHandler<L: Load>: MailHandler, OperationsHandler {
    typealias Mail = Order

    private enum Phase { case waiting, opening, ready, running, draining, over }

    private var state: LoadState
    private var load: L
    private var phase = Phase.waiting
    private var nextToConnect = 0
    private var nextProgress: UInt64 = 0
    private var drainUntil: UInt64 = 0
    /// The bytes on the wire when measuring began.
    private var wireBefore: (sent: UInt64, received: UInt64)?
    private let say: (Notice) -> Void

    init(_ plan: LoadPlan, say: @escaping (Notice) -> Void) throws {
        state = try LoadState(plan)
        load = L(plan)
        self.say = say
    }

    // MARK: Orders of the coordinator

    mutating func onMail(_ order: Order, _ io: inout ServerContext) {
        switch order {
        case .open:
            state.lastProgress = Clock.now
            phase = .opening
            if L.opensFirst { connectMore(&io) } else { becomeReady() }
        case .start(let timing):
            phase = .running
            state.timing = timing
            state.isSending = true
            load.begin(&state, &io)
        case .shorten(let timing):
            state.timing = timing
            state.isInterrupted = true
        case .tick: if phase == .running { load.tick(Clock.now, &state, &io) }
        case .stop: if phase != .over { end(&io) }
        }
    }

    /// Keeps some opening handshakes under way, so that none waits long in the server's backlog.
    private mutating func connectMore(_ io: inout ServerContext) {
        guard phase == .opening, L.opensFirst else { return }
        while nextToConnect < state.members.count,
            state.connectingCount < state.plan.connectingAtOnce
        {
            state.connect(nextToConnect, &io)
            nextToConnect += 1
        }
        if nextToConnect == state.members.count, state.connectingCount == 0 { becomeReady() }
    }

    private mutating func becomeReady() {
        phase = .ready
        say(.ready(progress))
    }

    // MARK: Connections

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        guard let member = state.member(id), phase != .over else { return }
        let now = Clock.now
        state.lastProgress = now
        state.tally.opened += 1
        state.tally.handshakes.record(now &- state.members[member].connectedAt)
        state.change(member, to: .joining)
        load.opened(member, &state, &io)
        connectMore(&io)
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        guard let member = state.member(id), phase != .over else { return }
        load.received(message, by: member, &state, &io)
        if phase == .opening { connectMore(&io) }
    }

    /// `onClose` reports the same.
    mutating func onError(_ id: ConnectionID, _ error: ConnectionError, _ io: inout ServerContext) {
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        guard let member = state.member(id), phase != .over else { return }
        let memberState = state.members[member].state
        let wasOpen = memberState == .joining || memberState == .ready
        state.change(member, to: .gone)
        if !load.closed(member, wasOpen: wasOpen, cause, &state, &io) {
            state.tally.fail(Self.name(of: cause, wasOpen: wasOpen))
        }
        connectMore(&io)
    }

    /// The kind of failure for an unexpected end.
    static func name(of cause: CloseCause, wasOpen: Bool) -> String {
        switch cause {
        case .endOfStream, .connectionLost: wasOpen ? "connections lost: \(cause)" : "\(cause)"
        default: wasOpen ? "connections closed: \(cause)" : "connections refused: \(cause)"
        }
    }

    // MARK: Time

    mutating func onTick(_ io: inout ServerContext) {
        let now = Clock.now
        switch phase {
        case .waiting, .over: return
        case .opening: giveUpOpening(now)
        case .ready: break
        case .running:
            load.tick(now, &state, &io)
            watchWire(now, io)
            let isAlone =
                L.opensFirst && !L.comesBack && state.readyCount == 0
                && state.connectingCount == 0
            if let timing = state.timing, now >= timing.measureUntil || isAlone {
                state.isSending = false
                phase = .draining
                drainUntil = now + UInt64(state.plan.drainSeconds * 1e9)
            }
        case .draining:
            load.tick(now, &state, &io)
        }
        if now >= nextProgress {
            nextProgress = now + 200_000_000
            say(.progress(progress))
        }
        // The coordinator ends a drain earlier if nothing is on its way any more.
        if phase == .draining, now >= drainUntil { end(&io) }
    }

    private mutating func watchWire(_ now: UInt64, _ io: borrowing ServerContext) {
        guard let timing = state.timing else { return }
        let (sent, received) = (io.statistics.bytesSentCount, io.statistics.bytesReceivedCount)
        if wireBefore == nil, now >= timing.measureFrom { wireBefore = (sent, received) }
        if let wireBefore, now >= timing.measureUntil {
            state.tally.wireSent = Int(sent - wireBefore.sent)
            state.tally.wireReceived = Int(received - wireBefore.received)
        }
    }

    /// Opening has made no progress for too long and is given up.
    private mutating func giveUpOpening(_ now: UInt64) {
        guard now > state.lastProgress,
            Double(now - state.lastProgress) / 1e9 > state.plan.openingPatience
        else { return }
        state.tally.fail(FailureKind.unfinished, state.members.count - state.readyCount)
        becomeReady()
    }

    private var progress: Progress {
        Progress(
            ready: state.readyCount, counted: state.tally.counted,
            failures: state.tally.failures.values.reduce(0, +), awaited: load.awaited(state))
    }

    private mutating func end(_ io: inout ServerContext) {
        phase = .over
        state.isSending = false
        load.finish(&state)
        say(.result(state.tally))
        io.stop(grace: .zero)
    }
}
