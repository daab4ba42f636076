// Signals: some stop the server, others go to the handler.
import LinuxReactor

/// The signals that the server reads from a signalfd(2).
struct SignalSet {
    private(set) var source: SignalSource?
    private let stopSignals: [Signal]

    init<K: Kernel & ~Copyable>(
        _ configuration: ServerConfiguration, _ kernel: inout K
    ) throws(SystemError) {
        stopSignals = configuration.stopSignals
        let watched = configuration.stopSignals + configuration.signals
        if !watched.isEmpty { source = try SignalSource(watched, &kernel) }
    }

    func stops(_ signal: Signal) -> Bool { stopSignals.contains(signal) }
}
