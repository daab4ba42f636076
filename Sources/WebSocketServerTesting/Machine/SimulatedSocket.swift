// One connection of the simulated machine: its two ends, and the line between them.
import LinuxReactor

/// One connection as the network sees it.
package struct SimulatedSocket {
    /// The server's end, and that of its client or, if the server has connected, of its server.
    package var server = SimulatedEnd()
    package var peer = SimulatedEnd()
    /// Whether it is a local socket, unix(7), and not one of TCP.
    package var isLocal = false
    /// How many more bytes the client's side takes before the socket is full.
    package var window = Int.max
    /// Whether the server's kernel keeps what it takes until ``deliver(_:)``.
    package var keepsOutput = false
    package private(set) var kept: [UInt8] = []
    /// How many bytes of the server's the client's TCP has acknowledged. As on Linux, the FIN is
    /// one, and so is the SYN of a connection that the server has made.
    package private(set) var acknowledgedCount = 0
    /// How many bytes the server has sent and received.
    package private(set) var takenByteCount = 0
    package var readByteCount = 0
    /// How often the server has asked for the speed of the line.
    package var paceCount = 0
    /// The speed that the server's kernel has measured.
    package var bytesPerSecond: Int?
    /// How many unsent bytes the server has allowed its kernel to keep.
    package var unsentLimit: Int?
    /// The client's side of the TLS, if the connection is encrypted.
    package var encryption: SimulatedEncryption?
    /// Sends fail with EPIPE although receiving has not shown the loss yet.
    package var failsToSend = false
    /// The server's end was closed with SO_LINGER 0.
    package var resetsWhenClosed = false
    /// The client has seen a reset.
    package private(set) var wasReset = false
    private var peerHasReset = false
    /// The outcome of an outgoing connection; nil for an accepted one.
    package private(set) var attempt: Attempt?
    /// The server's FIN waits behind what its kernel keeps.
    private var hasUnacknowledgedEnd = false

    /// A connection that a client has made, or, if there is an attempt, the server.
    package init(attempt: Attempt? = nil, isLocal: Bool = false) {
        self.attempt = attempt
        self.isLocal = isLocal
        if attempt == .succeeds { acknowledgedCount = 1 }
        guard case .fails(let number) = attempt else { return }
        server.error = number
        server.isOver = true
    }

    // MARK: The server's end

    package var readiness: Readiness {
        if attempt == .pending { return [] }
        let hasRoom = window > 0 || (isLocal && peer.isClosed)
        return server.readiness(isLocal: isLocal, hasRoom: hasRoom)
    }

    /// Why the server's send(2) fails, if it does.
    package mutating func sendError() -> Int32? {
        server.sendError(isLocal: isLocal) ?? (failsToSend ? 32 : nil)
    }

    /// The server's kernel takes output.
    package mutating func take(_ bytes: some Sequence<UInt8>) {
        let before = kept.count
        kept += bytes
        takenByteCount += kept.count - before
        if !keepsOutput { deliver(kept.count) }
    }

    /// The first `count` bytes that the kernel has kept reach the client.
    package mutating func deliver(_ count: Int) {
        let bytes = kept.prefix(count)
        server.transmit(bytes, to: &peer)
        if !peer.isClosed { acknowledgedCount += bytes.count }
        kept.removeFirst(bytes.count)
        acknowledgeEnd()
    }

    /// The FIN is acknowledged behind all bytes.
    private mutating func acknowledgeEnd() {
        guard hasUnacknowledgedEnd, kept.isEmpty else { return }
        hasUnacknowledgedEnd = false
        acknowledgedCount += 1
    }

    /// The server's shutdown(2).
    package mutating func endServerOutput() {
        guard !server.outputHasEnded, !server.isOver else { return }
        server.endOutput(to: &peer, isLocal: isLocal)
        hasUnacknowledgedEnd = true
        if !keepsOutput { acknowledgeEnd() }
    }

    /// The server's last descriptor is closed.
    package mutating func closeServer() {
        guard server.close(to: &peer, isLocal: isLocal, resets: resetsWhenClosed) else { return }
        wasReset = true
        kept = []
    }

    /// The server's shutdown(2) of both sides, or its connect(2) to AF_UNSPEC: copies of the
    /// descriptor do not matter.
    package mutating func endCopies(reset: Bool) {
        guard reset else {
            endServerOutput()
            server.input = []
            return
        }
        guard !server.isOver else { return }
        server.isOver = true
        server.outputHasEnded = true
        server.input = []
        peer.becomeReset()
        wasReset = true
        kept = []
    }

    /// The listener of a connection that was not accepted is closed.
    package mutating func closeUnaccepted() {
        if server.close(to: &peer, isLocal: isLocal, resets: true) { wasReset = true }
        if isLocal { peer.error = 104 }
    }

    // MARK: The client's end

    /// The client sends.
    package mutating func sendFromPeer(_ bytes: some Sequence<UInt8>) {
        guard !peer.outputHasEnded, !peer.isOver else { return }
        peer.transmit(bytes, to: &server)
    }

    /// The client ends its output, and still receives.
    package mutating func endPeerOutput() { peer.endOutput(to: &server, isLocal: isLocal) }

    /// The client closes its socket: with a reset, also if it has not received everything.
    package mutating func closePeer(resets: Bool = false) {
        if peer.close(to: &server, isLocal: isLocal, resets: resets) || resets {
            peerHasReset = true
        }
    }

    /// Nobody listens where the client has connected.
    package mutating func refusePeer() {
        server.isClosed = true
        peer.error = 111
        peer.isOver = true
    }

    // MARK: The same, as properties

    /// What the client has sent and the server has not received.
    package var toServer: [UInt8] {
        get { server.input }
        _modify { yield &server.input }
    }
    /// What the server has sent.
    package var toClient: [UInt8] {
        get { peer.input }
        _modify { yield &peer.input }
    }
    /// Whether the client has sent FIN; setting it sends one.
    package var clientHasEnded: Bool {
        get { server.inputHasEnded }
        set { if newValue { endPeerOutput() } }
    }
    /// Whether the client has reset the connection; setting it does so.
    package var isReset: Bool {
        get { peerHasReset }
        set { if newValue, !peer.isClosed { closePeer(resets: true) } }
    }
    package var serverHasEnded: Bool { server.outputHasEnded }
    package var isClosed: Bool { server.isClosed }
}

/// The outcome of a connect(2).
package enum Attempt: Equatable {
    case succeeds
    /// connect(2) returns the error itself.
    case failsAtOnce(Int32)
    /// The error is reported later.
    case fails(Int32)
    case pending
}
