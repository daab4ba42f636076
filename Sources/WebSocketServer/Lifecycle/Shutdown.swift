// The state of an orderly stop: whether it is under way, why, and how far it has come.
import LinuxReactor
import WebSocketCore

/// The state of an orderly stop.
struct Shutdown {
    /// A stop that the handler or a signal asks for.
    struct Request {
        var grace: Duration
        var isRestart = false
    }

    struct Progress {
        let began: Instant
        /// The time over which the Closes are spread, so that not all clients reconnect at once.
        let spread: Duration
        /// When the remaining connections are ended.
        var deadline: Instant
        /// Connections in slots below this have been closed.
        var closedCount: UInt32 = 0
        let slotCount: UInt32
        var nextStep: Instant
    }

    /// True from the turn in which a request was first taken up.
    var isUnderWay = false
    var request: Request?
    var progress: Progress?
    /// Why connections are closed while the server stops.
    var cause = CloseCause.stopping

    /// How long peers may take to answer the last Close. At a restart all others wait for them.
    func closeWait(_ limits: Limits) -> Duration {
        cause == .restarting ? min(limits.closeDeadline, .milliseconds(300)) : limits.closeDeadline
    }

    /// The grace of a stop that asks for no other.
    static func usualGrace(_ isRestart: Bool) -> Duration { isRestart ? .zero : .seconds(5) }

    /// Requests a stop. A second request before the first is taken up can only shorten the grace.
    mutating func ask(grace: Duration, isRestart: Bool) {
        request = Request(
            grace: min(grace, request?.grace ?? grace), isRestart: request?.isRestart ?? isRestart)
    }
}
