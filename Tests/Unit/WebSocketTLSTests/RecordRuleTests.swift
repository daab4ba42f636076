// What RFC 8446 says of records and alerts after the handshake, as an attacker tries it.

import TestSupport
import Testing

@testable import WebSocketTLS

@Suite("Rules of records")
struct RecordRuleTests {
    /// How a server ends that gets these contents with their types, each in a record.
    private func end(_ records: [(UInt8, [UInt8])]) throws -> RecordEnd? {
        let (client, server) = Side.pair(.aes128GCM)
        for (type, content) in records { server.receive(try client.seal(content, type: type)) }
        return server.end
    }

    @Test("A content type is an alert, a handshake message or data (RFC 8446 §5.1)")
    func types() throws {
        for type: UInt8 in 1...255 where !(21...23).contains(type) {
            for content: [UInt8] in [[], [1], [1, 0]] {
                #expect(try end([(type, content)]) == .fault(.unexpectedType))
            }
        }
    }

    @Test("An alert or handshake record without content is refused (§5.4)", arguments: [0, 1, 99])
    func withoutContent(paddingCount: Int) throws {
        for type: UInt8 in [21, 22] {
            let (client, server) = Side.pair(.aes128GCM)
            let padding = [UInt8](repeating: 0, count: paddingCount)
            // The last byte that is not zero is the type, and the seal adds another zero.
            let answer = server.receive(try client.seal([type] + padding, type: 0))
            #expect(server.end == .fault(type == 21 ? .unexpectedType : .unexpectedHandshake))
            client.receive(answer)
            #expect(client.end == .alert(Alert.unexpectedMessage.rawValue))
        }
    }

    @Test("Data without content may be padded, and is nothing (§5.4)")
    func emptyData() throws {
        let (client, server) = Side.pair(.aes128GCM)
        server.receive(try client.seal([23] + [UInt8](repeating: 0, count: 5000), type: 0))
        server.receive(try client.seal([1]))
        #expect(server.received == [1] && server.end == nil)
    }

    @Test("Every alert but two ends the connection, whatever its level (§6)")
    func alerts() throws {
        for level: UInt8 in [0, 1, 2, 3, 255] {
            for number: UInt8 in 0...255 {
                let end = try end([(21, [level, number])])
                switch number {
                case 0: #expect(end == .closed)
                case 90: #expect(end == nil)
                default: #expect(end == .alert(number))
                }
            }
        }
    }

    @Test("An alert has two bytes, and a record for itself (§5.1)")
    func alertLengths() throws {
        for count in [1, 3, 4, 100, 16_384] {
            let content = [UInt8](repeating: 1, count: count)
            #expect(try end([(21, content)]) == .fault(.malformed))
        }
        // A close_notify in two parts is none.
        #expect(try end([(21, [1]), (21, [0])]) == .fault(.malformed))
    }

    @Test("After a close_notify or a fatal alert nothing is read (§6.1)", arguments: [0, 80, 20])
    func afterEnd(alert: UInt8) throws {
        let (client, server) = Side.pair(.aes128GCM)
        var sealed = try client.seal([2, alert], type: 21)
        sealed += try client.seal([1, 2, 3])
        sealed += try client.seal([24, 0, 0, 1, 1], type: 22)
        #expect(server.receive(sealed).isEmpty)
        let end = server.end
        #expect(server.receive([0x47, 0x45, 0x54, 0x20, 0x2F]).isEmpty)
        #expect(server.received.isEmpty)
        #expect(server.end == end)
        // A close_notify ends the peer's direction alone, and a fatal alert both.
        guard alert != 0 else {
            client.receive(try server.seal([1]) + server.close())
            #expect(client.received == [1] && client.end == .closed)
            return
        }
        #expect(throws: RecordFault.sendingEnded) { try server.seal([1]) }
    }

    @Test("After our close_notify the peer's data still comes, and its KeyUpdates (§6.1)")
    func halfClosed() throws {
        let (client, server) = Side.pair(.aes128GCM)
        _ = server.close()
        server.receive(try client.seal([1]))
        #expect(server.receive(try client.seal([24, 0, 0, 1, 1], type: 22)).isEmpty)
        client.layer.sending.update(.aes128GCM)
        server.receive(try client.seal([2]))
        // A fault cannot be answered any more: our close_notify was our last record.
        #expect(server.receive([20, 3, 3, 0, 1, 1]).isEmpty)
        #expect(server.received == [1, 2])
        #expect(server.end == .fault(.unexpectedType))
    }

    /// A change_cipher_spec, an alert, a handshake message and something unknown, not encrypted.
    static let plain: [[UInt8]] = [
        [20, 3, 3, 0, 1, 1], [20, 3, 3, 0, 0], [21, 3, 3, 0, 2, 1, 0], [21, 3, 3, 0, 2, 2, 40],
        [22, 3, 1, 0, 4, 0, 0, 0, 0], [22, 3, 3, 0, 5, 24, 0, 0, 1, 0], [24, 3, 3, 0, 3, 1, 0, 1],
        [0, 0, 0, 0, 0], [0x80, 0x2E, 1, 3, 1],
    ]

    @Test("After the handshake every record is encrypted (§5)", arguments: plain)
    func notEncrypted(record: [UInt8]) throws {
        for isLater in [false, true] {
            let (client, server) = Side.pair(.aes128GCM)
            if isLater { server.receive(try client.seal([1])) }
            client.receive(server.receive(record))
            #expect(server.end == .fault(.unexpectedType))
            #expect(client.end == .alert(Alert.unexpectedMessage.rawValue))
        }
    }

    @Test("A record that is not encrypted, and says that it is data, has a bad tag")
    func notSealed() {
        for record: [UInt8] in [
            [23, 3, 3, 0, 0], [23, 3, 3, 0, 15],
            [23, 3, 3, 0, 16] + [UInt8](repeating: 0, count: 16),
            [23, 3, 3, 0, 40] + [UInt8](repeating: 9, count: 40),
        ] {
            let (_, server) = Side.pair(.aes128GCM)
            server.receive(record)
            #expect(server.end == .fault(.badTag))
            #expect(server.received.isEmpty)
        }
    }

    @Test(
        "A refused record does not disturb other connections on the same ciphers",
        arguments: CipherSuite.allCases)
    func others(suite: CipherSuite) throws {
        let (client, server) = Side.pair(suite)
        for count in [16, 17, 18, 40, 16_640] {
            // Of the same keys, and of others: the shared context may have either.
            for seed: UInt8 in [0x11, 0x77] {
                let secret = [UInt8](repeating: seed, count: suite.secretByteCount)
                var bad = RecordLayer(
                    role: .server, suite: suite, sendingSecret: secret.span,
                    receivingSecret: secret.span)
                let header: [UInt8] = [23, 3, 3, UInt8(count >> 8), UInt8(count & 0xFF)]
                #expect(server.isRefused(header + [UInt8](repeating: 7, count: count), by: &bad))
                server.receive(try client.seal([1, 2]))
                #expect(server.takeReceived() == [1, 2])
                client.receive(try server.seal([3]))
                #expect(client.takeReceived() == [3])
            }
        }
    }

    @Test("A record has a tag and a type at least", arguments: CipherSuite.allCases)
    func noInside(suite: CipherSuite) throws {
        let (client, server) = Side.pair(suite)
        server.receive(try Side.sealed([], client))
        #expect(server.end == .fault(.noType))
    }

    @Test("The version in a record's header is ignored, but sealed (§5.1, §5.2)")
    func versions() throws {
        for version: [UInt8] in [[3, 1], [3, 4], [0, 0], [0xFF, 0xFF]] {
            let (client, server) = Side.pair(.aes128GCM)
            let record = try Side.sealed([5, 23], client, version: version)
            server.receive(record)
            #expect(server.received == [5])
        }
    }
}
