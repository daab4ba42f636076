// Signals: some stop the server, others go to the handler.
import LinuxReactor

/// The signals that the server reads from a ``SignalSource``.
struct SignalSet {
    private(set) var source: SignalSource?
    private let stopSignals: [Signal]
    private let reexecSignals: [Signal]

    init<K: Kernel & ~Copyable>(
        _ configuration: ServerConfiguration, _ kernel: inout K
    ) throws(SystemError) {
        // A shell ignores Ctrl-C for programs in the background, and nohup(1) a hang-up: a server
        // that is started so goes on.
        stopSignals = configuration.stopSignals.filter {
            !([.interrupt, .hangUp].contains($0) && kernel.ignoresSignal($0.rawValue))
        }
        reexecSignals = configuration.reexecSignals
        let watched = stopSignals + reexecSignals + configuration.signals
        if !watched.isEmpty { source = try SignalSource(watched, &kernel) }
    }

    func stops(_ signal: Signal) -> Bool { stopSignals.contains(signal) }

    func reexecutes(_ signal: Signal) -> Bool { reexecSignals.contains(signal) }
}
