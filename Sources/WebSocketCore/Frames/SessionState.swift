// The closing handshake as a table: every state, every event, what follows.

/// Where a connection stands between the opening handshake and the end (RFC 6455 §7.1).
///
/// The state knows nothing of sockets or buffers. Its owner tells it what happened, and does what
/// the returned action says.
@frozen
public enum SessionState: UInt8, CaseIterable, BitwiseCopyable, Sendable {
    /// Messages go both ways.
    case open
    /// Our Close is queued or sent, and the peer's has not come. What the peer still sends is read
    /// for the sake of its Close only.
    case closeSent
    /// Both Close frames are there; ours may still have to be written. Nothing more is read.
    case closeReceived
    /// We failed the connection: our last frames have to be written, nothing more is interpreted.
    case failed
    /// The transport is closed, or is to be closed now.
    case closed

    /// What can happen to a connection.
    @frozen
    public enum Event: UInt8, CaseIterable, BitwiseCopyable, Sendable {
        /// We want to close.
        case sendClose
        /// The peer's Close frame arrived.
        case receiveClose
        /// The peer broke the protocol or a limit, or we have to end for a fault of our own.
        case fail
        /// The peer ended its stream without (more) frames.
        case endOfStream
        /// The transport has failed, or is given up: a reset, a broken pipe, a deadline.
        case terminated
        /// All queued output has been written.
        case outputFlushed
    }

    /// What the owner has to do.
    @frozen
    public enum Action: UInt8, BitwiseCopyable, Sendable {
        /// Nothing.
        case none
        /// Queue our Close frame, and give the peer a time to answer it.
        case sendClose
        /// Queue our Close frame as the last output; `outputFlushed` follows when it is written.
        case sendCloseAndFinish
        /// Our Close is queued already: only write the output that is waiting.
        case finish
        /// Close the transport in order.
        case closeTransport
    }

    /// Whether application messages may still be sent (RFC 6455 §5.5.1).
    @inlinable
    public var maySend: Bool { self == .open }

    /// Whether what arrives is given to the application. After our own Close it no longer is.
    @inlinable
    public var deliversMessages: Bool { self == .open }

    /// Whether what arrives is still decoded at all.
    @inlinable
    public var reads: Bool { self == .open || self == .closeSent }

    /// The table. A server closes the transport as soon as both Close frames are out; a client
    /// leaves that to the server until its time is over (RFC 6455 §7.1.1).
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
        // The peer may have shut down its side only: our answer has still to go out.
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
