// The border between handshake and data, and what else may follow a handshake: tickets, a second
// handshake, a new group.

import CSSL
import Storage
import Testing

@testable import WebSocketTLS

@Suite("The end of handshakes")
struct HandshakeEndTests {
    /// The client's last flight before its data, and the secret that it was sealed with.
    private func lastFlight(_ talk: Conversation) throws -> (bytes: [UInt8], keys: TrafficKeys) {
        talk.receive(talk.oracle.receive([]))
        let flight = talk.oracle.receive(talk.takeOutput())
        let line = try #require(
            talk.oracle.keyLog.first { $0.hasPrefix("CLIENT_HANDSHAKE_TRAFFIC_SECRET ") })
        let secret = bytes(String(line.split(separator: " ")[2]))
        return (flight, TrafficKeys(secret: secret.span, suite: .aes128GCM))
    }

    /// A client that logs its secrets.
    private func conversation() throws -> Conversation {
        try Conversation(
            .server, Oracle(isServer: false, suites: "TLS_AES_128_GCM_SHA256", logsKeys: true))
    }

    /// The content of the Finished record, which follows a change_cipher_spec.
    private func finished(_ flight: [UInt8], _ keys: TrafficKeys) throws -> [UInt8] {
        var keys = keys
        var record = Array(flight[6...])
        var span = record.mutableSpan
        var ciphers = RecordCiphers()
        #expect(
            try ciphers.open(0..<span.count, of: &span, keys: &keys, suite: .aes128GCM))
        return Array(record[5..<record.count - 17])
    }

    private func sealed(_ content: [UInt8], _ keys: inout TrafficKeys) throws -> [UInt8] {
        var output = ByteBuffer()
        var ciphers = RecordCiphers()
        try ciphers.seal(content.span, type: 22, keys: &keys, suite: .aes128GCM, into: &output)
        return [UInt8](copying: output.span)
    }

    @Test("The Finished may be cut into records, and what follows is data")
    func cutFinished() throws {
        for pieceCount in [1, 3, 35, 36] {
            let talk = try conversation()
            var (flight, keys) = try lastFlight(talk)
            let content = try finished(flight, keys)
            #expect(content.count == 36)
            var bytes: [UInt8] = []
            for start in stride(from: 0, to: 36, by: pieceCount) {
                let piece = content[start..<min(start + pieceCount, 36)]
                bytes += try sealed(Array(piece), &keys)
            }
            talk.receive(bytes + talk.oracle.send([1, 2]))
            #expect(talk.layer != nil)
            #expect(talk.takeReceived() == [1, 2])
        }
    }

    @Test("Nothing follows the Finished in its record (§5.1)")
    func behindFinished() throws {
        for extra: [UInt8] in [[24, 0, 0, 1, 0], [24], [0]] {
            let talk = try conversation()
            var (flight, keys) = try lastFlight(talk)
            let content = try finished(flight, keys)
            talk.receive(try sealed(content + extra, &keys))
            #expect(!talk.isEstablished && talk.end != nil)
        }
    }

    @Test("Nothing is taken that is sealed with the handshake's key, once it is over")
    func handshakeKey() throws {
        let talk = try conversation()
        var (flight, keys) = try lastFlight(talk)
        let content = try finished(flight, keys)
        talk.receive(try sealed(content, &keys) + (try sealed([24, 0, 0, 1, 0], &keys)))
        #expect(talk.isEstablished)
        #expect(talk.end == .records(.fault(.badTag)))
    }

    @Test("A KeyUpdate may come first of all, in the same piece as the Finished")
    func updateAtOnce() throws {
        let talk = try conversation()
        let (flight, _) = try lastFlight(talk)
        let update = talk.oracle.updateKey(requestsAnswer: true)
        talk.settle(flight + update + talk.oracle.send([5]))
        #expect(talk.takeReceived() == [5])
        try talk.send([6])
        #expect(talk.oracle.takeReceived() == [6])
    }

    @Test("Half a record behind the Finished waits for the rest", arguments: [1, 4, 5, 6, 22])
    func halfRecord(count: Int) throws {
        let talk = try conversation()
        let (flight, _) = try lastFlight(talk)
        let record = talk.oracle.send([5])
        talk.receive(flight + record[..<count])
        #expect(talk.layer != nil && talk.end == nil)
        talk.receive(Array(record[count...]))
        #expect(talk.takeReceived() == [5])
    }

    @Test("A server counts the tickets that it has sent, however many", arguments: [0, 1, 2, 5])
    func tickets(count: Int) throws {
        let context = try TLSServerContexts([Certificate.localhost.certified])
        #expect(SSL_CTX_set_num_tickets(context.first.pointer, count) == 1)
        let talk = Conversation(context, Oracle(isServer: false))
        talk.shakeHands()
        #expect(talk.layer?.sentRecordCount == UInt64(count))
        try talk.send([1])
        #expect(talk.oracle.takeReceived() == [1])
    }

    @Test("A resumed session goes on as a new one does")
    func resumes() throws {
        let context = try TLSServerContexts([Certificate.localhost.certified])
        let first = Oracle(isServer: false)
        let talk = Conversation(context, first)
        talk.shakeHands()
        try talk.send([1])
        let next = Conversation(context, first.resumed())
        next.shakeHands()
        #expect(next.oracle.isResumed && next.layer != nil)
        try next.send([2])
        next.settle(next.oracle.send([3]))
        #expect(next.oracle.takeReceived() == [2] && next.takeReceived() == [3])
    }

    @Test("A server may ask for another group first")
    func otherGroup() throws {
        let oracle = Oracle(isServer: true) { context in
            // SSL_CTX_set1_groups_list, which is a macro.
            _ = "P-384".withCString {
                SSL_CTX_ctrl(
                    context, SSL_CTRL_SET_GROUPS_LIST, 0, UnsafeMutableRawPointer(mutating: $0))
            }
        }
        let talk = try Conversation(.client, oracle)
        talk.shakeHands(pieceLimit: 7)
        #expect(talk.layer != nil)
        try talk.send([1])
        #expect(talk.oracle.takeReceived() == [1])
    }

    @Test(
        "In TLS 1.2 nobody gets a second handshake", arguments: [RecordLayer.Role.server, .client])
    func renegotiation(role: RecordLayer.Role) throws {
        let talk = try Conversation(
            role, Oracle(isServer: role == .client, version: TLS1_2_VERSION))
        talk.shakeHands()
        for _ in 0..<3 {
            talk.settle(talk.oracle.renegotiate())
            #expect(talk.isEstablished)
            // Whatever the peer makes of the refusal, data is data as long as we go on.
            if talk.end != nil || talk.oracle.failure != nil { return }
            try talk.send([1])
            #expect(talk.oracle.takeReceived() == [1])
        }
    }

    @Test("A damaged record ends a session of TLS 1.2, too, by an alert")
    func damaged() throws {
        let talk = try Conversation(.server, Oracle(isServer: false, version: TLS1_2_VERSION))
        talk.shakeHands()
        var record = talk.oracle.send([1, 2, 3])
        record[record.count - 1] ^= 1
        talk.receive(record)
        #expect(talk.takeReceived().isEmpty)
        guard case .kept? = talk.end else {
            Issue.record("the record is taken")
            return
        }
        _ = talk.oracle.receive(talk.takeOutput())
        #expect(talk.oracle.failure == "sslv3 alert bad record mac")
        #expect(throws: RecordFault.sendingEnded) { try talk.send([1]) }
    }
}
