// What a test can do to any connection: bytes, pace, and the ways in which networks fail.
import WebSocketServer

/// What a connection's end can ask of its server.
protocol SimulationDriver: AnyObject {
    /// Turns until there is nothing left to do at this moment.
    func settle()
    /// Whether it is in the middle of that, or of time that passes.
    var isTurning: Bool { get }
}

/// The test's end of a connection to a ``SimulatedServer``, below any protocol.
///
/// Each call ends when the server has done all that follows from it at this moment, so the next
/// line of the test sees the result.
public class SimulatedConnection {
    let peer: Peer
    let driver: any SimulationDriver

    init(_ peer: Peer, _ driver: any SimulationDriver) {
        self.peer = peer
        self.driver = driver
    }

    // MARK: Bytes

    /// Sends bytes as they are: part of a frame, of a request, or nonsense.
    public final func send(raw bytes: [UInt8]) {
        peer.send(bytes)
        driver.settle()
    }

    /// Takes the bytes that have come and were not taken apart: all of them for a connection of
    /// ``SimulatedServer/openConnection(from:on:)``.
    public final func receiveRaw() -> [UInt8] {
        defer { peer.received = [] }
        return peer.received
    }

    // MARK: The state

    /// The server's name for the connection, once its `onOpen` or another callback has had it; nil
    /// before.
    public final var id: ConnectionID? { peer.id }

    /// What the handler's `onClose` or `onEventStreamEnd` got for this connection; nil while it
    /// lasts, or if it was never open.
    public final var closeCause: CloseCause? { peer.closeCause }

    /// Whether the server has ended the connection, as far as its peer can know: a peer whose
    /// network is cut learns nothing.
    public final var isClosed: Bool { peer.isClosed }

    /// Whether the server has ended it with a reset (RST). As on Linux, a close is a reset if the
    /// server has not received everything that had come.
    public final var wasReset: Bool { !peer.isCut && peer.state.wasReset }

    // MARK: A slow reader

    /// Takes nothing from the socket any more, not even Pings: all that the server sends waits in
    /// its buffers, as if those of the kernels were full. ``read(byteCount:)`` and
    /// ``resumeReading()`` take again.
    public final func stopReading() {
        peer.state.window = 0
        driver.settle()
    }

    /// Takes this many more bytes, and then nothing any more.
    public final func read(byteCount: Int) {
        precondition(byteCount > 0, "Read at least one byte.")
        peer.state.window = peer.state.window == .max ? byteCount : peer.state.window + byteCount
        driver.settle()
    }

    /// Takes everything again, at once.
    public final func resumeReading() {
        peer.state.window = .max
        driver.settle()
    }

    // MARK: The ways in which a connection fails

    /// The network is lost, without a byte to either side: the server finds out by its Pings.
    /// What both send from now on comes when the network is back, with ``mend()``.
    public final func cut() {
        peer.cut()
        driver.settle()
    }

    /// The network is back, and TCP sends again what was lost.
    public final func mend() {
        peer.mend()
        peer.pump()
        driver.settle()
    }

    /// The peer resets the connection (RST): its process was killed, or its machine has restarted.
    public final func reset() {
        peer.reset()
        driver.settle()
    }

    /// The peer ends its stream (FIN) without a Close frame: a browser that was killed, or a client
    /// that does not want the rest of a response.
    public final func endStream() {
        peer.endStream()
        driver.settle()
    }
}
