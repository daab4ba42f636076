// A session of ours that talks to the oracle, for tests.

import Storage

@testable import WebSocketTLS

final class Conversation {
    let oracle: Oracle
    var session: TLSSession
    var ciphers = RecordCiphers()
    private var plaintext = ByteBuffer()
    private var output = ByteBuffer()

    /// Our session has `role`; the oracle offers these suites and at most this version.
    init(
        _ role: RecordLayer.Role, serverName: String? = "localhost",
        _ oracle: Oracle, certificate: Certificate = .localhost
    ) throws {
        self.oracle = oracle
        switch role {
        case .server:
            session = TLSSession(try TLSServerContexts([certificate.certified]))
        case .client:
            var settings = TLSClientSettings()
            settings.authorities = certificate.chain
            session = TLSSession(try TLSContext(client: settings), serverName: serverName)
        }
    }

    /// Our session is a server's, of these contexts.
    init(_ contexts: TLSServerContexts, _ oracle: Oracle) {
        self.oracle = oracle
        session = TLSSession(contexts)
    }

    /// Our session is a client's, of this context.
    init(_ context: TLSContext, serverName: String, _ oracle: Oracle) {
        self.oracle = oracle
        session = TLSSession(context, serverName: serverName)
    }

    // The expectations of Swift Testing copy what they look at, and a session cannot be copied.
    var layer: RecordLayer? { session.layer }
    var isEstablished: Bool { session.isEstablished }
    var canBeSaved: Bool { session.canBeSaved }
    var keptReason: KeptReason? { session.keptReason }
    var end: SessionEnd? { session.end }
    var peerName: String? { session.peerName }
    var hasDetails: Bool { session.details != nil }
    func takeSummary() -> HandshakeSummary? { session.takeSummary() }

    /// Shakes hands; bytes come to our session in pieces of at most `pieceLimit`. The first bytes
    /// of the client, and the answer of the server, may be changed on their way.
    func shakeHands(
        pieceLimit: Int = .max, changeHello: ([UInt8]) -> [UInt8] = { $0 },
        changeAnswer: ([UInt8]) -> [UInt8] = { $0 }
    ) {
        session.start(into: &output)
        if session.role == .client {
            settle(changeAnswer(oracle.receive(changeHello(takeOutput()))), pieceLimit: pieceLimit)
        } else {
            settle(changeHello(oracle.receive([])), pieceLimit: pieceLimit)
        }
    }

    /// Gives the session bytes of the oracle, and the oracle the answers, until nobody answers.
    func settle(_ bytes: [UInt8], pieceLimit: Int = .max) {
        var bytes = bytes
        while !bytes.isEmpty {
            var answers: [UInt8] = []
            var position = 0
            while position < bytes.count {
                let end = position + min(pieceLimit, bytes.count - position)
                receive(Array(bytes[position..<end]))
                answers += oracle.receive(takeOutput())
                position = end
            }
            bytes = answers
        }
    }

    func start() { session.start(into: &output) }

    func receive(_ bytes: [UInt8]) {
        session.receive(bytes.span, plaintext: &plaintext, output: &output, &ciphers)
    }

    /// Sends to the oracle, and settles.
    func send(_ bytes: [UInt8]) throws {
        try session.send(bytes.span, into: &output, &ciphers)
        settle(oracle.receive(takeOutput()))
    }

    func close() {
        session.close(into: &output, &ciphers)
        settle(oracle.receive(takeOutput()))
    }

    func takeReceived() -> [UInt8] {
        defer { plaintext.removeAll() }
        return [UInt8](copying: plaintext.span)
    }

    /// Saves the session and goes on with the restored one.
    func restart() throws {
        var writer = StateWriter()
        session.save(to: &writer)
        var reader = StateReader(writer.finish())
        let restored = try TLSSession(restoring: &reader)
        precondition(reader.isAtEnd)
        session = restored
    }

    func takeOutput() -> [UInt8] {
        defer { output.removeAll() }
        return [UInt8](copying: output.span)
    }
}
