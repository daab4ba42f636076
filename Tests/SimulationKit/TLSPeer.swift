// The other side of a server's TLS on the simulated network, with a real handshake.
@testable import Storage
@testable import WebSocketServer
@testable internal import WebSocketServerTesting
@testable internal import WebSocketTLS

/// The peer of one simulated connection: a client of our server, or a server that it connects to.
final class TLSPeer {
    let network: SimulatedNetwork
    let socket: Int32
    private(set) var session: TLSSession
    private var ciphers = RecordCiphers()
    private var plaintext = ByteBuffer()
    private var output = ByteBuffer()

    /// A client that accepts every certificate, or what `tls` accepts for this name.
    init(
        _ network: SimulatedNetwork, _ socket: Int32, tls: ClientTLS? = nil,
        name: String = "localhost"
    ) throws {
        self.network = network
        self.socket = socket
        session = TLSSession(
            try (tls ?? ClientTLS(verifies: false)).context, serverName: name)
        session.start(into: &output)
    }

    /// A server with these certificates.
    init(_ network: SimulatedNetwork, _ socket: Int32, serving tls: TLS) {
        self.network = network
        self.socket = socket
        session = TLSSession(tls.contexts)
    }

    /// Whether the handshake is over.
    var isEstablished: Bool { session.isEstablished }
    /// The name of the other side's certificate, if it had to show one.
    var peerName: String? { session.peerName }
    /// Why the session is over.
    var end: SessionEnd? { session.end }
    /// Whether there is something to send.
    var hasOutput: Bool { !output.isEmpty }

    /// Takes what has come, and sends what there is; false if nothing was sent. What ends the
    /// handshake waits for what follows, if `keepsLast` is true.
    @discardableResult
    func exchange(keepsLast: Bool = false) -> Bool {
        let bytes = network.receive(on: socket)
        if !bytes.isEmpty {
            session.receive(bytes.span, plaintext: &plaintext, output: &output, &ciphers)
        }
        guard !output.isEmpty, !keepsLast || !isEstablished else { return false }
        network.send([UInt8](copying: output.span), on: socket)
        output.removeAll()
        return true
    }

    /// Seals bytes, to be sent by the next exchange.
    func seal(_ bytes: [UInt8]) throws { try session.send(bytes.span, into: &output, &ciphers) }

    /// Uses a new key, and asks the other side for one (RFC 8446 §4.6.3).
    func askForKey() throws {
        try session.layer?.sendKeyUpdate(requestsAnswer: true, into: &output, &ciphers)
    }

    /// Uses a new key.
    func changeKey() throws {
        try session.layer?.sendKeyUpdate(requestsAnswer: false, into: &output, &ciphers)
    }

    /// Ends the session in order.
    func close() { session.close(into: &output, &ciphers) }

    /// What has come and was not taken.
    func takeBytes() -> [UInt8] {
        defer { plaintext.removeAll() }
        return [UInt8](copying: plaintext.span)
    }

    /// The same as text.
    func takeText() -> String { String(decoding: takeBytes(), as: UTF8.self) }
}
