// What the server reports about itself: counters, the log, the loop's lag, and refused connections.
import LinuxReactor
import Logging
import WebSocketCore

struct Telemetry {
    /// Counters since the server's start.
    var statistics = Statistics()
    /// The log of the server and the application.
    var logger: Logger
    /// The lag that the last loop probe measured.
    private(set) var loopLag = Duration.zero
    /// Bytes held at the end of the last turn: ``ServerContext/memoryByteCount``.
    var memoryByteCount = 0
    /// The addresses that cause the most work: ``ServerContext/busiestAddresses``.
    var busiest: [AddressLoad] = []
    /// Connections that wait for their share now, and how often one has had to.
    var waiting = (count: 0, total: UInt64(0))
    /// How long turns take.
    var turns = TurnLengths()
    /// Connections that were refused in this turn, until they have been reported to the handler.
    var refused: [RefusedConnection] = []

    init(logger: Logger) { self.logger = logger }

    /// Counts a send and returns its outcome.
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

    /// Counts a refusal, and queues it for the handler, which is called at the end of the turn.
    mutating func record(_ refused: RefusedConnection) {
        statistics.refusalCounts[refused.refusal.rawValue] += 1
        self.refused.append(refused)
    }

    /// The same for a refusal without a request.
    mutating func record(_ refusal: Refusal, of peer: NetworkAddress) {
        record(RefusedConnection(refusal: refusal, peer: peer, status: nil, reason: refusal.reason))
    }
}
