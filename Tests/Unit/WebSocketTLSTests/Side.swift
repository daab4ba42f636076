// One end of a conversation in records, for tests: a layer with its ciphers and buffers.

import CSSL
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

    /// A record with this content, type and padding, of any length, sealed by libcrypto without our
    /// code.
    static func sealed(
        _ inner: [UInt8], _ side: Side, version: [UInt8] = [3, 3]
    ) throws -> [UInt8] {
        let nonce = try side.layer.sending.takeNonce()
        let count = inner.count + 16
        let header = [23] + version + [UInt8(count >> 8), UInt8(count & 0xFF)]
        let cipher =
            switch side.layer.suite {
            case .aes128GCM: EVP_aes_128_gcm()
            case .aes256GCM: EVP_aes_256_gcm()
            case .chaCha20Poly1305: EVP_chacha20_poly1305()
            }
        let context = EVP_CIPHER_CTX_new()
        defer { EVP_CIPHER_CTX_free(context) }
        var written: Int32 = 0
        var body = [UInt8](repeating: 0, count: inner.count)
        var tag = [UInt8](repeating: 0, count: 16)
        EVP_EncryptInit_ex(
            context, cipher, nil, (0..<32).map { side.layer.sending.key[$0] },
            nonce.indices.map { nonce[$0] })
        EVP_EncryptUpdate(context, nil, &written, header, 5)
        EVP_EncryptUpdate(context, &body, &written, inner, Int32(inner.count))
        EVP_EncryptFinal_ex(context, nil, &written)
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, &tag)
        return header + body + tag
    }

    /// Whether another layer on the same ciphers refuses these bytes.
    func isRefused(_ bytes: [UInt8], by layer: inout RecordLayer) -> Bool {
        var bytes = bytes
        var position = 0
        var span = bytes.mutableSpan
        var answer = ByteBuffer()
        let event = layer.next(&span, from: &position, output: &answer, &ciphers)
        return event == .ended(.fault(.badTag)) && !answer.isEmpty
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
