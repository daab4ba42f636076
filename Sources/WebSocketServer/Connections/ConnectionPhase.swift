// The life of a connection as a table: every phase, every event, and the phase that follows.

/// Where a connection stands, from accept(2) or connect(2) to the close of its socket.
/// `SessionState` beside it tracks the closing handshake of an open WebSocket.
///
/// ``Connection/advance(_:)`` is the only way from one phase to another; it ends the process for a
/// step that is not in the table.
enum ConnectionPhase: UInt8, CaseIterable, BitwiseCopyable {
    /// The slot is free.
    case free
    /// A request head is being received.
    case head
    /// A request's body is being received.
    case body
    /// A request is with the handler; nothing is read until it is answered.
    case responding
    /// Frames go both ways; the session tracks the closing handshake.
    case webSocket
    /// Our side is shut down; input is still read and discarded, so that the peer sees our last
    /// bytes and not a reset (RFC 9112 §9.6).
    case lingering
    /// To be closed at the end of the turn.
    case terminated
    /// An outgoing connection that is not established yet: its host name is being resolved (and
    /// there is no descriptor), or connect(2) is under way.
    case connecting
    /// Our request for a WebSocket was sent, and the answer is being received.
    case awaitingAnswer
    /// The last response is written; no further request is looked at.
    case draining
    /// A response that is an event stream has begun, and has no end of its own; nothing is read.
    case streaming
    /// An opening handshake is with the handler, which decides later; nothing is read until then.
    case deciding

    enum Event: UInt8, CaseIterable, BitwiseCopyable {
        /// accept(2) returned it.
        case accepted
        /// The handler asked for an outgoing connection.
        case connectBegun
        /// connect(2) has succeeded, and our request is written.
        case connected
        /// A request's head is complete.
        case headRead
        /// A request is complete, and goes to the handler.
        case requestRead
        /// The handler has put off its decision about an opening handshake.
        case upgradeDeferred
        /// The response has begun as an event stream.
        case streamBegun
        /// The response is complete, and the connection is used again.
        case responseEnded
        /// The response that is written now is the last one.
        case lastResponse
        /// The opening handshake has succeeded, as server or as client.
        case upgraded
        /// The kernel has all output, and our side was shut down.
        case outputShutDown
        /// The transport has failed, or is no longer wanted.
        case terminated
        /// The socket is closed.
        case reaped
    }

    /// The table; nil where the event cannot happen.
    func after(_ event: Event) -> ConnectionPhase? {
        switch (self, event) {
        case (.free, .accepted): .head
        case (.free, .connectBegun): .connecting

        case (.head, .headRead): .body
        case (.head, .upgraded), (.deciding, .upgraded): .webSocket
        case (.head, .upgradeDeferred): .deciding
        case (.body, .requestRead): .responding
        case (.responding, .responseEnded): .head
        case (.responding, .streamBegun): .streaming
        case (.head, .lastResponse), (.body, .lastResponse), (.responding, .lastResponse),
            (.streaming, .lastResponse), (.deciding, .lastResponse):
            .draining

        case (.connecting, .connected): .awaitingAnswer
        case (.awaitingAnswer, .upgraded): .webSocket

        case (.draining, .outputShutDown), (.webSocket, .outputShutDown): .lingering

        case (.free, .terminated), (.terminated, .terminated): nil
        case (_, .terminated): .terminated
        case (.terminated, .reaped): .free

        default: nil
        }
    }
}
