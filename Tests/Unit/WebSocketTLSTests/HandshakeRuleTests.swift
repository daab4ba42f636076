// Handshakes cut, disturbed and forged, as an attacker or an old client would send them.

import CSSL
import Testing

@testable import WebSocketTLS

@Suite("Rules of handshakes")
struct HandshakeRuleTests {
    private static let spec: [UInt8] = [20, 3, 3, 0, 1, 1]

    private func server() throws -> Conversation {
        try Conversation(.server, Oracle(isServer: false))
    }

    /// The same handshake message in records of this many bytes of it.
    private func recut(_ record: [UInt8], _ byteCount: Int) -> [[UInt8]] {
        stride(from: 5, to: record.count, by: byteCount).map { start in
            let part = record[start..<min(start + byteCount, record.count)]
            return [22, 3, 1, UInt8(part.count >> 8), UInt8(part.count & 0xFF)] + part
        }
    }

    /// The alert that is the last record of these bytes, which is not encrypted.
    private func alert(in output: [UInt8]) -> UInt8? {
        guard output.count >= 7, output[output.count - 7] == 21 else { return nil }
        return output.last
    }

    @Test("A ClientHello may be cut into many records", arguments: [1, 2, 3, 4, 5, 63, 200])
    func cutHello(byteCount: Int) throws {
        let talk = try server()
        for record in recut(talk.oracle.receive([]), byteCount) { talk.receive(record) }
        talk.settle(talk.oracle.receive(talk.takeOutput()))
        #expect(talk.layer != nil)
        talk.settle(talk.oracle.send([1]))
        #expect(talk.takeReceived() == [1])
    }

    @Test("A ServerHello may be cut into many records", arguments: [1, 3, 4, 50])
    func cutServerHello(byteCount: Int) throws {
        let talk = try Conversation(.client, Oracle(isServer: true))
        talk.shakeHands(changeAnswer: { flight in
            let end = 5 + Int(flight[3]) << 8 + Int(flight[4])
            return recut(Array(flight[..<end]), byteCount).flatMap { $0 } + flight[end...]
        })
        #expect(talk.layer != nil)
    }

    /// What may not stand before a ClientHello, or in its middle. (libssl takes a few records
    /// without content there.)
    private static let intruders: [[UInt8]] = [
        [23, 3, 3, 0, 1, 0], [23, 3, 3, 0, 0], [21, 3, 3, 0, 2, 2, 40], [21, 3, 3, 0, 2, 1, 0],
        [20, 3, 3, 0, 1, 2], [24, 3, 3, 0, 3, 1, 0, 1],
        [22, 3, 1, 0xFF, 0xFF], [22, 3, 3, 0, 4, 20, 0, 0, 0],
    ]

    @Test("Nothing else comes before the ClientHello, or in its middle", arguments: intruders)
    func intruder(record: [UInt8]) throws {
        for isFirst in [true, false] {
            let talk = try server()
            let hello = recut(talk.oracle.receive([]), 100)
            if !isFirst { talk.receive(hello[0]) }
            talk.receive(record)
            for part in isFirst ? hello[...] : hello[1...] { talk.receive(part) }
            #expect(!talk.isEstablished)
            guard case .handshakeFailed? = talk.end else {
                Issue.record("\(record) is taken")
                continue
            }
        }
    }

    @Test("A change_cipher_spec in the middle of the ClientHello is refused")
    func specInHello() throws {
        let talk = try server()
        let hello = recut(talk.oracle.receive([]), 100)
        for record in [hello[0], Self.spec] + hello[1...] { talk.receive(record) }
        #expect(talk.end != nil && !talk.isEstablished)
    }

    @Test("A change_cipher_spec may precede the client's Finished, and not follow it (§5, §D.4)")
    func specs() throws {
        let talk = try server()
        talk.receive(talk.oracle.receive([]))
        let flight = talk.oracle.receive(talk.takeOutput())
        // The client's own comes first; it is at liberty to leave it out.
        #expect(Array(flight.prefix(6)) == Self.spec)
        let without = try server()
        without.receive(without.oracle.receive([]))
        without.receive(Array(without.oracle.receive(without.takeOutput()).dropFirst(6)))
        #expect(without.layer != nil)
        talk.receive(flight)
        #expect(talk.layer != nil)
        talk.receive(Self.spec)
        #expect(talk.end == .records(.fault(.unexpectedType)))
    }

    @Test("What is not encrypted is refused in place of the client's Finished")
    func notEncrypted() throws {
        for record: [UInt8] in [
            [22, 3, 3, 0, 4, 20, 0, 0, 0], [23, 3, 3, 0, 1, 7], [20, 3, 3, 0, 1, 2],
            [22, 3, 3, 0, 5, 24, 0, 0, 1, 0], [23, 3, 3, 0, 20] + [UInt8](repeating: 5, count: 20),
        ] {
            let talk = try server()
            talk.receive(talk.oracle.receive([]))
            let flight = talk.oracle.receive(talk.takeOutput())
            talk.receive(record + flight)
            #expect(!talk.isEstablished && talk.end != nil)
            #expect(talk.takeReceived().isEmpty)
        }
    }

    @Test("A message that would be too long is refused at its header", arguments: [2, 255])
    func longHello(first: UInt8) throws {
        let talk = try server()
        talk.receive([22, 3, 1, 0, 4, 1, first, 0xFF, 0xFF])
        #expect(talk.end != nil)
        #expect(alert(in: talk.takeOutput()) != nil)
    }

    @Test("Hellos of SSL 2 and of unknown protocols fail, and say so by an alert or nothing")
    func otherProtocols() throws {
        let sslv2: [UInt8] = [0x80, 0x1C, 1, 3, 1, 0, 3, 0, 0, 0, 16, 0, 0, 5] + [UInt8](1...16)
        let ssh = [UInt8]("SSH-2.0-OpenSSH_9.2\r\n".utf8)
        for bytes in [
            sslv2, ssh, [22, 2, 0, 0, 4, 1, 0, 0, 0], [22, 0, 0, 0, 0], [255, 255, 0, 0, 0],
        ] {
            let talk = try server()
            talk.receive(bytes)
            #expect(talk.end != nil && !talk.isEstablished)
            let output = talk.takeOutput()
            #expect(output.isEmpty || alert(in: output) != nil)
            // What comes later changes nothing.
            let end = talk.end
            talk.receive(talk.oracle.receive([]))
            #expect(talk.end == end)
            #expect(talk.takeOutput().isEmpty)
        }
    }

    @Test("TLS 1.1 is too old, for either side")
    func oldVersions() throws {
        for role in [RecordLayer.Role.server, .client] {
            let oracle = Oracle(isServer: role == .client, version: TLS1_1_VERSION) { context in
                SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_VERSION), nil)
                SSL_CTX_set_security_level(context, 0)
                SSL_CTX_set_cipher_list(context, "ALL")
            }
            let talk = try Conversation(role, oracle)
            talk.shakeHands()
            #expect(!talk.isEstablished && !oracle.isEstablished)
            #expect(talk.end != nil)
        }
    }

    @Test("A client that has fallen back to TLS 1.2 learns that it need not (RFC 7507)")
    func fallback() throws {
        let oracle = Oracle(isServer: false, version: TLS1_2_VERSION) { context in
            SSL_CTX_ctrl(context, SSL_CTRL_MODE, Int(SSL_MODE_SEND_FALLBACK_SCSV), nil)
        }
        let talk = try Conversation(.server, oracle)
        talk.shakeHands()
        #expect(talk.end?.description.contains("inappropriate fallback") == true)
        #expect(oracle.failure == "tlsv1 alert inappropriate fallback")
    }

    @Test("TLS 1.3 taken out of the ClientHello on the way is noticed (RFC 8446 §4.1.3)")
    func downgrade() throws {
        for role in [RecordLayer.Role.server, .client] {
            let talk = try Conversation(role, Oracle(isServer: role == .client))
            talk.shakeHands(changeHello: { hello in
                // The type of the extension supported_versions, before its length and versions.
                let extensionType = (0..<hello.count - 6).first {
                    hello[$0] == 0 && hello[$0 + 1] == 43 && hello[$0 + 2] == 0
                        && hello[$0 + 4] == hello[$0 + 3] - 1 && hello[$0 + 5] == 3
                }
                var changed = hello
                changed[extensionType! + 1] = 250
                return changed
            })
            #expect(!talk.isEstablished && !talk.oracle.isEstablished)
            let reason = role == .client ? talk.end?.description : talk.oracle.failure
            #expect(reason?.contains("inappropriate fallback") == true)
        }
    }
}
