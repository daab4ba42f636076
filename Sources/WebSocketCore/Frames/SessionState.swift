// The closing handshake as a table: the next state and the action for every state and event.

/// The state of a connection between the opening handshake and the end (RFC 6455 §7.1).
///
/// The state knows nothing about sockets or buffers. Its owner reports each event to it and carries
/// out the action that it returns.
@frozen
public enum SessionState: UInt8, CaseIterable, BitwiseCopyable, Sendable {
    /// Messages can be sent in both directions.
    case open
    /// Our Close is queued or sent, and the peer's has not arrived. Further input is read only to
    /// find the peer's Close.
    case closeSent
    /// Both sides have sent Close; ours may still have to be written. Nothing more is read.
    case closeReceived
    /// We failed the connection: our last frames have to be written; further input is ignored.
    case failed
    /// The transport is closed, or must be closed now.
    case closed

    /// What can happen to a connection.
    @frozen
    public enum Event: UInt8, CaseIterable, BitwiseCopyable, Sendable {
        /// We want to close.
        case sendClose
        /// The peer's Close frame arrived.
        case receiveClose
        /// The peer violated the protocol or a limit, or we have to end because of our own fault.
        case fail
        /// The peer ended its stream.
        case endOfStream
        /// The transport has failed or we give it up: a reset, a broken pipe, a deadline.
        case terminated
        /// All queued output has been written.
        case outputFlushed
    }

    /// What the owner has to do.
    @frozen
    public enum Action: UInt8, BitwiseCopyable, Sendable {
        /// Nothing.
        case none
        /// Queue our Close frame, and give the peer limited time to answer it.
        case sendClose
        /// Queue our Close frame as the last output; report `outputFlushed` when it is written.
        case sendCloseAndFinish
        /// Our Close is queued already: only write the pending output.
        case finish
        /// Close the transport in an orderly way.
        case closeTransport
    }

    /// Whether application messages may still be sent (RFC 6455 §5.5.1).
    @inlinable
    public var maySend: Bool { self == .open }

    /// Whether received messages are given to the application. After our own Close they are not.
    @inlinable
    public var deliversMessages: Bool { self == .open }

    /// Whether input is still decoded.
    @inlinable
    public var reads: Bool { self == .open || self == .closeSent }

    /// The table. A server closes the transport as soon as both sides have sent Close; a client
    /// waits for the server to do so, for a limited time (RFC 6455 §7.1.1).
    public func after(_ event: Event, role: Role = .server) -> (next: SessionState, Action) {
        switch (self, event) {
        case (.closed, _): (.closed, .none)

        case (.open, .sendClose): (.closeSent, .sendClose)
        case (.open, .receiveClose): (.closeReceived, .sendCloseAndFinish)
        case (.open, .fail): (.failed, .sendCloseAndFinish)
        case (.open, .endOfStream): (.closed, .closeTransport)
        case (.open, .outputFlushed): (.open, .none)

        case (.closeSent, .sendClose): (.closeSent, .none)
        case (.closeSent, .receiveClose): (.closeReceived, .finish)
        case (.closeSent, .fail): (.failed, .finish)
        case (.closeSent, .endOfStream): (.closed, .closeTransport)
        case (.closeSent, .outputFlushed): (.closeSent, .none)

        case (.closeReceived, .sendClose): (.closeReceived, .none)
        case (.closeReceived, .receiveClose): (.closeReceived, .none)
        case (.closeReceived, .fail): (.closeReceived, .none)
        // The peer may have shut down only its sending side: our answer must still be sent.
        case (.closeReceived, .endOfStream):
            role == .server ? (.closeReceived, .none) : (.closed, .closeTransport)
        case (.closeReceived, .outputFlushed):
            role == .server ? (.closed, .closeTransport) : (.closeReceived, .none)

        case (.failed, .sendClose): (.failed, .none)
        case (.failed, .receiveClose): (.failed, .none)
        case (.failed, .fail): (.failed, .none)
        case (.failed, .endOfStream): (.failed, .none)
        case (.failed, .outputFlushed): (.closed, .closeTransport)

        case (_, .terminated): (.closed, .none)
        }
    }

    /// Moves to the next state and returns what to do.
    @inlinable
    public mutating func handle(_ event: Event, role: Role = .server) -> Action {
        let (next, action) = after(event, role: role)
        self = next
        return action
    }
}
