// What the server tells of itself: counters, the log, the loop's lag, and who was refused.
import LinuxReactor
import Logging
import WebSocketCore

struct Telemetry {
    /// Counters since the server's start.
    var statistics = Statistics()
    /// For what the server and the application have to say.
    var logger: Logger
    /// The time of the last loop probe.
    private(set) var loopLag = Duration.zero
    /// Connections that were refused in this turn, until the handler has been told.
    var refused: [RefusedConnection] = []

    init(logger: Logger) { self.logger = logger }

    /// Counts a send; returns what came of it.
    @inline(__always)
    mutating func counted(_ outcome: SendOutcome) -> SendOutcome {
        statistics.sendCount += 1
        if case .sent(let count) = outcome { statistics.bytesSentCount += UInt64(count) }
        return outcome
    }

    mutating func recordLoopLag(_ lag: Duration) {
        loopLag = lag
        statistics.loopLag.record(lag)
    }

    /// Counts a refusal, and has the handler told of it at the end of the turn.
    mutating func record(_ refused: RefusedConnection) {
        statistics.refusalCounts[refused.refusal.rawValue] += 1
        self.refused.append(refused)
    }

    /// The same where there was no request to be refused.
    mutating func record(_ refusal: Refusal, of peer: NetworkAddress) {
        record(RefusedConnection(refusal: refusal, peer: peer, status: nil, reason: refusal.reason))
    }
}
