// Whether the server stops, why, and how far it has come.
import LinuxReactor
import WebSocketCore

/// Whether the server is on its way to its end, and how far it has come.
struct Shutdown {
    /// A stop that the handler or a signal asks for.
    struct Request {
        var grace: Duration
        var isRestart = false
    }

    struct Progress {
        let began: Instant
        /// Over which time the Closes are spread, so that not everybody reconnects in the same instant.
        let spread: Duration
        /// When connections that are still there are reset.
        let deadline: Instant
        /// Connections in slots below this have been closed.
        var closedCount: UInt32 = 0
        let slotCount: UInt32
        var nextStep: Instant
    }

    /// Set from the turn in which a request was first taken up.
    var isUnderWay = false
    var request: Request?
    var progress: Progress?
    /// Why connections are closed while the server stops.
    var cause = CloseCause.stopping

    /// Asks for a stop; a second request before the first is taken up may only shorten the grace.
    mutating func ask(grace: Duration, isRestart: Bool) {
        request = Request(
            grace: min(grace, request?.grace ?? grace), isRestart: request?.isRestart ?? isRestart)
    }
}
