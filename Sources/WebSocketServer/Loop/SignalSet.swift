// Signals: those that stop the server, and those that the handler wants to hear of.
import LinuxReactor

/// The signals that the server reads from a signalfd(2).
struct SignalSet {
    private(set) var source: SignalSource?
    private let stopSignals: [Int32]

    init<K: Kernel & ~Copyable>(
        _ configuration: ServerConfiguration, _ kernel: inout K
    ) throws(SystemError) {
        stopSignals = configuration.stopSignals
        let watched = configuration.stopSignals + configuration.signals
        if !watched.isEmpty { source = try SignalSource(watched, &kernel) }
    }

    func stops(_ signal: Int32) -> Bool { stopSignals.contains(signal) }
}

extension ServerCore where K: ~Copyable {
    mutating func takeSignals(_ call: HandlerCall) {
        while let signal = signals.source?.next(&kernel) {
            if signals.stops(signal) {
                // A second signal comes from somebody who does not want to wait: it ends the grace.
                io.stop(grace: io.shutdown.isUnderWay ? .zero : .seconds(5))
            } else {
                emit(.signal(signal), call)
            }
        }
    }
}
