// Pausing, resuming and closing the listening sockets.
import LinuxReactor
import Logging

extension ServerCore where K: ~Copyable {
    /// Stops accepting for 100 ms; the log gets the reason at most once a minute.
    mutating func pauseListeners(because reason: Logger.Message) {
        guard let isReported = listening.pause(at: io.clock.now) else { return }
        if isReported {
            io.telemetry.logger.warning(reason, metadata: ["event": "accepting-paused"])
        }
        watchListeners(for: [])
    }

    mutating func resumeListeners() {
        guard listening.resume(at: io.clock.now) else { return }
        if listening.reserve == nil { listening.reserve = kernel.makeReserve() }
        watchListeners(for: .readable)
    }

    private mutating func watchListeners(for readiness: Readiness) {
        for (index, listener) in listening.listeners.enumerated() {
            poller.change(
                listener.descriptor, to: readiness, token: Token.listener(index), &kernel)
        }
    }

    /// Closes the listening sockets for good.
    mutating func closeListeners() {
        for listener in listening.takeAll() { listener.close(&kernel) }
    }
}
