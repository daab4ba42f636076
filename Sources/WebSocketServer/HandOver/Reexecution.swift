// The way to another program, in steps between turns: check, wait for what is under way, execve(2).
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

    private let request: ReexecRequest
    private let program: ProgramStart
    /// For the next program's log.
    private let programVersion: String
    private var step = Step.begun

    init(_ request: ReexecRequest, programVersion: String) {
        self.request = request
        self.programVersion = programVersion
        program = ProgramStart(
            path: request.reexec.executable ?? LinuxKernel.executablePath ?? "/proc/self/exe",
            arguments: request.reexec.arguments, environment: request.reexec.environment)
    }

    /// Says that it has failed.
    func fail(_ failure: ReexecFailure, _ logger: Logger) {
        logger.error(
            "\(program.path) does not take over. \(failure)", metadata: ["event": "reexec-failed"])
        request.onFailure(failure)
    }

    /// Goes on as far as it can, after a turn. Throws what ends it; the server serves on then.
    mutating func move<Mail>(
        _ core: inout ServerCore<LinuxKernel>, _ requests: LoopRequests, _ mailbox: Mailbox<Mail>,
        _ saveHandler: (inout StateWriter, borrowing ServerContext) -> Void
    ) throws(ReexecFailure) {
        do throws(ReexecFailure) {
            while try advance(&core, requests, mailbox, saveHandler) {}
        } catch {
            if case .closing = step {
                mailbox.refuse(false)
                // A thread whose mail was refused may have left something beside it.
                core.io.pendingCalls.insert(.mail)
            }
            throw error
        }
    }

    /// Takes a step; returns false if that needs another turn first.
    private mutating func advance<Mail>(
        _ core: inout ServerCore<LinuxKernel>, _ requests: LoopRequests, _ mailbox: Mailbox<Mail>,
        _ saveHandler: (inout StateWriter, borrowing ServerContext) -> Void
    ) throws(ReexecFailure) -> Bool {
        guard !core.io.isStopping, core.io.shutdown.request == nil else { throw .stopping }
        switch step {
        case .begun:
            guard !core.listening.listeners.isEmpty else { throw .notListening }
            guard !core.owesEnds else { return Self.takeTurn(core, requests) }
            do throws(SystemError) {
                try StateCheck.start(
                    program, StateFile.parts(state(&core, saveHandler)),
                    within: request.reexec.checkDeadline, requests)
            } catch { throw .system(error) }
            step = .checking
        case .checking:
            guard let verdict = requests.takeVerdict() else { return false }
            try verdict.get()
            step = .draining(until: core.io.clock.now + request.reexec.grace)
        case .draining(let deadline):
            guard !core.hasUnfinishedWork || core.io.clock.now >= deadline else {
                core.ticker.wake(at: deadline)
                requests.lookAgain()
                return false
            }
            mailbox.refuse(true)
            core.endWhatCannotBeHandedOver()
            step = .closing
        case .closing:
            guard !core.owesEnds, mailbox.count == 0 else { return Self.takeTurn(core, requests) }
            throw .system(execute(&core, saveHandler))
        }
        return true
    }

    private static func takeTurn(
        _ core: borrowing ServerCore<LinuxKernel>, _ requests: LoopRequests
    ) -> Bool {
        requests.lookAgain()
        LinuxKernel.wake(core.wakeup)
        return false
    }

    private func state(
        _ core: inout ServerCore<LinuxKernel>,
        _ saveHandler: (inout StateWriter, borrowing ServerContext) -> Void
    ) -> ProcessState {
        ProcessState(
            programVersion: programVersion, leftAt: core.kernel.monotonicNow(),
            signalMask: LinuxKernel.processSignalMask, listeners: core.listening.listeners,
            handOver: core.save(saveHandler))
    }

    /// Lets the program take the place of this one. Returns only if that fails, and then everything
    /// is as it was.
    private func execute(
        _ core: inout ServerCore<LinuxKernel>,
        _ saveHandler: (inout StateWriter, borrowing ServerContext) -> Void
    ) -> SystemError {
        let state = state(&core, saveHandler)
        core.io.telemetry.logger.notice(
            "\(program.path) takes over \(state.handOver.descriptors.count) connections.",
            metadata: ["event": "reexec"])
        do throws(SystemError) {
            let file = try SealedFile.make(StateFile.parts(state))
            let kept = state.descriptors + [file.descriptor]
            defer { for descriptor in kept { try? LinuxKernel.keepOverExec(descriptor, false) } }
            for descriptor in kept { try LinuxKernel.keepOverExec(descriptor, true) }
            // What was printed and not written yet would be lost.
            fflush(nil)
            LinuxKernel.holdSignals(state.signalMask)
            let purpose = HandOverVariable.Purpose.takeOver(file.descriptor)
            let error = program.replaceProcess(variable: purpose.variable)
            LinuxKernel.releaseSignals()
            return error
        } catch {
            return error
        }
    }
}
