// The client's side of an encrypted connection of the simulated machine, from behind its handshake.
import Storage
import WebSocketTLS

/// The client's TLS of one simulated connection. All connections have the same secrets: what a
/// simulation shows is the server's transport, and not the handshake.
package final class SimulatedEncryption {
    private static let secrets = (
        client: [UInt8](repeating: 1, count: 32), server: [UInt8](repeating: 2, count: 32)
    )

    /// What the server begins each connection with.
    package static var serverLayer: RecordLayer {
        RecordLayer(
            role: .server, suite: .aes128GCM, sendingSecret: secrets.server.span,
            receivingSecret: secrets.client.span)
    }

    private var session = TLSSession(
        layer: RecordLayer(
            role: .client, suite: .aes128GCM, sendingSecret: secrets.client.span,
            receivingSecret: secrets.server.span))
    private var ciphers = RecordCiphers()
    /// What the client must answer: a close_notify, or a new key.
    private var answers = ByteBuffer()

    package init() {}

    /// Why the server's records have ended; nil if they have not.
    package var end: SessionEnd? { session.end }

    /// The records of these bytes.
    package func seal(_ bytes: [UInt8]) -> [UInt8] {
        var output = ByteBuffer()
        swap(&output, &answers)
        // After the server's close_notify, as a client that has not read it yet.
        try? session.send(bytes.span, into: &output, &ciphers)
        return [UInt8](copying: output.span)
    }

    /// What the server has sent in these records; a damaged record ends the process.
    package func open(_ records: [UInt8]) -> [UInt8] {
        var plaintext = ByteBuffer()
        session.receive(records.span, plaintext: &plaintext, output: &answers, &ciphers)
        switch session.end {
        case nil, .records(.closed): break
        case let end?: preconditionFailure("the server's records: \(end)")
        }
        return [UInt8](copying: plaintext.span)
    }
}
