// One end of a conversation in records, for tests: a layer with its ciphers and buffers.

import Storage

@testable import WebSocketTLS

final class Side {
    var layer: RecordLayer
    var ciphers = RecordCiphers()
    private var incoming: [UInt8] = []
    private(set) var received: [UInt8] = []
    /// What next() said last.
    private(set) var event = RecordEvent.needsMore
    private var output = ByteBuffer()

    init(_ layer: RecordLayer) { self.layer = layer }

    /// A client and a server with secrets of these seeds.
    static func pair(_ suite: CipherSuite) -> (client: Side, server: Side) {
        let client = [UInt8](repeating: 0x11, count: suite.secretByteCount)
        let server = [UInt8](repeating: 0x22, count: suite.secretByteCount)
        return (
            Side(
                RecordLayer(
                    role: .client, suite: suite, sendingSecret: client.span,
                    receivingSecret: server.span)),
            Side(
                RecordLayer(
                    role: .server, suite: suite, sendingSecret: server.span,
                    receivingSecret: client.span))
        )
    }

    var end: RecordEnd? {
        if case .ended(let end) = event { return end }
        return nil
    }

    func seal(_ content: [UInt8]) throws(RecordFault) -> [UInt8] {
        try layer.seal(content.span, into: &output, &ciphers)
        return takeOutput()
    }

    /// A record with any type and content, sealed with the next nonce.
    func seal(_ content: [UInt8], type: UInt8) throws(RecordFault) -> [UInt8] {
        try ciphers.seal(
            content.span, type: type, keys: &layer.sending, suite: layer.suite, into: &output)
        return takeOutput()
    }

    func close() -> [UInt8] {
        layer.close(into: &output, &ciphers)
        return takeOutput()
    }

    /// Takes bytes of the peer, and returns what the peer must get.
    @discardableResult
    func receive(_ bytes: [UInt8]) -> [UInt8] {
        var all = incoming + bytes
        var position = 0
        var span = all.mutableSpan
        reading: while true {
            event = layer.next(&span, from: &position, output: &output, &ciphers)
            guard case .data(let range) = event else { break reading }
            for index in range { received.append(span[index]) }
        }
        incoming = Array(all[position...])
        return takeOutput()
    }

    func takeReceived() -> [UInt8] {
        defer { received = [] }
        return received
    }

    private func takeOutput() -> [UInt8] {
        defer { output.removeAll() }
        return [UInt8](copying: output.span)
    }
}
