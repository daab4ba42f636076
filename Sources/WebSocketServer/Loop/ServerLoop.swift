// The loop with its handler, as one value that a thread runs.
import LinuxReactor
import Synchronization

/// How many loops this process has: only one can be handed over.
private let loopCount = Atomic<Int>(0)

/// What belongs to the thread that runs a server.
package struct ServerLoop<Handler: WebSocketHandler & ~Copyable>: ~Copyable {
    private var core: ServerCore<LinuxKernel>
    private var handler: Handler
    let mailbox: Mailbox<Handler._Mail>
    let requests: LoopRequests
    private let programVersion: String
    /// Set if it goes on with another program's connections.
    private var taken: TakenOver?
    /// What is left of a process that has crashed.
    private var recovered: [RecoveredConnection] = []
    private let park: CarrierPark?

    /// Opens all that can fail, or takes over what another program has left: ``Reexec``. In a
    /// program that is started to check a state it does that, and ends the process.
    package init(
        _ handler: consuming Handler, _ configuration: ServerConfiguration
    ) throws(SystemError) {
        #if DEBUG
            CallbackCheck.run(Handler.self, configuration.logger)
        #endif
        // Later the file may be another.
        _ = LinuxKernel.executablePath
        var handler = handler
        var taken: TakenOver?
        var recovered: [RecoveredConnection] = []
        let core = try Self.core(&handler, configuration, &taken, &recovered)
        mailbox = Mailbox(descriptor: core.wakeup, wake: LinuxKernel.wake)
        requests = LoopRequests(waking: core.wakeup, configuration.descriptorStore)
        programVersion = configuration.programVersion
        self.taken = taken
        self.recovered = recovered
        park = Handler._recovers ? configuration.descriptorStore.map(CrashedProcess.makePark) : nil
        self.core = core
        self.handler = handler
        self.core.io.requests = requests
        self.core.io.http.carriesRequests = Handler._isHandedOver
        loopCount.add(1, ordering: .relaxed)
    }

    private static func core(
        _ handler: inout Handler, _ configuration: ServerConfiguration, _ taken: inout TakenOver?,
        _ recovered: inout [RecoveredConnection]
    ) throws(SystemError) -> ServerCore<LinuxKernel> {
        // A client is no server that was handed over.
        let purpose = configuration.isClient ? nil : HandOverVariable.take()
        if case .check(let file) = purpose { StateCheck.answer(&handler, configuration, file) }
        if case .takeOver(let file) = purpose {
            return try .takeOver(file, configuration, &taken) { reader, io throws(StateError) in
                try handler._restore(from: &reader, &io)
            }
        }
        guard let store = configuration.descriptorStore else {
            return try ServerCore(LinuxKernel(), configuration)
        }
        return try .goingOn(
            from: store, configuration, &taken, &recovered
        ) { reader, io throws(StateError) in
            try handler._restore(from: &reader, &io)
        }
    }

    package var listeners: [Listener] { core.listening.listeners }
    var connectionLimit: Int { core.io.connectionLimit }

    /// Takes turns until somebody asks for a stop, and all connections have ended.
    package consuming func run() {
        // Locals: to access a property behind the handler, whose size is not known here, needs the
        // type's metadata for each message.
        let (mailbox, requests, version) = (mailbox, requests, programVersion)
        let (taken, recovered, park) = (taken, recovered, park)
        var core = core
        var handler = handler
        var reexecution: Reexecution?
        core.start { event, id, io throws(Disconnect) in
            try handler.handle(event, id, &io, mailbox)
        }
        taken?.log(core.io.logger, at: core.kernel.monotonicNow())
        if let park { core.beginParking(in: park) }
        core.restore(recovered) { event, id, io throws(Disconnect) in
            try handler.handle(event, id, &io, mailbox)
        }
        while !core.isDone {
            core.turn { event, id, io throws(Disconnect) in
                try handler.handle(event, id, &io, mailbox)
            }
            if requests.areAny,
                Self.answer(requests, &core, &handler, mailbox, &reexecution, version)
            {
                reexecution = nil
                core.closeConnections()
                break
            }
        }
        reexecution?.fail(.stopping, core.io.logger)
        Self.end(core, mailbox, requests)
    }

    /// Does what other threads, signals and the handler have asked for, between two turns. Returns
    /// whether the next process has all connections, so that this one must end.
    @inline(never)
    private static func answer(
        _ requests: LoopRequests, _ core: inout ServerCore<LinuxKernel>,
        _ handler: inout Handler, _ mailbox: Mailbox<Handler._Mail>,
        _ reexecution: inout Reexecution?, _ version: String
    ) -> Bool {
        requests.clear()
        if let stop = requests.takeStop() {
            core.io.stop(grace: stop.grace, restarting: stop.isRestart)
        }
        if let request = requests.takeReexec() {
            reexecution = Reexecution(request, programVersion: version)
        }
        if let store = requests.takeLeaving() {
            // A restart is for the service's next process, not for another program in this one.
            Self.takeMailAgain(mailbox, &core)
            reexecution?.fail(.stopping, core.io.logger)
            requests.endReexec()
            reexecution = Reexecution(leavingIn: store, programVersion: version)
        }
        do throws(ReexecFailure) {
            let count = loopCount.load(ordering: .relaxed)
            guard reexecution?.isRestart != false || count == 1 else {
                throw .severalServers(count)
            }
            switch try reexecution?.move(&core, &handler, requests, mailbox) {
            case .left: return true
            case .underWay, nil: break
            case .checked:
                requests.endReexec()
                reexecution = nil
            }
        } catch {
            requests.endReexec()
            guard let ended = reexecution.take() else { return false }
            Self.takeMailAgain(mailbox, &core)
            ended.fail(error, core.io.logger)
            if ended.isRestart, error != .stopping {
                core.io.shutdown.ask(grace: Shutdown.usualGrace(true), isRestart: true)
            }
        }
        return false
    }

    /// Takes mail again.
    private static func takeMailAgain(
        _ mailbox: Mailbox<Handler._Mail>, _ core: inout ServerCore<LinuxKernel>
    ) {
        mailbox.refuse(false)
        // A thread whose mail was refused may have left something beside it.
        core.io.pendingCalls.insert(.mail)
    }

    /// Closes what was opened, without a turn.
    consuming func close() { Self.end(core, mailbox, requests) }

    private static func end(
        _ core: consuming ServerCore<LinuxKernel>, _ mailbox: Mailbox<Handler._Mail>,
        _ requests: LoopRequests
    ) {
        mailbox.close()
        requests.close()
        core.close()
        loopCount.subtract(1, ordering: .relaxed)
    }
}
