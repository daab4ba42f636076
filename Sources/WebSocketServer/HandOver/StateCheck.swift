// The check of a state by the program that is to take it over, before it does: both sides of it.
import LibC
import LinuxReactor
import Storage
import WebSocketCore

enum StateCheck {
    /// What the child writes last, to its standard error, if it could take over this content: no
    /// other program says so.
    static func answer(_ content: StateFile.Content) -> String {
        "Can take over \(content.byteCount) bytes with the checksum \(content.checksum).\n"
    }

    /// What became of the check.
    static func verdict(
        _ end: ProgramEnd, _ words: String, answer: String, within limit: Duration
    ) -> Result<Void, ReexecFailure> {
        switch end {
        case .exited(0) where words.hasSuffix(answer): return .success(())
        case .exited(let status):
            let lines = words.split(separator: "\n").joined(separator: " ").suffix(500)
            let isSilent = status == 0 || lines.isEmpty
            return .failure(isSilent ? .unchecked(status: status) : .refused(String(lines)))
        case .killed(let signal): return .failure(.killed(signal))
        case .late: return .failure(.late(limit))
        }
    }

    /// Starts the program as a child, on a thread of its own, and leaves its verdict with the
    /// requests: the loop goes on meanwhile.
    static func start(
        _ program: ProgramStart, _ parts: StateFile.Parts, within limit: Duration,
        _ requests: LoopRequests
    ) throws(SystemError) {
        let file = try parts.file()
        let (answer, number) = (answer(parts.content), requests.reexecNumber)
        let isStarted = WorkerThread.start("check") {
            do throws(SystemError) {
                let purpose = HandOverVariable.Purpose.check(ProgramCheck.fileDescriptor)
                let check = try ProgramCheck(
                    program, variable: purpose.variable, file: file.descriptor)
                requests.began(check, for: number)
                let end = check.end(within: limit)
                let verdict = verdict(end, check.lastWords(), answer: answer, within: limit)
                requests.ended(verdict, for: number)
            } catch {
                requests.ended(.failure(.system(error)), for: number)
            }
        }
        guard isStarted else { throw SystemError(EAGAIN, "start a thread for the check") }
    }

    /// The child's side: tries to take over, says what came of it, and ends the process. It opens
    /// no socket, and the handler gets no callback but `restore`.
    static func answer<Handler: WebSocketHandler & ~Copyable>(
        _ handler: inout Handler, _ configuration: ServerConfiguration, _ file: FileDescriptor
    ) {
        do {
            let bytes = try SealedFile(adopting: file).read()
            try check(&handler, configuration.withoutSockets, StateFile.read(bytes))
            LinuxKernel.exit(0, saying: answer(StateFile.content(of: bytes)))
        } catch {
            LinuxKernel.exit(1, saying: "\(error)\n")
        }
    }

    private static func check<Handler: WebSocketHandler & ~Copyable>(
        _ handler: inout Handler, _ configuration: ServerConfiguration, _ state: ProcessState
    ) throws {
        let speaksTLS = state.listeners.contains { $0.kind == .tls }
        if speaksTLS, configuration.tls == nil {
            throw StateError("A listening socket speaks TLS, and there is no certificate.")
        }
        var core = try ServerCore(LinuxKernel(), configuration)
        try core.check(state.handOver) { reader, io throws(StateError) in
            try handler._restore(from: &reader, &io)
        }
    }
}

extension ServerConfiguration {
    /// The same for a server that listens nowhere and watches no signals.
    var withoutSockets: ServerConfiguration {
        var configuration = self
        configuration.addresses = []
        configuration.addressesByKind = [:]
        configuration.passedSockets = []
        configuration.signals = []
        configuration.stopSignals = []
        configuration.reexecSignals = []
        return configuration
    }
}
