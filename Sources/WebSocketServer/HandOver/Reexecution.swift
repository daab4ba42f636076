// The way to another program, in steps between turns: check, wait for what is under way, execve(2);
// or, without a check, to the next process of the service, for which a store keeps everything.
//
// The state is written twice. The check needs a state, and takes as long as a program needs to
// start; the loop serves meanwhile, so what was checked is old by then. What is handed over is
// written when the check has said yes, in the moment before execve(2): the second writing is the
// price for a pause that does not depend on the check.
import LibC
import LinuxReactor
import Logging
import Storage

struct Reexecution {
    private enum Step {
        case begun
        /// The child checks; the loop is woken when it has.
        case checking
        case draining(until: Instant)
        /// Nothing new is let in that the next program would not know.
        case closing
    }

    /// What a step has led to.
    private enum Progress {
        case nextStep
        /// That needs another turn first.
        case turn
        /// The program was to check the state, and nothing else.
        case checked
        /// The store has everything: this process must end.
        case left
    }

    /// What has become of it so far.
    enum Outcome {
        case underWay
        /// The program was only to check, and has.
        case checked
        /// The next process has everything: the loop must end, without another turn.
        case left
    }

    /// What goes on with the connections.
    private enum Successor {
        case program(ProgramStart, ReexecRequest)
        case nextProcess(any DescriptorStore)
    }

    /// How long a handler that is not at rest serves on before it is asked again.
    private static let pause = Duration.milliseconds(20)

    private let successor: Successor
    /// For what is under way, and for the handler to come to rest.
    private let grace: Duration
    /// For the next program's log.
    private let programVersion: String
    private var step = Step.begun
    /// When the handler is asked again to come to rest, and until when: nil before the first time.
    private var nextTry: Instant?
    private var patienceEnds: Instant?
    /// Until when all ends must have come, once nothing new is let in.
    private var closeBy: Instant?

    init(_ request: ReexecRequest, programVersion: String) {
        self.programVersion = programVersion
        grace = request.reexec.grace
        let program = ProgramStart(
            path: request.reexec.executable ?? LinuxKernel.executablePath ?? "/proc/self/exe",
            arguments: request.reexec.arguments, environment: request.reexec.environment)
        successor = .program(program, request)
    }

    /// The way to the next process of the service.
    init(leavingIn store: any DescriptorStore, programVersion: String) {
        self.programVersion = programVersion
        grace = Reexec().grace
        successor = .nextProcess(store)
    }

    /// Whether it is the way to the next process.
    var isRestart: Bool {
        if case .nextProcess = successor { true } else { false }
    }

    /// Says that it has failed.
    func fail(_ failure: ReexecFailure, _ logger: Logger) {
        switch successor {
        case .program(let program, let request):
            logger.error(
                "\(program.path) does not take over. \(failure)",
                metadata: ["event": "reexec-failed"])
            request.onFailure(failure)
        case .nextProcess where failure == .stopping: return
        case .nextProcess:
            logger.warning(
                """
                The next process does not get the connections: they are closed with 1012. \(failure)
                """, metadata: ["event": "not-left"])
        }
    }

    /// Goes on as far as it can, after a turn. Throws what ends it: the server serves on then, and
    /// takes mail again.
    mutating func move<Handler: WebSocketHandler & ~Copyable>(
        _ core: inout ServerCore<LinuxKernel>, _ handler: inout Handler,
        _ requests: LoopRequests, _ mailbox: Mailbox<Handler._Mail>
    ) throws(ReexecFailure) -> Outcome {
        while true {
            switch try advance(&core, &handler, requests, mailbox) {
            case .nextStep: continue
            case .turn: return .underWay
            case .checked: return .checked
            case .left: return .left
            }
        }
    }

    private mutating func advance<Handler: WebSocketHandler & ~Copyable>(
        _ core: inout ServerCore<LinuxKernel>, _ handler: inout Handler,
        _ requests: LoopRequests, _ mailbox: Mailbox<Handler._Mail>
    ) throws(ReexecFailure) -> Progress {
        guard !core.io.isStopping, core.io.shutdown.request == nil else { throw .stopping }
        switch step {
        case .begun:
            guard case .program(let program, let request) = successor else {
                step = .draining(until: core.io.clock.now + grace)
                return .nextStep
            }
            guard !core.listening.listeners.isEmpty else { throw .notListening }
            guard !core.owesEnds else { return Self.takeTurn(core, requests) }
            guard try isAtRest(.check, &core, &handler, requests) else { return .turn }
            defer { handler._resumeAfterHandOver(&core.io) }
            // The handler may just have closed a connection.
            guard !core.owesEnds else { return Self.takeTurn(core, requests) }
            do throws(SystemError) {
                var state = state(&core, handler, core.kernel.monotonicNow())
                // The secrets of TLS connections are in it, and this process lives on.
                defer { state.handOver.wipeState() }
                try StateCheck.start(
                    program, StateFile.parts(state), within: request.reexec.checkDeadline,
                    requests)
            } catch { throw .system(error) }
            step = .checking
        case .checking:
            guard let verdict = requests.takeVerdict() else { return .turn }
            try verdict.get()
            if case .program(_, let request) = successor, let onChecked = request.reexec.onChecked {
                onChecked()
                return .checked
            }
            step = .draining(until: core.io.clock.now + grace)
        case .draining(let deadline):
            guard isFinished(&core, &handler, requests, before: deadline) else { return .turn }
            mailbox.refuse(true)
            core.endWhatCannotBeHandedOver()
            step = .closing
        case .closing:
            let end = closeBy ?? core.io.clock.now + grace
            closeBy = end
            guard core.io.clock.now <= end else { throw .busy(grace) }
            // In a turn since then another may have opened.
            core.closeWhatCannotBeHandedOver()
            guard !core.owesEnds, mailbox.count == 0 else { return Self.takeTurn(core, requests) }
            // What the handler does now is part of the pause.
            let leftAt = core.kernel.monotonicNow()
            guard try isAtRest(.takingOver, &core, &handler, requests) else { return .turn }
            // The handler may just have closed a connection.
            guard !core.owesEnds else {
                handler._resumeAfterHandOver(&core.io)
                return Self.takeTurn(core, requests)
            }
            let state = state(&core, handler, leftAt)
            // No process of a crash may go on with them beside the other one.
            let park = core.endParking(waitingFor: isRestart ? .milliseconds(500) : .zero)
            do throws(SystemError) {
                switch successor {
                case .program(let program, _): try execute(program, state, &core)
                case .nextProcess(let store): try leave(state, in: store, core.io.logger)
                }
            } catch {
                if let park { core.beginParking(in: park) }
                handler._resumeAfterHandOver(&core.io)
                throw .system(error)
            }
            return .left
        }
        return .nextStep
    }

    /// Whether nothing is under way any more that has an end of its own, or its time is over. That
    /// is looked at after each pause, since it takes a walk over all connections.
    private mutating func isFinished<Handler: WebSocketHandler & ~Copyable>(
        _ core: inout ServerCore<LinuxKernel>, _ handler: inout Handler, _ requests: LoopRequests,
        before deadline: Instant
    ) -> Bool {
        let now = core.io.clock.now
        guard now < deadline else {
            nextTry = nil
            return true
        }
        if now >= nextTry ?? now {
            if handler._prepareHandOver(.waiting, &core.io), !core.hasUnfinishedWork {
                nextTry = nil
                return true
            }
            nextTry = now + Self.pause
        }
        core.ticker.wake(at: min(nextTry ?? deadline, deadline))
        requests.lookAgain()
        return false
    }

    /// Asks the handler to come to rest, if that is due. Throws if it has taken too long.
    private mutating func isAtRest<Handler: WebSocketHandler & ~Copyable>(
        _ stage: HandOverStage, _ core: inout ServerCore<LinuxKernel>, _ handler: inout Handler,
        _ requests: LoopRequests
    ) throws(ReexecFailure) -> Bool {
        if core.io.clock.now >= nextTry ?? core.io.clock.now {
            if handler._prepareHandOver(stage, &core.io) {
                (nextTry, patienceEnds) = (nil, nil)
                return true
            }
            // The handler may have waited: the time of the turn is over.
            let now = core.kernel.monotonicNow()
            let end = patienceEnds ?? now + grace
            guard now < end else { throw .busy(grace) }
            (nextTry, patienceEnds) = (now + Self.pause, end)
        }
        core.ticker.wake(at: nextTry ?? core.io.clock.now)
        requests.lookAgain()
        return false
    }

    private static func takeTurn(
        _ core: borrowing ServerCore<LinuxKernel>, _ requests: LoopRequests
    ) -> Progress {
        requests.lookAgain()
        LinuxKernel.wake(core.wakeup)
        return .turn
    }

    private func state<Handler: WebSocketHandler & ~Copyable>(
        _ core: inout ServerCore<LinuxKernel>, _ handler: borrowing Handler, _ leftAt: Instant
    ) -> ProcessState {
        ProcessState(
            programVersion: programVersion, leftAt: leftAt,
            signalMask: LinuxKernel.processSignalMask, poll: core.poller.descriptor,
            listeners: core.listening.listeners,
            handOver: core.save { writer, io in handler._save(to: &writer, io) })
    }

    /// Leaves the connections to the next process. If this throws, everything is as it was. The
    /// listening sockets are the service manager's, or are bound again.
    private func leave(
        _ state: ProcessState, in store: any DescriptorStore, _ logger: Logger
    ) throws(SystemError) {
        var state = state
        state.listeners = []
        state.poll = nil
        try LeavingConnections.leave(state, in: store, attempt: .random(in: .min ... .max))
        logger.notice(
            "\(state.handOver.descriptors.count) connections wait for the next process.",
            metadata: ["event": "left"])
    }

    /// Lets the program take the place of this one. Returns only by an error, and then everything
    /// is as it was.
    private func execute(
        _ program: ProgramStart, _ state: ProcessState, _ core: inout ServerCore<LinuxKernel>
    ) throws(SystemError) {
        core.io.telemetry.logger.notice(
            "\(program.path) takes over \(state.handOver.descriptors.count) connections.",
            metadata: ["event": "reexec"])
        let file = try StateFile.parts(state).file()
        let kept = state.descriptors + [core.poller.descriptor, file.descriptor]
        defer { for descriptor in kept { try? LinuxKernel.keepOverExec(descriptor, false) } }
        for descriptor in kept { try LinuxKernel.keepOverExec(descriptor, true) }
        let left = core.leaveConnectionsWatched()
        defer { core.watchConnectionsAgain(left) }
        // What was printed and not written yet would be lost.
        fflush(nil)
        LinuxKernel.holdSignals(state.signalMask)
        let purpose = HandOverVariable.Purpose.takeOver(file.descriptor)
        let error = program.replaceProcess(variable: purpose.variable)
        LinuxKernel.releaseSignals()
        throw error
    }
}
